import { CommandError } from "../command-error.js";
import { compileStages } from "../aggregate/pipeline.js";
import { stagesOf, type NamedStage, type StageContext } from "../aggregate/stage.js";
import { findDocs } from "../query/search.js";
import type { Collection } from "../storage/collection.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import { batchSizeArgument, docArgument, type CommandContext, type Reply } from "./context.js";
import { leadOf, readStages, stageContextOf } from "./aggregate-lead.js";
import { changeStream } from "./change-stream.js";
import { openingReply } from "./cursor-commands.js";
import type { CursorItem } from "./cursors.js";
import { sourceStage } from "./source-stages.js";
import { isView } from "./views.js";
import { writeResult, WRITING_STAGES } from "./output-stages.js";
import { words, wordSet } from "../words.js";

export const AGGREGATE_FIELDS = words(`
  pipeline explain allowDiskUse cursor bypassDocumentValidation hint collation let
  isMapReduceCommand
`);

function namespaceOf(context: CommandContext): string {
  return context.command.get("aggregate") === 1
    ? `${context.database}.$cmd.aggregate`
    : context.namespace();
}

function batchSizeOf(command: Doc): number {
  const cursor = docArgument(command, "cursor", "aggregate");
  if (!cursor && !command.has("explain")) {
    throw new CommandError(
      "FailedToParse",
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  for (const name of cursor?.keys() ?? []) {
    if (name !== "batchSize") {
      throw new CommandError(40415, `BSON field 'cursor.${name}' is an unknown field.`);
    }
  }
  return batchSizeArgument(cursor, "cursor");
}

export async function aggregate(context: CommandContext): Promise<Reply> {
  const { command } = context;
  const namespace = namespaceOf(context);
  const collection = context.access.findCollection(namespace);
  const stages = stagesOf(command.get("pipeline"));
  const batchSize = batchSizeOf(command);
  const stageContext = stageContextOf(context, collection);
  if (stages[0]?.name === "$changeStream") {
    context.engine.seen("stage", "$changeStream");
    const cursor = changeStream(context, stages, { namespace, stageContext });
    return openingReply(context, cursor, batchSize);
  }
  const source = sourceStage(context, stages, namespace);
  const last = stages.at(-1);
  const output = last && WRITING_STAGES.has(last.name) ? last : undefined;
  const body = output ? stages.slice(0, -1) : stages;
  checkPlaces(body);
  const items = source
    ? compileStages(body.slice(1), stageContext)(source)
    : isView(collection)
      ? readStages(context, collection, { stages: body, stageContext })
      : runPipeline(context, collection, { stages: body, stageContext });
  if (!output)
    return openingReply(context, { namespace, items: items[Symbol.iterator]() }, batchSize);
  context.engine.seen("stage", output.name);
  const concern = command.get("readConcern");
  if (isDoc(concern) && concern.get("level") === "linearizable") {
    throw new CommandError(
      "InvalidOptions",
      `${output.name} cannot be used with a 'linearizable' read concern level`,
    );
  }
  await context.drive(writeResult(context, output, { items, stageContext }));
  return openingReply(context, { namespace, items: [].values() }, batchSize);
}

function checkPlaces(stages: readonly NamedStage[]): void {
  for (const [i, { name }] of stages.entries()) {
    if (WRITING_STAGES.has(name)) {
      throw new CommandError(40601, `${name} can only be the final stage in the pipeline`);
    }
    if (i > 0 && FIRST_ONLY.has(name)) {
      throw new CommandError(40602, `${name} is only valid as the first stage in a pipeline`);
    }
  }
}

const FIRST_ONLY = wordSet(`
  $changeStream $collStats $indexStats $currentOp $listSessions $listLocalSessions
  $documents
`);

function runPipeline(
  context: CommandContext,
  collection: Collection | undefined,
  { stages, stageContext }: { stages: readonly NamedStage[]; stageContext: StageContext },
): Iterable<CursorItem & Doc> {
  const { search, rest } = leadOf(stages, stageContext, context.command.get("hint"));
  const stage = compileStages(rest, stageContext);
  const found = findDocs(context.access, collection, search);
  if (rest.length === 0) return found as unknown as (CursorItem & Doc)[];
  const [first] = rest;
  const wanted = first?.name === "$group" && readsNothing(first.operand) ? NO_FIELDS : undefined;
  const decoded = (function* () {
    for (const doc of found) yield doc.decode(wanted);
  })();
  return stage(decoded) as Iterable<CursorItem & Doc>;
}

const NO_FIELDS: ReadonlySet<string> = new Set();

// countDocuments groups without looking at a field.
function readsNothing(value: Value): boolean {
  if (typeof value === "string") return !value.startsWith("$");
  if (Array.isArray(value)) return value.every(readsNothing);
  if (!isDoc(value)) return true;
  return [...value.values()].every(readsNothing);
}
