import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PracticeLms, startPracticeLms } from "practice-lms";
import { readEnvironment } from "../../config/environment.js";
import { createLog } from "../../src/log.js";
import { type RunningServer, StartError, startServer } from "../../src/server.js";
import { fillDemo, type FilledOrganisation } from "./fill-demo.js";

export type Demo = {
  rosetteUrl: string;
  lms: PracticeLms;
  organisations: FilledOrganisation[];
  parts: RunningServer["parts"];
  /** Stops both and removes what they wrote. Safe to call twice. */
  stop(): Promise<void>;
};

export type DemoOptions = {
  /** 0: any free port. */
  port: number;
  lmsPort: number;
  /** Folder that holds `views/` and `public/`. */
  rootDir: string;
  logLevel?: "silent" | "error" | "warn" | "info";
};

/** A port that nobody listens on now: the address stands in every page, so it is chosen first. */
async function choosePort(wanted: number): Promise<number> {
  const probe = createServer();
  return await new Promise((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE" || error.code === "EACCES";
      const advice = "Stop what uses it, or choose another with --port and --lms-port.";
      reject(isTaken ? new StartError(`Port ${wanted} is taken. ${advice}`) : error);
    });
    probe.listen(wanted, "localhost", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

/**
 * Starts Rosette on `localhost` beside a practice LMS on `127.0.0.1`: two sites, as in real life,
 * so that cookies, frames and forms behave as they do there. All records are in a temporary folder.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const port = await choosePort(options.port);
  const lmsPort = await choosePort(options.lmsPort);
  const dataDir = await mkdtemp(join(tmpdir(), "rosette-demo-"));
  const settings = readEnvironment({
    PORT: String(port),
    DATA_DIR: dataDir,
    ENCRYPTION_KEY: randomBytes(32).toString("hex"),
    LOG_LEVEL: options.logLevel ?? "warn",
    // The practice LMS stands on this machine, and people who try a demo do not wait ten minutes.
    ALLOW_PRIVATE_PLATFORMS: "true",
    RESULTS_QUICK_MINUTES: "1",
  });
  const undo: (() => Promise<unknown>)[] = [
    async () => {
      await rm(dataDir, { recursive: true, force: true });
    },
  ];
  let stopping: Promise<void> | undefined;
  const stopAll = async () => {
    for (const step of undo) await step();
  };
  const stop = async () => {
    await (stopping ??= stopAll());
  };
  try {
    const log = createLog(settings);
    const server = await startServer({ settings, log, rootDir: options.rootDir });
    undo.unshift(server.stop);
    const lms = await startPracticeLms({
      port: lmsPort,
      name: "Practice Academy",
      courses: [],
    });
    undo.unshift(lms.stop);
    const organisations = await fillDemo(server.parts, lms, settings.publicUrl);
    return { rosetteUrl: settings.publicUrl, lms, organisations, parts: server.parts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
