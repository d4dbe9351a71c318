import { CommandError, codeNameOf } from "../command-error.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";
import { decodeDoc } from "../wire/decode-bson.js";
import type { RawDoc } from "../wire/encode-bson.js";
import {
  booleanArgument,
  numberArgument,
  wrongType,
  type CommandContext,
  type Steps,
} from "./context.js";

const MAX_BATCH = 100_000;

/** What the statements of one write command come to. */
export type BatchOutcome = { results: (Doc | undefined)[]; errors: Doc[]; retried: number[] };

/** The statements of a write command, from its sequence or its body; still encoded if possible. */
export function statementsOf(context: CommandContext, field: string): readonly (RawDoc | Value)[] {
  const inBody = context.command.get(field);
  const found = context.sequences.get(field) ?? inBody;
  if (found === undefined) {
    throw new CommandError(
      40414,
      `BSON field '${context.name}.${field}' is missing but a required field`,
    );
  }
  if (!Array.isArray(found)) throw wrongType(`${context.name}.${field}`, inBody, "array");
  const list = found as readonly (RawDoc | Value)[];
  if (list.length === 0 || list.length > MAX_BATCH) {
    throw new CommandError(
      "InvalidLength",
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${list.length} operations.`,
    );
  }
  return list;
}

/** A statement as a document. */
export function statementDoc(statement: RawDoc | Value, field: string): Doc {
  if (isDoc(statement as Value)) return statement as Doc;
  if (typeof statement === "object" && statement !== null && "buf" in statement) {
    return decodeDoc(statement.buf, statement);
  }
  throw wrongType(field, statement, "object");
}

/** Refuses fields of a statement that MongoDB does not know. */
export function checkFields(statement: Doc, owner: string, known: readonly string[]): void {
  for (const name of statement.keys()) {
    if (!known.includes(name)) {
      throw new CommandError(40415, `BSON field '${owner}.${name}' is an unknown field.`);
    }
  }
}

/** Runs the statements in turn; an error ends an ordered batch. */
export function* runBatch(
  context: CommandContext,
  statements: readonly (RawDoc | Value)[],
  runOne: (statement: RawDoc | Value) => Steps<Doc>,
): Steps<BatchOutcome> {
  const ordered = booleanArgument(context.command, "ordered", true);
  const outcome: BatchOutcome = { results: [], errors: [], retried: [] };
  for (const [index, statement] of statements.entries()) {
    const id = statementId(context, index);
    const before = context.remembered(id);
    if (before) {
      outcome.results.push(before);
      outcome.retried.push(id);
      continue;
    }
    try {
      context.meetFailure();
      const result = yield* runOne(statement);
      context.remember(id, result);
      outcome.results.push(result);
    } catch (error) {
      outcome.errors.push(writeErrorOf(context, index, error));
      outcome.results.push(undefined);
      if (ordered || context.access.inTransaction) break;
    }
  }
  return outcome;
}

function statementId(context: CommandContext, index: number): number {
  const ids = context.command.get("stmtIds");
  const id = Array.isArray(ids) ? ids[index] : undefined;
  if (typeof id === "number") return id;
  return (numberArgument(context.command, "stmtId", context.name) ?? 0) + index;
}

// Errors that end the whole command rather than one statement.
const ENDS_COMMAND = new Set([112, 50, 11600, 11601, 14031, 263, 246]);

function writeErrorOf(context: CommandContext, index: number, error: unknown): Doc {
  if (!(error instanceof CommandError) || ENDS_COMMAND.has(error.code)) throw error;
  // Any error ends a transaction.
  if (context.access.inTransaction) context.session?.abort();
  return docOf({
    index,
    code: error.code,
    codeName: codeNameOf(error.code),
    ...error.details,
    errmsg: error.message,
  });
}

/** The fields common to the answers of write commands. */
export function batchReply(outcome: BatchOutcome): Record<string, Value> {
  return {
    ...(outcome.errors.length > 0 ? { writeErrors: outcome.errors } : {}),
    ...(outcome.retried.length > 0 ? { retriedStmtIds: outcome.retried } : {}),
  };
}

/** The sum of a number that each result has. */
export function total(outcome: BatchOutcome, field: string): number {
  return outcome.results.reduce((sum, result) => {
    const value = result?.get(field);
    return sum + (typeof value === "number" ? value : 0);
  }, 0);
}
