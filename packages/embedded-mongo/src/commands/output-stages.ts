import type { NamedStage, StageContext } from "../aggregate/stage.js";
import { CommandError } from "../command-error.js";
import { named } from "../aggregate/named-arguments.js";
import { compileMatch } from "../query/match.js";
import { findDocs } from "../query/search.js";
import { withId } from "../query/upsert.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";
import type { CursorItem } from "./cursors.js";
import type { Collection } from "../storage/collection.js";
import { StoredDoc } from "../storage/stored-doc.js";
import { unblocked, type CommandContext, type Steps } from "./context.js";
import { encodePrepared } from "./prepare-insert.js";
import { timeFieldOf } from "./time-series.js";
import { validateDoc } from "./validation.js";
import { refuseView } from "./views.js";

export const WRITING_STAGES: ReadonlySet<string> = new Set(["$out", "$merge"]);

type Input = { items: Iterable<CursorItem>; stageContext: StageContext };

/** Writes a pipeline's documents where its last stage says. */
export function* writeResult(
  context: CommandContext,
  stage: NamedStage,
  input: Input,
): Steps<void> {
  if (context.access.inTransaction) {
    throw new CommandError(
      "OperationNotSupportedInTransaction",
      `${stage.name} cannot be used in a transaction`,
    );
  }
  // Read to the end before anything is written: the source may be the target.
  const docs = [...input.items].map((item) =>
    item instanceof StoredDoc ? item.decode() : (item as Doc),
  );
  if (stage.name === "$out") yield* replaceCollection(context, stage.operand, docs);
  else yield* merge(context, { operand: stage.operand, docs, stageContext: input.stageContext });
}

function targetNamespace(context: CommandContext, value: Value): string {
  if (typeof value === "string") return `${context.database}.${value}`;
  const [database, name] = isDoc(value) ? [value.get("db"), value.get("coll")] : [];
  if (typeof name !== "string") {
    throw new CommandError(16990, "$out requires a string or object argument");
  }
  return `${typeof database === "string" ? database : context.database}.${name}`;
}

function* replaceCollection(
  context: CommandContext,
  operand: Value,
  docs: readonly Doc[],
): Steps<void> {
  const namespace = targetNamespace(context, operand);
  const prepared = docs.map((doc) => encodePrepared(withId(doc)));
  const collection = openTarget(context, namespace);
  for (const { doc } of prepared) validateDoc(context, collection, { doc });
  for (const old of [...collection.docs.values()]) {
    yield* unblocked(() => {
      context.access.remove(collection, old);
    });
  }
  for (const { doc, raw } of prepared) {
    yield* unblocked(() => context.access.insert(collection, raw, doc));
  }
}

function openTarget(context: CommandContext, namespace: string): Collection {
  const collection = context.access.openCollection(namespace);
  refuseView(collection);
  if (timeFieldOf(collection) === undefined) return collection;
  throw new CommandError(
    "NotImplemented",
    `${namespace} is a time series: this engine writes no pipeline's results there`,
  );
}

const WHEN_MATCHED = ["merge", "replace", "keepExisting", "fail"];
const WHEN_NOT_MATCHED = ["insert", "discard", "fail"];

/** Reads what $merge is to do in one of the two cases. */
function actionOf(spec: Doc, field: string, [standard = "", ...others]: readonly string[]): string {
  const action = spec.get(field) ?? standard;
  if (action === standard || others.includes(action as string)) return action as string;
  throw new CommandError("NotImplemented", `$merge's ${field} is not one this engine has`);
}

type Merge = { operand: Value; docs: readonly Doc[]; stageContext: StageContext };

function* merge(context: CommandContext, { operand, docs, stageContext }: Merge): Steps<void> {
  const spec =
    typeof operand === "string"
      ? docOf({ into: operand })
      : named("$merge", operand, {
          required: ["into"],
          optional: ["on", "whenMatched", "whenNotMatched"],
        });
  const namespace = targetNamespace(context, spec.get("into"));
  if ((spec.get("on") ?? "_id") !== "_id") {
    throw new CommandError("NotImplemented", "$merge on other fields than _id is not supported");
  }
  const whenMatched = actionOf(spec, "whenMatched", WHEN_MATCHED);
  const whenNotMatched = actionOf(spec, "whenNotMatched", WHEN_NOT_MATCHED);
  for (const doc of docs) {
    const filter = docOf({ _id: docOf({ $eq: doc.get("_id") ?? null }) });
    const collection = openTarget(context, namespace);
    const [found] = findDocs(context.access, collection, {
      filter,
      matcher: compileMatch(filter, stageContext),
      sort: [],
      skip: 0,
      limit: 1,
      collation: undefined,
      hint: undefined,
      deadline: context.deadline,
    });
    if (found) {
      if (whenMatched === "fail" && collection.idIndex) {
        throw collection.idIndex.duplicateError(found.decode(), namespace);
      }
      if (whenMatched === "keepExisting") continue;
      const result = mergedDoc(found.decode(), doc, whenMatched);
      const { raw, doc: after } = encodePrepared(withId(result));
      validateDoc(context, collection, { doc: after, before: found });
      yield* unblocked(() => context.access.replace(collection, found, raw));
    } else if (whenNotMatched === "insert") {
      const made = encodePrepared(withId(doc));
      validateDoc(context, collection, made);
      yield* unblocked(() => context.access.insert(collection, made.raw, made.doc));
    } else if (whenNotMatched === "fail") {
      throw new CommandError(
        13113,
        "$merge could not find a matching document in the target collection for at least one document in the source collection",
      );
    }
  }
}

function mergedDoc(old: Doc, doc: Doc, whenMatched: Value): Doc {
  const id = old.get("_id");
  const start: Doc = whenMatched === "replace" ? new Map([["_id", id]]) : new Map(old);
  for (const [name, value] of doc) if (name !== "_id") start.set(name, value);
  return start;
}
