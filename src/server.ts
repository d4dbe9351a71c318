import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Connection } from "mongoose";
import type { Settings } from "../config/environment.js";
import { createApp } from "./app.js";
import { buildIndexes, connectDatabase } from "./database.js";
import { sweepPauseMs } from "./exams/next-read.js";
import type { Log } from "./log.js";
import { findEncryptionKey, type OpenStore, openStore } from "./open-store.js";
import { createSealedBox } from "./sealed-box.js";
import { createParts, type Parts } from "./parts/parts.js";

export type RunningServer = {
  /** Where it listens; differs from the settings when port 0 was asked for. */
  port: number;
  parts: Parts;
  /** Lets requests and jobs finish for a while, then closes the store. Safe to call twice. */
  stop(): Promise<void>;
};

/** A fault that a person can mend, told in one sentence at start-up. */
export class StartError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = "StartError";
  }
}

async function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new StartError(`Port ${port} is taken. Stop what uses it, or choose another port.`)
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

const closeServer = async (server: Server): Promise<void> => {
  await new Promise<void>((resolve) => {
    // A connection that was busy is kept alive for seconds after its answer, for nobody.
    const closingIdle = setInterval(() => {
      server.closeIdleConnections();
    }, 50);
    server.close(() => {
      clearInterval(closingIdle);
      resolve();
    });
    setTimeout(() => {
      server.closeAllConnections();
    }, 10_000).unref();
  });
};

async function runApp(
  start: StartOptions,
  at: { connection: Connection; isAlone: boolean },
  keyHex: string,
): Promise<RunningServer> {
  const { settings, log } = start;
  const { connection, isAlone } = at;
  const parts = createParts({
    connection,
    settings,
    log,
    sealedBox: createSealedBox(keyHex),
    now: () => new Date(),
  });
  await buildIndexes(connection);
  await parts.checkBeforeServing();
  const server = createServer(
    // A file of the largest size that a form takes arrives in two minutes on a slow line.
    { maxHeaderSize: 32 * 1024, requestTimeout: 150_000, headersTimeout: 15_000 },
    createApp(parts, start.rootDir),
  );
  const port = await listen(server, settings.port, start.host);
  const sweepEveryMs = sweepPauseMs(settings);
  await parts.work.start({ isAlone, sweepEveryMs });
  return {
    port,
    parts,
    stop: async () => {
      await closeServer(server);
      await parts.work.stop();
      await parts.stopThreads();
    },
  };
}

export type StartOptions = {
  settings: Settings;
  log: Log;
  /** Folder that holds `views/` and `public/`. */
  rootDir: string;
  /** Address to listen on; every address when undefined. */
  host?: string;
  /** The store, if it is being opened already; else the one that the settings name. */
  store?: Promise<OpenStore>;
};

/**
 * Starts the product: store, indexes, HTTP, background work. Nothing is left open when it fails.
 * @throws StartError, StoreError, FrozenAddressError with a sentence for the operator
 */
export async function startServer(start: StartOptions): Promise<RunningServer> {
  const opening = start.store ?? openStore(start.settings);
  const { keyHex, generated } = await findEncryptionKey(start.settings);
  if (generated) {
    start.log.warn({ dataDir: start.settings.dataDir }, "made a new encryption key in DATA_DIR");
  }
  const store = await opening;
  if (store.embedded) {
    start.log.warn("using the embedded store, which is not MongoDB; set MONGODB_URI to use one");
  }
  const undo: (() => Promise<unknown>)[] = [store.stop];
  try {
    const connection = await connectDatabase(store.uri);
    undo.unshift(() => connection.close());
    // An embedded store belongs to one process, so nobody else is at work there.
    const running = await runApp(start, { connection, isAlone: store.embedded }, keyHex);
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      await running.stop();
      for (const close of undo) await close();
    };
    return {
      ...running,
      stop: async () => {
        await (stopping ??= stop());
      },
    };
  } catch (error) {
    for (const close of undo) await close();
    throw error;
  }
}
