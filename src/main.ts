import { join } from "node:path";
import { EnvironmentError, readEnvironment } from "../config/environment.js";
import { openStore } from "./open-store.js";

const say = (text: string): void => void process.stderr.write(`${text}\n`);

let isServing = false;
let isStopping = false;

async function main(): Promise<void> {
  const settings = readEnvironment(process.env);
  // The store's thread starts while this one loads everything else.
  const store = openStore(settings);
  store.catch(() => undefined);
  const [{ createLog }, { startServer }] = await Promise.all([
    import("./log.js"),
    import("./server.js"),
  ]);
  const rootDir = join(import.meta.dirname, "..");
  const starting = startServer({ settings, log: createLog(settings), rootDir, store });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      isStopping = true;
      say(`${signal}: finishing what is under way`);
      // Whoever asks while it still starts waits for that; a failed start is told below.
      void starting.then(
        async (server) => {
          await server.stop();
          process.exit(0);
        },
        () => undefined,
      );
    });
  }
  const server = await starting;
  isServing = true;
  say(`Rosette listens on port ${server.port}; people reach it at ${settings.publicUrl}`);
  const setupLink = await server.parts.makeSetupLink();
  if (setupLink !== undefined) {
    say(`No LMS is registered yet. Register one here (works once, for a day):\n  ${setupLink}`);
  }
}

main().catch((error: unknown) => {
  // What a stop interrupts is no fault.
  if (isServing && isStopping) return;
  // A fault of the environment or the store is told in its own words, without a stack.
  const isKnown = error instanceof EnvironmentError || (error instanceof Error && "code" in error);
  const isTold = isKnown || (error instanceof Error && error.name === "StartError");
  if (error instanceof Error) say(isTold ? error.message : (error.stack ?? error.message));
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 1000).unref();
});
