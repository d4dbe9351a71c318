import { compileExpression } from "../aggregate/expression.js";
import { CommandError } from "../command-error.js";
import type { QueryContext } from "../query/matcher.js";
import { runFor, type Deadline } from "../query/watch.js";
import { Blocked, type Access } from "../storage/access.js";
import type { Collection, Holder } from "../storage/collection.js";
import type { DirectAccess } from "../storage/direct-access.js";
import type { Store } from "../storage/store.js";
import { collationOf } from "../values/collation.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, typeName, type Doc, type Value } from "../values/value.js";
import type { Encodable, RawDoc } from "../wire/encode-bson.js";
import type { Peer } from "../wire/server.js";
import type { Cursors } from "./cursors.js";
import type { FailPoints } from "./fail-points.js";
import type { Session, Sessions } from "./sessions.js";
import type { ChangeFeed } from "./change-feed.js";

/** What all commands of one server share. */
export type Engine = {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly cursors: Cursors;
  readonly failPoints: FailPoints;
  readonly feed: ChangeFeed;
  readonly parameters: Map<string, Value>;
  readonly startedAt: Date;
  readonly host: string;
  readonly seen: (kind: string, name: string) => void;
  /** How often each command was run since the start. */
  readonly commandCounts: Map<string, number>;
};

export type Reply = Record<string, Encodable>;

/** One command being run. */
export class CommandContext {
  readonly engine: Engine;
  readonly peer: Peer;
  readonly name: string;
  readonly command: Doc;
  readonly sequences: ReadonlyMap<string, readonly RawDoc[]>;
  readonly database: string;
  readonly session: Session | undefined;
  readonly access: Access;
  readonly direct: DirectAccess | undefined;
  readonly deadline: Deadline;
  /** The number of the retryable write, when it is one. */
  readonly retryNumber: bigint | undefined;
  readonly now = new Date();
  /** Set when the connection is to end without an answer. */
  closes = false;
  #statements = new Map<number, Doc>();

  constructor(
    engine: Engine,
    given: Pick<CommandContext, "peer" | "name" | "command" | "sequences" | "database"> &
      Pick<CommandContext, "session" | "access" | "direct" | "deadline" | "retryNumber">,
  ) {
    this.engine = engine;
    this.peer = given.peer;
    this.name = given.name;
    this.command = given.command;
    this.sequences = given.sequences;
    this.database = given.database;
    this.session = given.session;
    this.access = given.access;
    this.direct = given.direct;
    this.deadline = given.deadline;
    this.retryNumber = given.retryNumber;
  }

  /** The full name of the collection that the command names. */
  namespace(field = this.name): string {
    const collection = this.command.get(field);
    if (typeof collection !== "string") {
      throw new CommandError(
        "InvalidNamespace",
        `collection name has invalid type ${typeName(collection)}`,
      );
    }
    if (collection === "" || collection.includes("\0")) {
      throw new CommandError(
        "InvalidNamespace",
        `Invalid namespace specified '${this.database}.${collection}'`,
      );
    }
    return `${this.database}.${collection}`;
  }

  /** What filters and expressions are compiled with. */
  queryContext(
    collection: Collection | undefined,
    given: Value = this.command.get("collation"),
  ): QueryContext {
    const variables = new Map<string, Value>([["NOW", this.now]]);
    const bindings = this.command.get("let");
    const { seen } = this.engine;
    for (const [name, value] of isDoc(bindings) ? bindings : []) {
      const compiled = compileExpression(value, { collation: undefined, variables, seen });
      variables.set(name, compiled({ root: new Map(), variables }) ?? null);
    }
    const collation = collationOf(given ?? collection?.options.shown.get("collation"));
    return { collation, variables, seen: this.engine.seen };
  }

  /** Remembers the result of a statement of a retryable write. */
  remember(statement: number, result: Doc): void {
    if (this.retryNumber === undefined || !this.session) return;
    this.session.statements.set(statement, result);
    this.#statements.set(statement, result);
  }

  /** The result this statement already had, when the command is a retry. */
  remembered(statement: number): Doc | undefined {
    return this.retryNumber === undefined ? undefined : this.session?.statements.get(statement);
  }

  /** Lets an armed failure meet a retryable write; throws where the write is not to happen. */
  meetFailure(): void {
    if (this.retryNumber === undefined) return;
    const failure = this.engine.failPoints.takeWrite();
    if (!failure) return;
    this.closes ||= failure.closes;
    if (failure.failCode !== undefined) {
      throw new CommandError(
        failure.failCode,
        "Failing write for onPrimaryTransactionalWrite failpoint",
      );
    }
  }

  /** Hands what was changed so far to the journal, as one unit. */
  seal(): void {
    if (!this.direct) return;
    const changes = this.direct.changes.splice(0);
    const statements = this.#statements;
    this.#statements = new Map();
    const record =
      this.session && statements.size > 0
        ? this.session.recordOf(this.retryNumber ?? -1n, statements)
        : undefined;
    this.engine.store.seal(changes, record);
  }

  /** Waits, with everything so far handed over, for a transaction that is in the way. */
  async waitFor(holder: Holder): Promise<void> {
    this.seal();
    const left = this.deadline.at === undefined ? undefined : this.deadline.at - Date.now();
    let timer: NodeJS.Timeout | undefined;
    const timeUp =
      left === undefined
        ? undefined
        : new Promise<void>((resolve) => {
            timer = setTimeout(resolve, Math.max(0, left) + 1);
          });
    await Promise.race([holder.ended, ...(timeUp ? [timeUp] : [])]);
    clearTimeout(timer);
    runFor(this.deadline);
    this.deadline.checkNow();
  }

  /**
   * Runs steps to their end without letting anyone in between, except where they wait for a
   * transaction: so the journal has all changes in the order in which they were made.
   */
  async drive<T>(steps: Steps<T>): Promise<T> {
    try {
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        await this.waitFor(step.value);
      }
    } finally {
      this.seal();
    }
  }
}

/** A change in steps: it yields the transactions that it must wait for. */
export type Steps<T> = Generator<Holder, T, void>;

/** Makes a change, again and again while a transaction is in its way. */
export function* unblocked<T>(change: () => T): Steps<T> {
  for (;;) {
    try {
      return change();
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      yield error.holder;
    }
  }
}

/** Reads a number argument; undefined when it is absent. */
export function numberArgument(doc: Doc, name: string, owner: string): number | undefined {
  const value = doc.get(name);
  if (value === undefined || value === null) return undefined;
  if (isNumeric(value)) return Math.trunc(approximate(value));
  throw wrongType(`${owner}.${name}`, value, "long");
}

/** Reads a batch's size; MongoDB's usual one when it is absent. */
export function batchSizeArgument(doc: Doc | undefined, owner: string): number {
  const size = (doc && numberArgument(doc, "batchSize", owner)) ?? 101;
  if (size >= 0) return size;
  throw new CommandError(
    51024,
    `BSON field 'batchSize' value must be >= 0, actual value '${size}'`,
  );
}

export function booleanArgument(doc: Doc, name: string, standard: boolean): boolean {
  const value = doc.get(name);
  if (value === undefined || value === null) return standard;
  if (typeof value === "boolean") return value;
  if (isNumeric(value)) return approximate(value) !== 0;
  throw wrongType(name, value, "bool");
}

export function docArgument(doc: Doc, name: string, owner: string): Doc | undefined {
  const value = doc.get(name);
  if (value === undefined || value === null) return undefined;
  if (isDoc(value)) return value;
  throw wrongType(`${owner}.${name}`, value, "object");
}

export function wrongType(field: string, value: Value, expected: string): CommandError {
  return new CommandError(
    "TypeMismatch",
    `BSON field '${field}' is the wrong type '${typeName(value)}', expected type '${expected}'`,
  );
}
