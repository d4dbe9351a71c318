import { parentPort, workerData } from "node:worker_threads";
import { runEngine, type EngineOptions } from "./engine.js";
import { StoreError } from "./store-error.js";

/** What the worker thread tells the thread that started it. */
export type WorkerReport =
  | { kind: "started"; uri: string }
  | { kind: "failed"; code: string | undefined; message: string }
  | { kind: "stopped" };

const port = parentPort;
if (port) {
  const report = (message: WorkerReport) => {
    port.postMessage(message);
  };
  try {
    const engine = await runEngine(workerData as EngineOptions);
    port.on("message", (message) => {
      if (message !== "stop") return;
      void engine.stop().then(
        () => {
          report({ kind: "stopped" });
          port.close();
        },
        (error: unknown) => {
          report({ kind: "failed", code: undefined, message: String(error) });
          port.close();
        },
      );
    });
    report({ kind: "started", uri: engine.uri });
  } catch (error) {
    report({
      kind: "failed",
      code: error instanceof StoreError ? error.code : undefined,
      message: error instanceof Error ? error.message : String(error),
    });
    port.close();
  }
}
