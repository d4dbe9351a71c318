import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { EngineOptions, RunningEngine } from "./engine.js";
import { StoreError, type StoreErrorCode } from "./store-error.js";
import type { WorkerReport } from "./worker.js";

export { StoreError, type StoreErrorCode } from "./store-error.js";

/** What a program that starts the store should print, so that nobody takes it for MongoDB. */
export const NOTICE =
  "embedded-mongo: this is a small embedded engine that speaks MongoDB's wire protocol. It is not MongoDB.";

export type StartOptions = {
  /** Where the data is kept; in memory when absent. */
  dataDir?: string;
  /** The Unix socket to listen on; a fresh one in the system's temporary directory when absent. */
  socketPath?: string;
  /** Listens on this loopback TCP port instead (0 = any free one). */
  port?: number;
  /** When a write is on disk: before it is acknowledged, every 100 ms, or when the system likes. */
  durability?: "always" | "interval" | "off";
  /** Journals from this size on are taken up into a snapshot; 64 MB when absent. */
  compactBytes?: number;
  /** A file to which every distinct command and operator is appended. */
  commandLog?: string;
  /** Starts in spite of damaged files: keeps what is before the damage, puts the rest aside. */
  salvage?: boolean;
  /** Runs the engine in this thread. */
  inProcess?: boolean;
  /** The kind of environment; "production" is refused unless `acceptInProduction` is set. */
  environment?: string;
  acceptInProduction?: boolean;
};

/** The length of `sun_path` without its final NUL. */
const MAX_SOCKET_PATH_BYTES = 107;

/** Starts the engine in a worker thread; resolves when it accepts connections. */
export async function startStore(options: StartOptions = {}): Promise<RunningEngine> {
  if (options.port !== undefined || options.socketPath !== undefined) return await start(options);
  // A directory of our own (0700): nobody else reaches the socket, not even while it is made.
  const directory = mkdtempSync(join(tmpdir(), "embedded-mongo-"));
  const removeDirectory = () => {
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const store = await start({ ...options, socketPath: join(directory, "store.sock") });
    return {
      uri: store.uri,
      async stop() {
        await store.stop();
        removeDirectory();
      },
    };
  } catch (error) {
    removeDirectory();
    throw error;
  }
}

async function start(options: StartOptions): Promise<RunningEngine> {
  if (options.environment === "production" && options.acceptInProduction !== true) {
    throw new StoreError(
      "not-accepted-in-production",
      "The embedded store is not MongoDB. To use it in production all the same, say so: EMBEDDED_STORE=accept.",
    );
  }
  const given: EngineOptions = {
    address: addressOf(options),
    durability: options.durability ?? "always",
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.compactBytes === undefined ? {} : { compactBytes: options.compactBytes }),
    ...(options.salvage === undefined ? {} : { salvage: options.salvage }),
    ...(options.commandLog === undefined ? {} : { commandLog: options.commandLog }),
  };
  if (options.inProcess !== true) return await startWorker(given);
  // Only here: the engine's code is not loaded twice where a worker runs it.
  const { runEngine } = await import("./engine.js");
  return await runEngine(given);
}

function addressOf(options: StartOptions): EngineOptions["address"] {
  if (options.port !== undefined) return { port: options.port };
  const { socketPath = "" } = options;
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH_BYTES) {
    throw new StoreError(
      "address-unusable",
      `The socket path is longer than ${MAX_SOCKET_PATH_BYTES} bytes: ${socketPath}`,
    );
  }
  if (!socketPath.endsWith(".sock")) {
    throw new StoreError(
      "address-unusable",
      `Drivers want a socket's name to end in .sock: ${socketPath}`,
    );
  }
  return { socketPath };
}

async function startWorker(options: EngineOptions): Promise<RunningEngine> {
  const worker = newWorker(options);
  const uri = await new Promise<string>((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (report: WorkerReport) => {
      if (report.kind === "started") resolve(report.uri);
      else reject(failureOf(report));
    });
  });
  // A fault in the engine from now on ends the process: nobody should go on without their store.
  worker.removeAllListeners("error");
  let stopping: Promise<void> | undefined;
  return {
    uri,
    async stop() {
      stopping ??= stopWorker(worker);
      await stopping;
    },
  };
}

function newWorker(workerData: EngineOptions): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL("./worker.js", import.meta.url), { workerData });
  }
  // From the sources: a thread does not inherit tsx from the one that starts it.
  const tsx = pathToFileURL(
    createRequire(import.meta.url)
      .resolve("tsx/esm/api")
      .replace(/cjs$/, "mjs"),
  );
  const worker = new URL("./worker.ts", import.meta.url);
  const code = `import(${JSON.stringify(tsx)}).then(({ register }) => {
    register();
    return import(${JSON.stringify(worker)});
  });`;
  return new Worker(code, { eval: true, workerData });
}

function failureOf(report: WorkerReport): Error {
  if (report.kind !== "failed") return new StoreError("store-failed", "The store did not start.");
  const code = (report.code ?? "store-failed") as StoreErrorCode;
  return new StoreError(code, report.message);
}

async function stopWorker(worker: Worker): Promise<void> {
  await new Promise<void>((resolve) => {
    worker.once("exit", () => {
      resolve();
    });
    worker.postMessage("stop");
  });
}
