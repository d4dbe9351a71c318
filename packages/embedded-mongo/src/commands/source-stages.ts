import type { NamedStage } from "../aggregate/stage.js";
import { CommandError } from "../command-error.js";
import { docOf, isDoc, type Doc } from "../values/value.js";
import type { CommandContext } from "./context.js";
import { collectionStatistics } from "./statistics.js";

/** The documents of a pipeline's first stage, if it makes them itself. */
export function sourceStage(
  context: CommandContext,
  stages: readonly NamedStage[],
  namespace: string,
): Doc[] | undefined {
  const [first] = stages;
  switch (first?.name) {
    case "$documents": {
      const { operand } = first;
      if (!Array.isArray(operand) || !operand.every(isDoc)) {
        throw new CommandError(5858203, "an array of documents is expected");
      }
      return operand;
    }
    case "$collStats":
      return [collStats(context, namespace)];
    case "$indexStats":
      return indexStats(context, namespace);
    case "$currentOp":
      return [];
    case "$listLocalSessions":
    case "$listSessions":
      return [...context.engine.sessions.all].map(({ lastUsed }) =>
        docOf({ lastUse: new Date(lastUsed) }),
      );
    case "$listSearchIndexes":
      return refuseSearchIndexes();
    default:
      if (context.command.get("aggregate") === 1) {
        throw new CommandError(
          "InvalidNamespace",
          `{aggregate: 1} is not valid for '${first?.name ?? "an empty pipeline"}'; a collection is required.`,
        );
      }
      return undefined;
  }
}

/** Search indexes are Atlas's: a server of one's own says so. */
export function refuseSearchIndexes(): never {
  throw new CommandError(
    "SearchNotEnabled",
    "Using Atlas Search Database Commands and the $listSearchIndexes aggregation stage requires additional configuration. Please connect to Atlas or an AtlasCLI local deployment to enable it.",
  );
}

function collStats(context: CommandContext, namespace: string): Doc {
  const collection = context.access.findCollection(namespace);
  if (!collection) {
    throw new CommandError("NamespaceNotFound", `Collection [${namespace}] not found.`);
  }
  return docOf({
    ns: namespace,
    host: context.engine.host,
    localTime: context.now,
    count: collection.size,
    storageStats: docOf(collectionStatistics(collection)),
  });
}

function indexStats(context: CommandContext, namespace: string): Doc[] {
  const collection = context.access.findCollection(namespace);
  return [...(collection?.indexes.values() ?? [])].map(({ definition }) =>
    docOf({
      name: definition.name,
      key: definition.key,
      host: context.engine.host,
      accesses: docOf({ ops: 0n, since: context.engine.startedAt }),
      spec: definition.spec,
    }),
  );
}
