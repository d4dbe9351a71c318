import { CommandError } from "../command-error.js";
import { approximate } from "../values/decimal.js";
import { isNumeric, type Value } from "../values/value.js";
import { toBigInt } from "../values/number.js";
import { runFor } from "../query/watch.js";
import { numberArgument, wrongType, type CommandContext, type Reply } from "./context.js";
import { nextBatch, type NewCursor, type OpenCursor } from "./cursors.js";

const DEFAULT_AWAIT_MS = 1000;
/** After these a change stream may be resumed (`error_labels.cpp`). */
const RESUMABLE = new Set([
  6, 7, 63, 89, 91, 133, 150, 189, 234, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436,
]);

/** The answer that opens a cursor: its first batch, and its id if there is more. */
export function openingReply(
  context: CommandContext,
  given: NewCursor,
  batchSize: number,
  single = false,
): Reply {
  const { cursors } = context.engine;
  const cursor = cursors.make({ sessionKey: context.session?.key, ...given });
  const batch = nextBatch(cursor, batchSize);
  const open = !batch.done && !single;
  if (open) cursors.keep(cursor);
  else cursors.close(cursor);
  return {
    cursor: {
      firstBatch: batch.items,
      id: open ? cursor.id : 0n,
      ns: cursor.namespace,
      ...cursor.extra?.(),
    },
  };
}

export async function getMore(context: CommandContext): Promise<Reply> {
  const { command, engine } = context;
  const id = command.get("getMore");
  if (!isNumeric(id)) throw wrongType("getMore.getMore", id, "long");
  const namespace = context.namespace("collection");
  const cursor = engine.cursors.get(toBigInt(id));
  if (cursor.namespace !== namespace) {
    throw new CommandError(
      "Unauthorized",
      `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
    );
  }
  if (
    cursor.sessionKey !== undefined &&
    context.session &&
    cursor.sessionKey !== context.session.key
  ) {
    throw new CommandError(
      "Unauthorized",
      `Cannot run getMore on cursor ${cursor.id}, which was created in another session`,
    );
  }
  const most = numberArgument(command, "batchSize", "getMore") ?? 0;
  if (most < 0) {
    throw new CommandError(
      "BadValue",
      `Batch size for getMore must be positive, but received: ${most}`,
    );
  }
  meetFailure(context, cursor);
  const limit = most === 0 ? Infinity : most;
  let batch = nextBatch(cursor, limit);
  if (batch.items.length === 0 && cursor.awaitMore && !batch.done) {
    await cursor.awaitMore(awaitTime(command.get("maxTimeMS")));
    runFor(context.deadline);
    if (engine.cursors.find(cursor.id)) batch = nextBatch(cursor, limit);
    else throw new CommandError("CursorNotFound", `cursor id ${cursor.id} not found`);
  }
  if (batch.done) engine.cursors.close(cursor);
  return {
    cursor: {
      nextBatch: batch.items,
      id: batch.done ? 0n : cursor.id,
      ns: cursor.namespace,
      ...cursor.extra?.(),
    },
  };
}

function meetFailure({ engine }: CommandContext, cursor: OpenCursor): void {
  const code = engine.failPoints.takeGetMore();
  if (code === undefined) return;
  const resumable = cursor.tailable && RESUMABLE.has(code);
  throw new CommandError(code, "Failing getMore via 'failGetMoreAfterCursorCheckout' failpoint", {
    labels: resumable ? ["ResumableChangeStreamError"] : [],
  });
}

function awaitTime(maxTimeMs: Value): number {
  return isNumeric(maxTimeMs) ? approximate(maxTimeMs) : DEFAULT_AWAIT_MS;
}

export function killCursors(context: CommandContext): Reply {
  const { cursors } = context.engine;
  const ids = context.command.get("cursors");
  if (!Array.isArray(ids)) throw wrongType("killCursors.cursors", ids, "array");
  const [killed, missing]: [Value[], Value[]] = [[], []];
  for (const id of ids) {
    const cursor = isNumeric(id) ? cursors.find(toBigInt(id)) : undefined;
    if (cursor) cursors.close(cursor);
    (cursor ? killed : missing).push(id);
  }
  return {
    cursorsKilled: killed,
    cursorsNotFound: missing,
    cursorsAlive: [],
    cursorsUnknown: [],
  };
}
