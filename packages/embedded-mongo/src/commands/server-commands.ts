import { CommandError } from "../command-error.js";
import { approximate } from "../values/decimal.js";
import { equalValues } from "../values/compare.js";
import { docOf, isDoc, isNumeric, Oid, type Doc, type Value } from "../values/value.js";
import { MAX_DOCUMENT_BYTES, MAX_MESSAGE_BYTES, type Request } from "../wire/message.js";
import type { CommandContext, Reply } from "./context.js";
import { SESSION_TIMEOUT_MINUTES } from "./sessions.js";
import { collectionStatistics } from "./statistics.js";

/** The version of MongoDB whose behaviour is followed. */
export const VERSION = "7.0.14";
const VERSION_ARRAY = [7, 0, 14, 0];
const MAX_WIRE_VERSION = 21;
const REPLICA_SET = "embedded";
const MOST_WAIT_MS = 2_147_483_647;
const PROCESS_ID = Oid.generate();
const ELECTION_ID = new Oid("\x7f\xff\xff\xff\0\0\0\0\0\0\0\x01");
const TOPOLOGY_VERSION = docOf({ processId: PROCESS_ID, counter: 6n });

export async function hello(context: CommandContext): Promise<Reply> {
  const { engine, peer, command, now } = context;
  const client = command.get("client");
  const application = isDoc(client) ? client.get("application") : undefined;
  const appName = isDoc(application) ? application.get("name") : undefined;
  if (typeof appName === "string") peer.appName = appName;
  const wait = command.get("maxAwaitTimeMS");
  if (awaitsTopology(command) && isNumeric(wait)) await peerWait(context, approximate(wait));
  const legacy = context.name !== "hello";
  return {
    helloOk: true,
    [legacy ? "ismaster" : "isWritablePrimary"]: true,
    topologyVersion: TOPOLOGY_VERSION,
    hosts: [engine.host],
    setName: REPLICA_SET,
    setVersion: 1,
    secondary: false,
    primary: engine.host,
    me: engine.host,
    electionId: ELECTION_ID,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: now,
    logicalSessionTimeoutMinutes: SESSION_TIMEOUT_MINUTES,
    connectionId: peer.id,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
    lastWrite: { lastWriteDate: now },
  };
}

/** Whether a client waits for a topology other than the one it knows: there is none. */
function awaitsTopology(command: Doc): boolean {
  const known = command.get("topologyVersion");
  return command.has("maxAwaitTimeMS") && equalValues(known, TOPOLOGY_VERSION);
}

/** What a client that lets the server answer again and again is to be asked next, if it does. */
export function nextHello(request: Request): Request | undefined {
  if (!request.exhaustAllowed || !request.command.has("maxAwaitTimeMS")) return undefined;
  const command = new Map(request.command).set("topologyVersion", TOPOLOGY_VERSION);
  return { ...request, command };
}

async function peerWait({ peer }: CommandContext, milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      peer.onClose.delete(done);
      resolve();
    };
    // Not at once, whatever is asked: the answer may be the first of very many.
    const timer = setTimeout(done, Math.min(Math.max(milliseconds, 50), MOST_WAIT_MS));
    peer.onClose.add(done);
  });
}

export function buildInfo(): Reply {
  return {
    version: VERSION,
    gitVersion: "embedded-mongo",
    modules: ["embedded-mongo"],
    allocator: "system",
    javascriptEngine: "none",
    sysInfo: "deprecated",
    versionArray: VERSION_ARRAY,
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ["embedded"],
  };
}

export function serverStatus(context: CommandContext): Reply {
  const { engine, now } = context;
  let examined = 0;
  for (const { documentsExamined } of engine.store.allCollections()) examined += documentsExamined;
  return {
    host: engine.host,
    version: VERSION,
    process: "embedded-mongo",
    pid: BigInt(process.pid),
    uptime: (now.getTime() - engine.startedAt.getTime()) / 1000,
    localTime: now,
    connections: { current: 1, available: 10_000 },
    repl: { setName: REPLICA_SET, isWritablePrimary: true, secondary: false, hosts: [engine.host] },
    storageEngine: { name: "embedded", supportsCommittedReads: true, persistent: true },
    mem: { bits: 64, resident: Math.floor(process.memoryUsage().rss / 1_048_576) },
    metrics: {
      cursor: { open: { total: engine.cursors.size } },
      commands: Object.fromEntries(
        [...engine.commandCounts].map(([name, total]) => [name, docOf({ total })]),
      ),
      queryExecutor: { scannedObjects: examined },
    },
  };
}

export function connectionStatus(): Reply {
  return { authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } };
}

/** There are no users: whoever reaches the socket is let in, and nobody by a password. */
export function refuseCredentials(): never {
  throw new CommandError("AuthenticationFailed", "Authentication failed.");
}

export function getParameter(context: CommandContext): Reply {
  const { parameters } = context.engine;
  const wanted = context.command.get("getParameter");
  if (wanted === "*") return Object.fromEntries(parameters);
  const found: Reply = {};
  for (const name of context.command.keys()) {
    const value = parameters.get(name);
    if (value !== undefined) found[name] = value;
  }
  if (Object.keys(found).length === 0) {
    throw new CommandError("InvalidOptions", "no option found to get");
  }
  return found;
}

export function setParameter(context: CommandContext): Reply {
  const { parameters } = context.engine;
  let was: Value;
  for (const [name, value] of context.command) {
    if (name === "setParameter" || name.startsWith("$") || name === "lsid") continue;
    if (!parameters.has(name)) {
      throw new CommandError(
        "InvalidOptions",
        `attempted to set unrecognized parameter [${name}], use help:true to see options`,
      );
    }
    was ??= parameters.get(name);
    parameters.set(name, value);
  }
  return { was: was ?? null };
}

/** The parameters that there are, with what they start as. */
export function standardParameters(): Map<string, Value> {
  return new Map<string, Value>([
    ["authenticationMechanisms", []],
    ["requireApiVersion", false],
    ["enableTestCommands", true],
    ["featureCompatibilityVersion", docOf({ version: "7.0" })],
    ["ttlMonitorSleepSecs", 60],
    ["ttlMonitorEnabled", true],
    ["transactionLifetimeLimitSeconds", 60],
    ["cursorTimeoutMillis", 600_000],
    ["logicalSessionRefreshMillis", 300_000],
  ]);
}

export function configureFailPoint(context: CommandContext): Reply {
  const { command, engine } = context;
  const name = command.get("configureFailPoint");
  const data = command.get("data");
  const count = engine.failPoints.configure(
    typeof name === "string" ? name : "",
    command.get("mode"),
    isDoc(data) ? data : docOf({}),
  );
  return { count };
}

export function dbStats(context: CommandContext): Reply {
  const collections = context.engine.store.listCollections(context.database);
  const sum = (of: (c: (typeof collections)[number]) => number) =>
    collections.reduce((total, collection) => total + of(collection), 0);
  const dataSize = sum(({ bytes }) => bytes);
  const objects = sum(({ size }) => size);
  return {
    db: context.database,
    collections: collections.length,
    views: 0,
    objects,
    avgObjSize: objects === 0 ? 0 : dataSize / objects,
    dataSize,
    storageSize: dataSize,
    indexes: sum(({ indexes }) => indexes.size),
    indexSize: 0,
    totalSize: dataSize,
    scaleFactor: 1,
  };
}

export function collStats(context: CommandContext): Reply {
  const namespace = context.namespace();
  const collection = context.access.findCollection(namespace);
  if (!collection) return { ns: namespace, size: 0, count: 0, storageSize: 0, nindexes: 0 };
  return { ns: namespace, ...collectionStatistics(collection) };
}

export function replSetGetStatus({ engine, now }: CommandContext): Reply {
  return {
    set: REPLICA_SET,
    date: now,
    myState: 1,
    members: [{ _id: 0, name: engine.host, health: 1, state: 1, stateStr: "PRIMARY", self: true }],
  };
}
