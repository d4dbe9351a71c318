import type { NamedStage, StageContext } from "../aggregate/stage.js";
import { CommandError } from "../command-error.js";
import { compileUpdatePipeline } from "../aggregate/update-pipeline.js";
import { named } from "../aggregate/named-arguments.js";
import { compileMatch } from "../query/match.js";
import { resolvePath } from "../aggregate/expression.js";
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

type Merge = { operand: Value; docs: readonly Doc[]; stageContext: StageContext };

function* merge(context: CommandContext, { operand, docs, stageContext }: Merge): Steps<void> {
  const spec =
    typeof operand === "string"
      ? docOf({ into: operand })
      : named("$merge", operand, {
          required: ["into"],
          optional: ["on", "let", "whenMatched", "whenNotMatched"],
        });
  const namespace = targetNamespace(context, spec.get("into"));
  const on = spec.get("on") ?? "_id";
  const paths = (Array.isArray(on) ? on : [on]).map(String);
  const whenMatched = spec.get("whenMatched") ?? "merge";
  const whenNotMatched = spec.get("whenNotMatched") ?? "insert";
  checkUnique(context.access.findCollection(namespace), paths);
  for (const doc of docs) {
    const filter: Doc = new Map(
      paths.map((path): [string, Value] => [path, docOf({ $eq: joinValue(doc, path) })]),
    );
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
      const result = mergedDoc(found.decode(), doc, { whenMatched, stageContext });
      if (!result) continue;
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

function checkUnique(collection: Collection | undefined, paths: readonly string[]): void {
  if (paths.length === 1 && paths[0] === "_id") return;
  for (const { definition } of collection?.indexes.values() ?? []) {
    const { fields, unique, partial } = definition;
    if (!unique || partial || fields.length !== paths.length) continue;
    if (fields.every(({ path }) => paths.includes(path))) return;
  }
  throw new CommandError(51183, "Cannot find index to verify that join fields will be unique");
}

function joinValue(doc: Doc, path: string): Value {
  const value = resolvePath(doc, path.split("."), 0);
  if (path !== "_id" && (value === undefined || value === null || Array.isArray(value))) {
    throw new CommandError(
      51132,
      "$merge write error: 'on' field cannot be missing, null, undefined or an array",
    );
  }
  return value ?? null;
}

function mergedDoc(
  old: Doc,
  doc: Doc,
  { whenMatched, stageContext }: { whenMatched: Value; stageContext: StageContext },
): Doc | undefined {
  if (whenMatched === "keepExisting") return undefined;
  if (Array.isArray(whenMatched)) {
    const variables = new Map<string, Value>([...stageContext.variables, ["new", doc]]);
    return compileUpdatePipeline(whenMatched, { ...stageContext, variables })(old);
  }
  const id = old.get("_id");
  const start: Doc = whenMatched === "replace" ? new Map([["_id", id]]) : new Map(old);
  for (const [name, value] of doc) if (name !== "_id") start.set(name, value);
  return start;
}
