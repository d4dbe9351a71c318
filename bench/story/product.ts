import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readEnvironment } from "../../config/environment.js";
import { connectDatabase } from "../../src/database.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts } from "../../src/parts/parts.js";

export type Product = {
  url: string;
  /** From starting the process to its first 200, in milliseconds. */
  startupMs: number;
  env: Record<string, string>;
  /** CPU of the process so far, user and system, all threads, in milliseconds. */
  cpuMs(): number;
  peakRssMb(): number;
  stop(): Promise<void>;
};

/** Linux counts process time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;
const START_TIMEOUT_MS = 30_000;

export async function freePort(): Promise<number> {
  const probe = createServer();
  return await new Promise((found) => {
    probe.listen(0, "localhost", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        found(port);
      });
    });
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}

/** What `npm start` gives to node, so that the same is measured. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: { start: string };
  };
  return scripts.start.split(" ").slice(1);
}

/** Starts the built product as a process of its own, on the embedded store in `dataDir`. */
export async function startProduct(at: { port: number; dataDir: string }): Promise<Product> {
  const env = {
    PORT: String(at.port),
    DATA_DIR: at.dataDir,
    ENCRYPTION_KEY: randomBytes(32).toString("hex"),
    LOG_LEVEL: "silent",
    ALLOW_PRIVATE_PLATFORMS: "true",
  };
  const url = `http://localhost:${at.port}`;
  const begin = performance.now();
  const child = spawn(process.execPath, startArguments(), {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise<void>((done) =>
    child.once("exit", () => {
      done();
    }),
  );
  while (!(await answers(url))) {
    if (performance.now() - begin > START_TIMEOUT_MS || child.exitCode !== null) {
      throw new Error("The product did not start");
    }
    await pause(2);
  }
  const startupMs = performance.now() - begin;
  const readProcess = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, "utf8");
  return {
    url,
    startupMs,
    env,
    cpuMs: () => {
      const fields = readProcess("stat").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    peakRssMb: () => Number(/VmHWM:\s+(\d+) kB/.exec(readProcess("status"))?.[1]) / 1024,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The product's parts in this process, on the running product's own store. */
export async function openParts(product: Product) {
  const settings = readEnvironment(product.env);
  const socket = encodeURIComponent(resolve(join(settings.dataDir, "store.sock")));
  const connection = await connectDatabase(`mongodb://${socket}/?directConnection=true`);
  const parts = createParts({
    connection,
    settings,
    log: createLog({ logLevel: "silent" }),
    sealedBox: createSealedBox(settings.encryptionKeyHex ?? ""),
    now: () => new Date(),
  });
  return {
    parts,
    close: async () => {
      await connection.close();
    },
  };
}
