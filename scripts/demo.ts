import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDemo } from "./demo/start-demo.js";
import { playTour } from "./demo/tour.js";

const USAGE = `Usage: npm run demo -- [--port N] [--lms-port N] [--tour]

  --port N       where Rosette listens (3000)
  --lms-port N   where the practice LMS listens (3001)
  --tour         play the whole story over HTTP, print each step and stop`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function readPort(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`"${text}" is not a port.\n\n${USAGE}`);
  return port;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string" },
        "lms-port": { type: "string" },
        tour: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : ""}\n\n${USAGE}`, { cause: error });
  }
}

/** Resolves to whether all is done; the demo itself goes on until it is stopped. */
async function main(): Promise<boolean> {
  const given = readArguments();
  if (given.help) {
    say(USAGE);
    return true;
  }
  const demo = await startDemo({
    port: readPort(given.port, 3000),
    lmsPort: readPort(given["lms-port"], 3001),
    rootDir: join(import.meta.dirname, ".."),
    logLevel: "error",
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void demo.stop().then(() => process.exit(0)));
  }
  if (given.tour) {
    say(`Rosette is at ${demo.rosetteUrl}, the practice LMS at ${demo.lms.url}\n`);
    try {
      await playTour(demo, say);
      say("\nEvery step held.");
    } finally {
      await demo.stop();
    }
    return true;
  }
  say(`Open the practice LMS and choose who you are:\n\n  ${demo.lms.url}\n`);
  say(
    `Rosette runs beside it at ${demo.rosetteUrl}, on an embedded store (not MongoDB).\nEverything is gone when you stop it (Ctrl+C).`,
  );
  return false;
}

main().then(
  (isDone) => {
    // The work queue's timers for finished jobs would keep the process for a minute.
    if (isDone) process.exit(0);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
