import { appendFileSync, readFileSync } from "node:fs";
import { expireDocuments } from "./commands/expire-documents.js";
import { ChangeFeed } from "./commands/change-feed.js";
import type { Engine } from "./commands/context.js";
import { Cursors } from "./commands/cursors.js";
import { dispatch } from "./commands/dispatch.js";
import { FailPoints } from "./commands/fail-points.js";
import { standardParameters } from "./commands/server-commands.js";
import { Sessions, SESSION_TIMEOUT_MINUTES } from "./commands/sessions.js";
import { Persistence } from "./storage/persistence.js";
import { Store } from "./storage/store.js";
import { StoreError } from "./store-error.js";
import { approximate } from "./values/decimal.js";
import { isNumeric } from "./values/value.js";
import { WireServer, type Address } from "./wire/server.js";

export type EngineOptions = {
  dataDir?: string;
  address: Address;
  durability: "always" | "interval" | "off";
  commandLog?: string;
  /** Journals from this size on are taken up into a snapshot. */
  compactBytes?: number;
  /** Starts in spite of damage, with what is before it. */
  salvage?: boolean;
};

export type RunningEngine = { uri: string; stop(): Promise<void> };

const HOUSEKEEPING_MS = 1000;

/** Starts the engine in this event loop. */
export async function runEngine(options: EngineOptions): Promise<RunningEngine> {
  const store = new Store();
  const sessions = new Sessions();
  let host = "localhost";
  const engine: Engine = {
    store,
    sessions,
    cursors: new Cursors(),
    failPoints: new FailPoints(),
    feed: new ChangeFeed(store),
    parameters: standardParameters(),
    startedAt: new Date(),
    get host() {
      return host;
    },
    commandCounts: new Map(),
    seen: options.commandLog === undefined ? () => undefined : logOnce(options.commandLog),
  };
  const persistence = await openPersistence(engine, options);
  const server = new WireServer(async (request, peer) => await dispatch(engine, request, peer));
  const port = await server.listen(options.address).catch(async (error: unknown) => {
    await persistence?.close();
    throw new StoreError("address-unusable", (error as Error).message, { cause: error });
  });
  const timer = setInterval(() => {
    keepHouse(engine);
  }, HOUSEKEEPING_MS);
  const { address } = options;
  host = "port" in address ? `127.0.0.1:${port}` : address.socketPath;
  const authority = "port" in address ? host : encodeURIComponent(host);
  return {
    uri: `mongodb://${authority}/?directConnection=true`,
    async stop() {
      clearInterval(timer);
      sessions.abortAll();
      await server.close("socketPath" in address ? address.socketPath : undefined);
      await persistence?.close();
    },
  };
}

async function openPersistence(
  { store, sessions }: Pick<Engine, "store" | "sessions">,
  options: Pick<EngineOptions, "dataDir" | "durability" | "compactBytes" | "salvage">,
): Promise<Persistence | undefined> {
  const { dataDir, durability, compactBytes, salvage = false } = options;
  if (dataDir === undefined) return undefined;
  const report = (line: string) => {
    process.stderr.write(`${line}\n`);
  };
  const persistence = await Persistence.open(store, {
    directory: dataDir,
    durability,
    salvage,
    ...(compactBytes === undefined ? {} : { compactBytes }),
    onRollBack: () => {
      sessions.abortAll();
    },
    sessions: {
      restore: (record) => {
        sessions.restore(record);
      },
      records: () => sessions.records(),
    },
    report,
  });
  for (const { from, offset, bytes, to } of persistence.aside) {
    report(
      `embedded-mongo: ${bytes} bytes of ${from} from byte ${offset} on were put aside in ${to}`,
    );
  }
  return persistence;
}

// Every distinct command and operator, one a line.
function logOnce(file: string): Engine["seen"] {
  const known = new Set<string>();
  try {
    for (const line of readFileSync(file, "utf8").split("\n")) known.add(line);
  } catch {
    // The first one makes the file.
  }
  return (kind, name) => {
    const line = `${kind} ${name}`;
    if (known.has(line)) return;
    known.add(line);
    appendFileSync(file, `${line}\n`);
  };
}

let ticks = 0;

function keepHouse(engine: Engine): void {
  ticks += 1;
  const now = Date.now();
  const setting = (name: string, standard: number) => {
    const value = engine.parameters.get(name);
    return isNumeric(value) ? approximate(value) : standard;
  };
  engine.sessions.abortOlderThan(now - setting("transactionLifetimeLimitSeconds", 60) * 1000);
  if (ticks % Math.max(1, setting("ttlMonitorSleepSecs", 60)) === 0) expireDocuments(engine, now);
  if (ticks % 60 === 0) {
    engine.cursors.expire(now);
    engine.sessions.expire(now - SESSION_TIMEOUT_MINUTES * 60_000);
  }
}
