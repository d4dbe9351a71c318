import { compileStages } from "../aggregate/pipeline.js";
import type { NamedStage, Source, StageContext } from "../aggregate/stage.js";
import { compileMatch } from "../query/match.js";
import { findDocs, sortFieldsOf, type Search } from "../query/search.js";
import type { Collection } from "../storage/collection.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import type { CommandContext } from "./context.js";
import { resolveView } from "./views.js";

/** The search that a pipeline starts with, and what is left of the pipeline. */
export type Lead = { search: Search; rest: NamedStage[] };

/** Takes the stages that a search can do off the front: match, sort, skip, limit. */
export function leadOf(stages: readonly NamedStage[], context: StageContext, hint: Value): Lead {
  const rest = [...stages];
  const search: Search = {
    filter: new Map(),
    matcher: compileMatch(new Map(), context),
    sort: [],
    skip: 0,
    limit: 0,
    collation: context.collation,
    hint,
    deadline: context.deadline,
  };
  const next = (name: string): Value | undefined => {
    if (rest[0]?.name !== name) return undefined;
    return rest[0].operand;
  };
  const filter = next("$match");
  if (isDoc(filter)) {
    context.seen("stage", "$match");
    search.filter = filter;
    search.matcher = compileMatch(filter, context);
    rest.shift();
  }
  const sort = next("$sort");
  if (isDoc(sort) && sort.size > 0 && ![...sort.values()].some(isDoc)) {
    context.seen("stage", "$sort");
    search.sort = sortFieldsOf(sort);
    rest.shift();
  }
  const skip = next("$skip");
  if (isNumeric(skip) && approximate(skip) > 0 && Number.isInteger(approximate(skip))) {
    context.seen("stage", "$skip");
    search.skip = approximate(skip);
    rest.shift();
  }
  const limit = next("$limit");
  if (isNumeric(limit) && approximate(limit) > 0 && Number.isInteger(approximate(limit))) {
    context.seen("stage", "$limit");
    search.limit = approximate(limit);
    rest.shift();
  }
  return { search, rest };
}

/** The documents of a collection or view, after further stages. */
export function* readStages(
  context: CommandContext,
  collection: Collection | undefined,
  { stages, stageContext }: { stages: readonly NamedStage[]; stageContext: StageContext },
): Generator<Doc> {
  const resolved = resolveView(context, collection);
  const { search, rest } = leadOf([...resolved.stages, ...stages], stageContext, undefined);
  const found = findDocs(context.access, resolved.collection, search);
  yield* compileStages(rest, stageContext)(decoded(found));
}

function* decoded(found: readonly StoredDoc[]): Generator<Doc> {
  for (const doc of found) yield doc.decode();
}

/** What pipelines read other collections through. */
function sourceOf(context: CommandContext): Source {
  return {
    read(name, stages, stageContext) {
      const collection = context.access.findCollection(`${context.database}.${name}`);
      return readStages(context, collection, { stages, stageContext });
    },
  };
}

/** What the stages of a pipeline are compiled with. */
export function stageContextOf(
  context: CommandContext,
  collection: Collection | undefined,
): StageContext {
  return {
    ...context.queryContext(collection),
    deadline: context.deadline,
    source: sourceOf(context),
    compile: compileStages,
  };
}
