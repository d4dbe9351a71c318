import { CommandError, codeNameOf } from "../command-error.js";
import { Deadline, runFor } from "../query/watch.js";
import type { Access } from "../storage/access.js";
import { DirectAccess } from "../storage/direct-access.js";
import { approximate } from "../values/decimal.js";
import { Bin, isDoc, isNumeric, Stamp, type Doc, type Value } from "../values/value.js";
import type { Encodable } from "../wire/encode-bson.js";
import type { Request } from "../wire/message.js";
import type { Answer, Peer } from "../wire/server.js";
import { checkAgainst, checkApi, type Command } from "./command.js";
import { CommandContext, type Engine, type Reply } from "./context.js";
import { errorLabelsOf } from "./labels.js";
import { COMMANDS } from "./registry.js";
import { placementOf, snapshotOf, transactionOf, type Placement } from "./transaction-state.js";
import type { Session } from "./sessions.js";
import { writeConcernFault } from "./write-concern.js";

const NO_SIGNATURE = { hash: new Bin(0, Buffer.alloc(20)), keyId: 0n };

/** Runs a request: never throws. */
export async function dispatch(engine: Engine, request: Request, peer: Peer): Promise<Answer> {
  const [name = ""] = request.command.keys();
  const placement = placementOf(name, request.command);
  let failure: Doc | undefined;
  try {
    if (request.fault) throw request.fault;
    failure = engine.failPoints.take(name, peer.appName);
    await block(failure);
    if (failure?.get("closeConnection") === true) return { kind: "close" };
    checkApi(name, request.command);
    const command = commandNamed(name);
    engine.seen("command", name);
    engine.commandCounts.set(name, (engine.commandCounts.get(name) ?? 0) + 1);
    injectError(failure);
    const reply = await run(engine, { request, peer, name, command, placement });
    if (reply === undefined) return { kind: "close" };
    const writes = command.writes === true;
    addWriteConcernError(reply, { command: request.command, failure, writes }, placement);
    return answer(engine, reply, request, command.next?.(request));
  } catch (error) {
    return answer(engine, errorReply(error, placement, failure), request);
  }
}

function commandNamed(name: string): Command {
  const command = COMMANDS.get(name);
  if (!command) throw new CommandError("CommandNotFound", `no such command: '${name}'`);
  return command;
}

type Run = {
  request: Request;
  peer: Peer;
  name: string;
  command: Command;
  placement: Placement;
};

// No reply: the connection is to be closed.
async function run(engine: Engine, job: Run): Promise<Reply | undefined> {
  const { request, peer, name, command, placement } = job;
  const doc = request.command;
  checkAgainst(name, command, doc);
  const session = doc.has("lsid") ? engine.sessions.open(doc.get("lsid")) : undefined;
  const place = accessOf(engine, job, session);
  const context = new CommandContext(engine, {
    peer,
    name,
    command: doc,
    sequences: request.sequences,
    database: databaseOf(doc),
    session,
    access: place.access,
    direct: place.direct,
    deadline: new Deadline(timeLimit(doc, name)),
    retryNumber: placement.retryNumber,
  });
  try {
    runFor(context.deadline);
    const running = command.run(context);
    // At once, before anyone else changes anything: see CommandContext.drive.
    if (!(running instanceof Promise)) context.seal();
    const reply = await running;
    if (command.writes) await engine.store.durable();
    return context.closes ? undefined : place.mark(reply);
  } catch (error) {
    // What was changed before the error stays and must become durable as well.
    context.seal();
    if (context.access.inTransaction) session?.abort();
    if (context.closes) return undefined;
    throw error;
  }
}

type Place = { access: Access; direct: DirectAccess | undefined; mark: (reply: Reply) => Reply };

/** Where a command reads and writes: in its transaction, at a snapshot, or directly. */
function accessOf(engine: Engine, job: Run, session: Session | undefined): Place {
  const { name, command, placement, request } = job;
  const same = (reply: Reply) => reply;
  if (session) {
    const given = { session, name, command: request.command, kind: command, placement };
    const transaction = transactionOf(engine, given);
    if (transaction) return { access: transaction, direct: undefined, mark: same };
    const snapshot = snapshotOf(engine, given);
    if (snapshot) return { access: snapshot.access, direct: undefined, mark: snapshot.mark };
  }
  const direct = new DirectAccess(engine.store);
  return { access: direct, direct, mark: same };
}

function databaseOf(command: Doc): string {
  const database = command.get("$db");
  if (typeof database !== "string" || !/^[^/\\. "$*<>:|?\0]{1,63}$/.test(database)) {
    throw new CommandError(
      "InvalidNamespace",
      `Invalid database name: '${typeof database === "string" ? database : ""}'`,
    );
  }
  return database;
}

function timeLimit(command: Doc, name: string): number | undefined {
  const value = command.get("maxTimeMS");
  if (value === undefined || name === "getMore") return undefined;
  const limit = isNumeric(value) ? approximate(value) : NaN;
  if (Number.isNaN(limit)) {
    throw new CommandError("TypeMismatch", "maxTimeMS must be a number");
  }
  if (limit < 0 || limit > 2_147_483_647 || !Number.isInteger(limit)) {
    throw new CommandError(
      "BadValue",
      `${limit} value for maxTimeMS is out of range [0, 2147483647]`,
    );
  }
  return limit === 0 ? undefined : limit;
}

async function block(failure: Doc | undefined): Promise<void> {
  const time = failure?.get("blockTimeMS");
  if (failure?.get("blockConnection") !== true || !isNumeric(time)) return;
  await new Promise((resolve) => setTimeout(resolve, approximate(time)));
}

function injectError(failure: Doc | undefined): void {
  const code = failure?.get("errorCode");
  if (!isNumeric(code)) return;
  const labels = failure?.get("errorLabels");
  throw new CommandError(
    approximate(code),
    "Failing command via 'failCommand' failpoint",
    Array.isArray(labels) ? { labels: labels as string[] } : {},
  );
}

function addWriteConcernError(
  reply: Reply,
  given: { command: Doc; failure: Doc | undefined; writes: boolean },
  placement: Placement,
): void {
  const injected = given.failure?.get("writeConcernError");
  const fault = isDoc(injected)
    ? completed(injected)
    : given.writes
      ? writeConcernFault(given.command)
      : undefined;
  if (!fault) return;
  const { errorLabels: own, ...rest } = Object.fromEntries(fault) as Record<string, Value>;
  reply["writeConcernError"] = rest;
  const code = fault.get("code");
  const chosen = given.failure?.get("errorLabels") ?? own;
  const labels = Array.isArray(chosen)
    ? (chosen as string[])
    : errorLabelsOf(undefined, {
        inTransaction: placement.inTransaction,
        endsTransaction: placement.endsTransaction,
        retryableWrite: placement.retryNumber !== undefined,
        writeConcernCode: isNumeric(code) ? approximate(code) : undefined,
      });
  if (labels.length > 0) reply["errorLabels"] = labels;
}

function completed(fault: Doc): Doc {
  const code = fault.get("code");
  const copy: Doc = new Map(fault);
  if (isNumeric(code) && !copy.has("codeName")) copy.set("codeName", codeNameOf(approximate(code)));
  return copy;
}

function errorReply(error: unknown, placement: Placement, failure: Doc | undefined): Reply {
  const known =
    error instanceof CommandError ? error : new CommandError("InternalError", messageOf(error));
  const labels =
    known.labels ??
    errorLabelsOf(known.code, {
      inTransaction: placement.inTransaction,
      endsTransaction: placement.endsTransaction,
      retryableWrite: placement.retryNumber !== undefined,
      writeConcernCode: undefined,
    });
  const reply: Reply = {
    ok: 0,
    errmsg: known.message,
    code: known.code,
    codeName: codeNameOf(known.code),
    ...known.details,
  };
  const concern = failure?.get("writeConcernError");
  if (isDoc(concern)) reply["writeConcernError"] = completed(concern);
  if (labels.length > 0) reply["errorLabels"] = labels;
  return reply;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function answer(engine: Engine, reply: Reply, request: Request, next?: Request): Answer {
  const body = new Map<string, Encodable>(Object.entries(reply));
  if (!body.has("ok")) body.set("ok", 1);
  if (!request.legacy) {
    const time = new Stamp(engine.store.time);
    body.set("operationTime", time);
    body.set("$clusterTime", { clusterTime: time, signature: NO_SIGNATURE });
  }
  return { kind: "reply", body, next };
}
