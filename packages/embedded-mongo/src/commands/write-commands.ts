import { CommandError } from "../command-error.js";
import { compileMatch } from "../query/match.js";
import type { Matcher, QueryContext } from "../query/matcher.js";
import { filterOf } from "../query/operands.js";
import { findDocs, sortFieldsOf } from "../query/search.js";
import { compileUpdate, type Update } from "../query/update.js";
import { upsertSeed, withId } from "../query/upsert.js";
import { currentVersion } from "../storage/access.js";
import type { Collection } from "../storage/collection.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";
import { checkMeasurement, refuseChange } from "./time-series.js";
import { validateDoc } from "./validation.js";
import { refuseView } from "./views.js";
import { encodePrepared, prepare, trimCapped } from "./prepare-insert.js";
import {
  booleanArgument,
  numberArgument,
  unblocked,
  type CommandContext,
  type Reply,
  type Steps,
} from "./context.js";
import {
  batchReply,
  checkFields,
  runBatch,
  statementDoc,
  statementsOf,
  total,
} from "./write-batch.js";

export async function insert(context: CommandContext): Promise<Reply> {
  const namespace = context.namespace();
  const statements = statementsOf(context, "documents");
  const outcome = await context.drive(
    runBatch(context, statements, function* (statement) {
      const { doc, raw } = prepare(statement);
      const collection = context.access.openCollection(namespace);
      refuseView(collection);
      checkMeasurement(collection, doc);
      validateDoc(context, collection, { doc });
      yield* unblocked(() => context.access.insert(collection, raw, doc));
      trimCapped(context.access, collection);
      return docOf({ n: 1 });
    }),
  );
  return { n: total(outcome, "n"), ...batchReply(outcome) };
}

/** A compiled write: what it looks for and what it does with it. */
export type Target = {
  collection: Collection | undefined;
  namespace: string;
  filter: Doc;
  matcher: Matcher;
  query: QueryContext;
  hint: Value;
  sort: Value;
};

export function targetOf(
  context: CommandContext,
  statement: Doc,
  fields: { filter: string; owner: string },
): Target {
  const namespace = context.namespace();
  const collection = context.access.findCollection(namespace);
  refuseView(collection);
  const own = context.queryContext(collection, statement.get("collation"));
  const constants = statement.get("c");
  const query = isDoc(constants)
    ? { ...own, variables: new Map([...own.variables, ...constants]) }
    : own;
  const filter = filterOf(statement.get(fields.filter), `${fields.owner}.${fields.filter}`);
  const matcher = compileMatch(filter, query);
  const [hint, sort] = [statement.get("hint"), statement.get("sort")];
  return { collection, namespace, filter, matcher, query, hint, sort };
}

export function findTargets(context: CommandContext, target: Target, limit: number): StoredDoc[] {
  return findDocs(context.access, target.collection, {
    filter: target.filter,
    matcher: target.matcher,
    sort: sortFieldsOf(target.sort),
    skip: 0,
    limit,
    collation: target.query.collation,
    hint: target.hint,
    deadline: context.deadline,
  });
}

const UPDATE_FIELDS = ["q", "u", "multi", "upsert", "collation", "arrayFilters", "hint", "c"];

export async function update(context: CommandContext): Promise<Reply> {
  const outcome = await context.drive(
    runBatch(context, statementsOf(context, "updates"), function* (given) {
      const statement = statementDoc(given, "update.updates");
      checkFields(statement, "update.updates", UPDATE_FIELDS);
      return yield* updateStatement(context, statement);
    }),
  );
  const upserted = outcome.results.flatMap((result, index) => {
    const id = result?.get("upserted");
    return id === undefined ? [] : [docOf({ index, _id: id })];
  });
  return {
    n: total(outcome, "n"),
    nModified: total(outcome, "nModified"),
    ...(upserted.length > 0 ? { upserted } : {}),
    ...batchReply(outcome),
  };
}

function* updateStatement(context: CommandContext, statement: Doc): Steps<Doc> {
  const target = targetOf(context, statement, { filter: "q", owner: "update.updates" });
  refuseChange(target.collection);
  const multi = booleanArgument(statement, "multi", false);
  const compiled = compileUpdate(statement.get("u"), {
    ...target.query,
    arrayFilters: statement.get("arrayFilters"),
  });
  if (multi && compiled.kind === "replacement") {
    throw new CommandError(
      "FailedToParse",
      "multi update is not supported for replacement-style update",
    );
  }
  const [n, nModified] = yield* updateMatching(context, { target, compiled, multi });
  if (n === 0 && booleanArgument(statement, "upsert", false)) {
    const made = yield* unblocked(() => upsert(context, target, compiled));
    return docOf({ n: 1, nModified: 0, upserted: made.get("_id") ?? null });
  }
  return docOf({ n, nModified });
}

function* updateMatching(
  context: CommandContext,
  { target, compiled, multi }: { target: Target; compiled: Update; multi: boolean },
): Steps<[number, number]> {
  let [n, nModified] = [0, 0];
  for (let again = true; again;) {
    again = false;
    for (const found of findTargets(context, target, multi ? 0 : 1)) {
      context.deadline.check();
      const updated = yield* unblocked(() => updateOne(context, { target, compiled, found }));
      if (updated === undefined) {
        // Someone else changed it meanwhile: another one may match now.
        again = !multi;
        continue;
      }
      n += 1;
      if (updated.changed) nModified += 1;
    }
  }
  return [n, nModified];
}

export type Updated = { before: StoredDoc; after: StoredDoc; changed: boolean };

/** Updates one document if it still matches. */
export function updateOne(
  context: CommandContext,
  job: { target: Target; compiled: Update; found: StoredDoc },
): Updated | undefined {
  const { target, compiled, found } = job;
  const { collection } = target;
  if (!collection) return undefined;
  const current = currentVersion(context.access, collection, found.number);
  if (!current) return undefined;
  const doc = current.decode();
  const position = { index: undefined as number | undefined };
  if (compiled.positional || current !== found) {
    if (!target.matcher.test(doc, position)) return undefined;
  }
  const result = compiled.apply(doc, { matched: position.index, inserting: false });
  const { raw } = encodePrepared(result);
  if (current.sameBytes(raw)) return { before: current, after: current, changed: false };
  validateDoc(context, collection, { doc: result, before: current });
  const after = context.access.replace(collection, current, raw, compiled.kind);
  return { before: current, after, changed: true };
}

/** Inserts the document that an update makes of nothing. */
export function upsert(context: CommandContext, target: Target, compiled: Update): Doc {
  const seed = upsertSeed(target.filter);
  const start: Doc = compiled.kind === "replacement" ? idOnly(seed) : seed;
  const made = withId(compiled.apply(start, { matched: undefined, inserting: true }));
  const { doc, raw } = encodePrepared(made);
  const collection = context.access.openCollection(target.namespace);
  validateDoc(context, collection, { doc });
  context.access.insert(collection, raw, doc);
  trimCapped(context.access, collection);
  return doc;
}

function idOnly(seed: Doc): Doc {
  const id = seed.get("_id");
  return docOf({ _id: id });
}

export async function deleteCommand(context: CommandContext): Promise<Reply> {
  const steps = runBatch(context, statementsOf(context, "deletes"), function* (given) {
    const statement = statementDoc(given, "delete.deletes");
    checkFields(statement, "delete.deletes", ["q", "limit", "collation", "hint"]);
    const limit = numberArgument(statement, "limit", "delete.deletes");
    if (limit !== 0 && limit !== 1) {
      throw new CommandError(
        limit === undefined ? 40414 : "FailedToParse",
        limit === undefined
          ? "BSON field 'delete.deletes.limit' is missing but a required field"
          : `The limit field in delete objects must be 0 or 1. Got ${limit}`,
      );
    }
    const target = targetOf(context, statement, { filter: "q", owner: "delete.deletes" });
    return docOf({ n: yield* deleteMatching(context, target, limit) });
  });
  const outcome = await context.drive(steps);
  return { n: total(outcome, "n"), ...batchReply(outcome) };
}

function* deleteMatching(context: CommandContext, target: Target, limit: number): Steps<number> {
  let n = 0;
  for (let again = true; again;) {
    again = false;
    for (const found of findTargets(context, target, limit)) {
      context.deadline.check();
      const removed = yield* unblocked(() => removeOne(context, target, found));
      if (removed) n += 1;
      else again = limit === 1;
    }
  }
  return n;
}

/** Removes one document if it still matches; undefined when it does not. */
export function removeOne(
  context: CommandContext,
  target: Target,
  found: StoredDoc,
): StoredDoc | undefined {
  const { collection } = target;
  if (!collection) return undefined;
  const current = currentVersion(context.access, collection, found.number);
  if (!current) return undefined;
  if (current !== found && !target.matcher.test(current.decode())) return undefined;
  context.access.remove(collection, current);
  return current;
}
