import { CommandError } from "../command-error.js";
import { Bin, docOf, isDoc, type Doc, type Value } from "../values/value.js";
import type { SnapshotAccess } from "../storage/point-in-time.js";
import type { Transaction } from "../storage/transaction.js";

/** Sessions that nobody uses are forgotten after this time. */
export const SESSION_TIMEOUT_MINUTES = 30;
const MAX_SESSIONS = 100_000;

export type TransactionState = "none" | "inProgress" | "committed" | "aborted";

/** A client's logical session: its latest transaction or retryable write. */
export class Session {
  readonly id: Buffer;
  txnNumber = -1n;
  /** Results of the retryable write with that number, by statement. */
  statements = new Map<number, Doc>();
  transaction: Transaction | undefined;
  state: TransactionState = "none";
  lastUsed = Date.now();
  snapshots = new Map<bigint, SnapshotAccess>();

  constructor(id: Buffer) {
    this.id = id;
  }

  get key(): string {
    return this.id.toString("latin1");
  }

  /** Starts on another number: what belonged to the one before is over. */
  advance(txnNumber: bigint): void {
    this.abort();
    this.txnNumber = txnNumber;
    this.statements = new Map();
    this.state = "none";
  }

  abort(): void {
    if (!this.transaction) return;
    this.transaction.abort();
    this.transaction = undefined;
    this.state = "aborted";
  }

  close(): void {
    this.abort();
    for (const snapshot of this.snapshots.values()) snapshot.close();
    this.snapshots.clear();
  }

  /** What the journal keeps of statements' results, and how they are forgotten. */
  recordOf(txnNumber: bigint, statements: ReadonlyMap<number, Doc>) {
    const doc = docOf({
      lsid: new Bin(4, this.id),
      txn: txnNumber,
      results: [...statements].map(([id, result]) => docOf({ id, result })),
    });
    const undo = () => {
      if (this.txnNumber === txnNumber) {
        for (const id of statements.keys()) this.statements.delete(id);
      }
    };
    return { doc, undo };
  }

  /** What the journal keeps of a committed transaction. */
  commitRecord(txnNumber: bigint) {
    const undo = () => {
      if (this.txnNumber === txnNumber) this.state = "aborted";
    };
    return { doc: docOf({ lsid: new Bin(4, this.id), txn: txnNumber, committed: true }), undo };
  }
}

/** All sessions. */
export class Sessions {
  readonly #byKey = new Map<string, Session>();

  get all(): Iterable<Session> {
    return this.#byKey.values();
  }

  /** The session of an `lsid`, made when it is new. */
  open(lsid: Value): Session {
    const id = isDoc(lsid) ? lsid.get("id") : undefined;
    if (!(id instanceof Bin) || id.bytes.length !== 16) {
      throw new CommandError("TypeMismatch", "BSON field 'lsid.id' must be a UUID");
    }
    const key = id.bytes.toString("latin1");
    let session = this.#byKey.get(key);
    if (!session) {
      if (this.#byKey.size >= MAX_SESSIONS) this.expire(Date.now() - 60_000);
      if (this.#byKey.size >= MAX_SESSIONS) {
        throw new CommandError(261, "cannot add session into the cache: too many sessions");
      }
      session = new Session(Buffer.from(id.bytes));
      this.#byKey.set(key, session);
    }
    session.lastUsed = Date.now();
    return session;
  }

  find(lsid: Value): Session | undefined {
    const id = isDoc(lsid) ? lsid.get("id") : undefined;
    return id instanceof Bin ? this.#byKey.get(id.bytes.toString("latin1")) : undefined;
  }

  end(session: Session): void {
    session.close();
    this.#byKey.delete(session.key);
  }

  /** Ends sessions not used since the time (milliseconds). */
  expire(before: number): void {
    for (const session of this.#byKey.values()) {
      if (session.lastUsed < before && session.state !== "inProgress") this.end(session);
    }
  }

  /** Aborts transactions that are open for longer than allowed. */
  abortOlderThan(startedBefore: number): void {
    for (const session of this.#byKey.values()) {
      if (session.transaction && session.transaction.startedAt < startedBefore) session.abort();
    }
  }

  abortAll(): void {
    for (const session of this.#byKey.values()) session.abort();
  }

  /** What must survive a restart: results of retryable writes, committed transactions. */
  records(): Doc[] {
    const records: Doc[] = [];
    for (const session of this.#byKey.values()) {
      if (session.state === "committed") records.push(session.commitRecord(session.txnNumber).doc);
      else if (session.statements.size > 0) {
        records.push(session.recordOf(session.txnNumber, session.statements).doc);
      }
    }
    return records;
  }

  /** Takes a record of the journal or of a snapshot in again. */
  restore(record: Doc): void {
    const session = this.open(docOf({ id: record.get("lsid") }));
    const txn = record.get("txn");
    if (typeof txn !== "bigint" || txn < session.txnNumber) return;
    if (txn > session.txnNumber) session.advance(txn);
    if (record.get("committed") === true) session.state = "committed";
    const results = record.get("results");
    for (const item of Array.isArray(results) ? results : []) {
      if (!isDoc(item)) continue;
      const [id, result] = [item.get("id"), item.get("result")];
      if (typeof id === "number" && isDoc(result)) session.statements.set(id, result);
    }
  }
}
