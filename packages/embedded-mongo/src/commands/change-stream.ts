import type { NamedStage, StageContext } from "../aggregate/stage.js";
import { CommandError } from "../command-error.js";
import { equalValues } from "../values/compare.js";
import { keyOf } from "../values/key.js";
import { isTrue } from "../values/number.js";
import { docOf, isDoc, Stamp, type Doc, type Value } from "../values/value.js";
import { eventOf, positionOf, tokenOf, type Shown } from "./change-events.js";
import { isAfter, type FeedEntry, type FeedPosition } from "./change-feed.js";
import type { CommandContext } from "./context.js";
import type { NewCursor } from "./cursors.js";
import { wordSet } from "../words.js";

const OPTIONS = wordSet(`
  fullDocument fullDocumentBeforeChange resumeAfter startAfter startAtOperationTime
  allChangesForCluster showExpandedEvents
`);
const ALLOWED_STAGES = wordSet(`
  $match $project $addFields $set $unset $replaceRoot $replaceWith
`);

/** Which changes a stream shows, and whether one of them ends it. */
type Scope = { includes: (namespace: string) => boolean; single: string | undefined };

function scopeOf(context: CommandContext, spec: Doc): Scope {
  if (isTrue(spec.get("allChangesForCluster"))) {
    return { includes: () => true, single: undefined };
  }
  if (typeof context.command.get("aggregate") === "string") {
    const single = context.namespace();
    return { includes: (namespace) => namespace === single, single };
  }
  const prefix = `${context.database}.`;
  return { includes: (namespace) => namespace.startsWith(prefix), single: undefined };
}

function startOf(context: CommandContext, spec: Doc): FeedPosition {
  const token = spec.get("resumeAfter") ?? spec.get("startAfter");
  if (token !== undefined) {
    const position = positionOf(token);
    if (!position) throw new CommandError("FailedToParse", "Bad resume token");
    return position;
  }
  const time = spec.get("startAtOperationTime");
  if (time instanceof Stamp) return { time: time.value - 1n, index: Number.MAX_SAFE_INTEGER };
  return { time: context.engine.store.time, index: Number.MAX_SAFE_INTEGER };
}

function checkSpec(operand: Value): Doc {
  if (!isDoc(operand)) {
    throw new CommandError(50808, "$changeStream stage expects a document as argument.");
  }
  for (const name of operand.keys()) {
    if (!OPTIONS.has(name)) {
      throw new CommandError(40415, `BSON field '$changeStream.${name}' is an unknown field.`);
    }
  }
  return operand;
}

function checkStages(stages: readonly NamedStage[]): void {
  for (const { name } of stages) {
    if (ALLOWED_STAGES.has(name)) continue;
    throw new CommandError(
      "IllegalOperation",
      `${name} is not permitted in a $changeStream pipeline`,
    );
  }
}

// The pipeline may change everything of an event but its token.
function checkToken(event: Doc, shown: Doc): Doc {
  if (equalValues(shown.get("_id"), event.get("_id"))) return shown;
  throw new CommandError(
    "ChangeStreamFatalError",
    "Encountered an event whose _id field, which contains the resume token, was modified by the pipeline. Modifying the _id field of an event makes it impossible to resume the stream from that point. Only transformations that retain the unmodified _id field are allowed.",
    { labels: ["NonResumableChangeStreamError"] },
  );
}

/** A cursor over the changes from now, or from the place that was asked for. */
export function changeStream(
  context: CommandContext,
  stages: readonly NamedStage[],
  { namespace, stageContext }: { namespace: string; stageContext: StageContext },
): NewCursor {
  const [first, ...rest] = stages;
  const spec = checkSpec(first?.operand);
  const { feed, store } = context.engine;
  const scope = scopeOf(context, spec);
  const stage = stageContext.compile(rest, stageContext);
  checkStages(rest);
  let position = startOf(context, spec);
  if (!feed.reaches(position)) {
    throw new CommandError(
      "ChangeStreamHistoryLost",
      "Resume of change stream was not possible, as the resume point may no longer be in the oplog.",
      { labels: ["NonResumableChangeStreamError"] },
    );
  }
  const shown: Shown = {
    fullDocument: spec.get("fullDocument"),
    fullDocumentBeforeChange: spec.get("fullDocumentBeforeChange"),
    expanded: isTrue(spec.get("showExpandedEvents")),
    lookUp: (name, id) => {
      const index = store.findCollection(name)?.idIndex;
      const key = keyOf(id, index?.definition.collation);
      const [found] = index?.entries.scan({ low: key, high: `${key}\0` }) ?? [];
      return found?.decode() ?? null;
    },
  };
  const queue: Doc[] = [];
  let ended = false;
  const take = (entry: FeedEntry) => {
    position = { time: entry.time, index: entry.index };
    if (!scope.includes(entry.namespace)) return;
    const event = eventOf(entry, shown);
    if (!event) return;
    const token = docOf({ _id: event.get("_id") });
    for (const each of stage([event])) queue.push(checkToken(token, each));
    const type = event.get("operationType");
    if (scope.single !== undefined && (type === "drop" || type === "rename")) {
      queue.push(...stage([invalidation(entry)]));
      ended = true;
    }
  };
  const cursor: NewCursor = {
    namespace,
    tailable: true,
    items: {
      next() {
        while (queue.length === 0 && !ended) {
          const entry = feed.next(position);
          if (!entry || !isAfter(entry, position)) break;
          take(entry);
        }
        const value = queue.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
    },
    awaitMore: async (timeoutMs) => {
      const until = Date.now() + timeoutMs;
      while (queue.length === 0 && !ended && Date.now() < until) {
        const entry = feed.next(position);
        if (entry) take(entry);
        else await feed.nextChange(until - Date.now());
      }
    },
    isOver: () => ended && queue.length === 0,
    extra: () => ({ postBatchResumeToken: tokenOf(bounded(position)) }),
  };
  return cursor;
}

// The start has no place within its unit.
function bounded({ time, index }: FeedPosition): FeedPosition {
  return { time, index: Math.min(index, 0xffff_fff0) };
}

function invalidation(entry: FeedEntry): Doc {
  return docOf({
    _id: tokenOf({ time: entry.time, index: entry.index }),
    operationType: "invalidate",
    clusterTime: new Stamp(entry.time),
    wallTime: entry.wallTime,
  });
}
