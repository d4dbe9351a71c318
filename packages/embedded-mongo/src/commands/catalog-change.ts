import { CommandError } from "../command-error.js";
import type { Change } from "../storage/access.js";
import type { Collection } from "../storage/collection.js";
import { docArgument, numberArgument, type CommandContext } from "./context.js";

/** Where a change of the catalog is noted; throws in a transaction. */
export function changesOf(context: CommandContext): Change[] {
  if (!context.direct) {
    throw new CommandError(
      "OperationNotSupportedInTransaction",
      `Cannot run '${context.name}' in a multi-document transaction.`,
    );
  }
  return context.direct.changes;
}

/** Waits until no transaction holds documents of the collection. */
export async function untilFree(
  context: CommandContext,
  collection: Collection | undefined,
): Promise<void> {
  for (;;) {
    const [holder] = collection?.holders.values() ?? [];
    if (!holder) return;
    await context.waitFor(holder);
  }
}

/** How many items the first answer of a listing has. */
export function listBatchSize(context: CommandContext): number {
  const cursor = docArgument(context.command, "cursor", context.name);
  const size = cursor ? numberArgument(cursor, "batchSize", "cursor") : undefined;
  return size ?? Infinity;
}
