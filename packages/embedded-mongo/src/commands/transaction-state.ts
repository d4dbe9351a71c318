import { CommandError } from "../command-error.js";
import { SnapshotAccess } from "../storage/point-in-time.js";
import { Transaction } from "../storage/transaction.js";
import { isDoc, Stamp, type Doc } from "../values/value.js";
import type { Command } from "./command.js";
import type { Engine, Reply } from "./context.js";
import type { Session } from "./sessions.js";

/** Where a command stands towards its session: what error labels and retries depend on. */
export type Placement = {
  inTransaction: boolean;
  endsTransaction: boolean;
  retryNumber: bigint | undefined;
};

/** What a command says of itself, before anything is checked. */
export function placementOf(name: string, command: Doc): Placement {
  const inTransaction = command.get("autocommit") === false;
  const number = command.get("txnNumber");
  return {
    inTransaction,
    endsTransaction: inTransaction && (name === "commitTransaction" || name === "abortTransaction"),
    retryNumber: inTransaction || typeof number !== "bigint" ? undefined : number,
  };
}

type Job = {
  session: Session;
  name: string;
  command: Doc;
  kind: Command;
  placement: Placement;
};

function txnNumberOf(command: Doc): bigint | undefined {
  const value = command.get("txnNumber");
  if (value === undefined) return undefined;
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  throw new CommandError(
    "TypeMismatch",
    "BSON field 'txnNumber' is the wrong type, expected type 'long'",
  );
}

/** The transaction that a command belongs to; starts it when it says so. */
export function transactionOf(engine: Engine, job: Job): Transaction | undefined {
  const { session, name, command, kind, placement } = job;
  const txnNumber = txnNumberOf(command);
  if (txnNumber === undefined) return undefined;
  if (command.get("autocommit") === undefined) {
    noteRetryable(job, txnNumber);
    return undefined;
  }
  if (command.get("autocommit") !== false) {
    throw new CommandError("InvalidOptions", "autocommit must be false in transactions");
  }
  if (placement.endsTransaction) return undefined;
  if (kind.inTransaction !== true) {
    throw new CommandError(
      "OperationNotSupportedInTransaction",
      `Cannot run '${name}' in a multi-document transaction.`,
    );
  }
  if (command.get("startTransaction") === true) return start(engine, session, txnNumber);
  checkConcerns(command);
  checkNumber(session, txnNumber);
  if (session.transaction) return session.transaction;
  if (session.state === "committed") {
    throw new CommandError(
      "TransactionCommitted",
      `Transaction with { txnNumber: ${txnNumber} } has been committed.`,
    );
  }
  throw new CommandError(
    "NoSuchTransaction",
    session.state === "aborted"
      ? `Transaction with { txnNumber: ${txnNumber} } has been aborted.`
      : `Given transaction number ${txnNumber} does not match any in-progress transactions. The active transaction number is ${session.txnNumber}`,
  );
}

function checkConcerns(command: Doc): void {
  if (command.has("writeConcern")) {
    throw new CommandError(
      "InvalidOptions",
      "writeConcern is not allowed within a multi-statement transaction",
    );
  }
  if (command.has("readConcern")) {
    throw new CommandError(
      "InvalidOptions",
      "Only the first command in a transaction may specify a readConcern",
    );
  }
}

function tooOld(session: Session, txnNumber: bigint): CommandError {
  return new CommandError(
    "TransactionTooOld",
    `Cannot start transaction with { txnNumber: ${txnNumber} } on session because a newer transaction with txnNumber ${session.txnNumber} has already started on this session.`,
  );
}

/** Throws unless the number is that of the session's latest transaction. */
export function checkNumber(session: Session, txnNumber: bigint): void {
  if (txnNumber < session.txnNumber) throw tooOld(session, txnNumber);
  if (txnNumber > session.txnNumber) {
    throw new CommandError(
      "NoSuchTransaction",
      `Given transaction number ${txnNumber} does not match any in-progress transactions. The active transaction number is ${session.txnNumber}`,
    );
  }
}

function start(engine: Engine, session: Session, txnNumber: bigint): Transaction {
  if (txnNumber < session.txnNumber) throw tooOld(session, txnNumber);
  if (txnNumber === session.txnNumber && session.state !== "none") {
    throw new CommandError(
      50911,
      `Cannot start a transaction at given transaction number ${txnNumber} a transaction with the same number is in state ${session.state}`,
    );
  }
  session.advance(txnNumber);
  session.transaction = new Transaction(engine.store);
  session.state = "inProgress";
  return session.transaction;
}

function noteRetryable({ session, name, kind }: Job, txnNumber: bigint): void {
  if (kind.retryable !== true) {
    throw new CommandError(
      50768,
      `txnNumber may only be provided for multi-document transactions and retryable write commands. autocommit:false was not provided, and ${name} is not a retryable write command.`,
    );
  }
  if (txnNumber < session.txnNumber) throw tooOld(session, txnNumber);
  if (txnNumber > session.txnNumber) session.advance(txnNumber);
  else if (session.state !== "none") {
    throw new CommandError(
      "IncompleteTransactionHistory",
      `Cannot retry a retryable write that has been converted into a transaction`,
    );
  }
}

const SNAPSHOT_READS = new Set(["find", "aggregate", "distinct"]);

/** Reads of a snapshot session: all at the time of the first one. */
export function snapshotOf(engine: Engine, { session, name, command }: Omit<Job, "placement">) {
  const concern = command.get("readConcern");
  if (!isDoc(concern) || concern.get("level") !== "snapshot") return undefined;
  if (!SNAPSHOT_READS.has(name)) {
    throw new CommandError(
      "InvalidOptions",
      `Command ${name} does not support { readConcern: { level: "snapshot" } }`,
    );
  }
  const wanted = concern.get("atClusterTime");
  const time = wanted instanceof Stamp ? wanted.value : engine.store.time;
  let access = session.snapshots.get(time);
  if (!access) {
    if (wanted !== undefined && time < engine.store.time) {
      throw new CommandError(
        "SnapshotUnavailable",
        "Read timestamp is older than the oldest available timestamp.",
      );
    }
    access = new SnapshotAccess(engine.store);
    session.snapshots.set(time, access);
  }
  return {
    access,
    mark: (reply: Reply): Reply => {
      const cursor = reply["cursor"];
      if (typeof cursor === "object" && cursor !== null && "id" in cursor) {
        return { ...reply, cursor: { ...cursor, atClusterTime: new Stamp(time) } };
      }
      return { ...reply, atClusterTime: new Stamp(time) };
    },
  };
}
