import { CommandError } from "../command-error.js";
import { distinctValues } from "../aggregate/array-operators.js";
import { compileMatch } from "../query/match.js";
import type { QueryContext } from "../query/matcher.js";
import { filterOf } from "../query/operands.js";
import { isTrue } from "../values/number.js";
import { compileProjection } from "../query/project.js";
import { findDocs, sortFieldsOf, type Search } from "../query/search.js";
import type { Collection } from "../storage/collection.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import {
  batchSizeArgument,
  booleanArgument,
  docArgument,
  numberArgument,
  wrongType,
  type CommandContext,
  type Reply,
} from "./context.js";
import { readStages, stageContextOf } from "./aggregate-lead.js";
import { isView, stagesOfFind } from "./views.js";
import { openingReply } from "./cursor-commands.js";
import type { CursorItem, NewCursor } from "./cursors.js";
import { words } from "../words.js";

export const FIND_FIELDS = words(`
  filter sort projection hint skip limit batchSize singleBatch noCursorTimeout tailable
  awaitData oplogReplay allowPartialResults allowDiskUse collation let min max returnKey
  showRecordId
`);

function refuse(command: Doc, names: readonly string[]): void {
  for (const name of names) {
    const value = command.get(name);
    if (value !== undefined && value !== false && !(isDoc(value) && value.size === 0)) {
      throw new CommandError(
        "NotImplemented",
        `the option '${name}' is not supported by this engine`,
      );
    }
  }
}

function sized(command: Doc, name: string, owner: string): number {
  const value = numberArgument(command, name, owner) ?? 0;
  if (value < 0) {
    throw new CommandError(
      51024,
      `BSON field '${name}' value must be >= 0, actual value '${value}'`,
    );
  }
  return value;
}

/** Reads the arguments of find (and of those that find as it does). */
export function searchOf(
  context: CommandContext,
  command: Doc,
  collection: Collection | undefined,
): Search & { query: QueryContext } {
  const query = context.queryContext(collection);
  const filter = filterOf(command.get("filter") ?? command.get("query"), "find.filter");
  return {
    query,
    filter,
    matcher: compileMatch(filter, query),
    sort: sortFieldsOf(command.get("sort")),
    skip: sized(command, "skip", "find"),
    limit: sized(command, "limit", "find"),
    collation: query.collation,
    hint: command.get("hint"),
    deadline: context.deadline,
  };
}

export function find(context: CommandContext): Reply {
  const { command, access } = context;
  refuse(command, ["oplogReplay", "min", "max", "returnKey", "showRecordId"]);
  const namespace = context.namespace();
  const collection = access.findCollection(namespace);
  const search = searchOf(context, command, collection);
  const batchSize = batchSizeArgument(command, "find");
  if (isView(collection)) {
    const items = readStages(context, collection, viewStages(context, collection));
    return openingReply(context, { namespace, items }, batchSize);
  }
  const project = projectionOf(context, search);
  if (booleanArgument(command, "tailable", false)) {
    return openingReply(
      context,
      tailing(context, { collection, namespace, search, project }),
      batchSize,
    );
  }
  const found = findDocs(access, collection, search);
  const cursor: NewCursor = {
    namespace,
    items: project ? projectedDocs(found, project) : found.values(),
    holds: found.length,
    keepsForever: isTrue(command.get("noCursorTimeout")),
  };
  return openingReply(context, cursor, batchSize, booleanArgument(command, "singleBatch", false));
}

function viewStages(context: CommandContext, view: Collection | undefined) {
  return {
    stages: stagesOfFind(context.command),
    stageContext: stageContextOf(context, view),
  };
}

function projectionOf(context: CommandContext, search: Search & { query: QueryContext }) {
  const spec = docArgument(context.command, "projection", "find");
  if (!spec || spec.size === 0) return undefined;
  return compileProjection(spec, search.query, { find: true, filter: search.matcher.test });
}

function* projectedDocs(
  found: readonly StoredDoc[],
  project: (doc: Doc) => Doc,
): Generator<CursorItem> {
  for (const each of found) yield project(each.decode());
}

/** A cursor on a capped collection that stays open for what is inserted later. */
function tailing(
  context: CommandContext,
  given: {
    collection: Collection | undefined;
    namespace: string;
    search: Search;
    project: ((doc: Doc) => Doc) | undefined;
  },
): NewCursor {
  const { collection, namespace, search, project } = given;
  if (collection && !collection.options.capped) {
    throw new CommandError(
      "BadValue",
      `error processing query: ns=${namespace} tailable cursor requested on non capped collection`,
    );
  }
  if (!collection) return { namespace, items: [].values() };
  const { feed } = context.engine;
  let last = 0;
  const items: Iterator<CursorItem> = {
    next() {
      for (const doc of collection.docs.values()) {
        if (doc.number <= last) continue;
        last = doc.number;
        if (!search.matcher.test(doc.decode())) continue;
        return { done: false, value: project ? project(doc.decode()) : doc };
      }
      return { done: true, value: undefined };
    },
  };
  const waits = booleanArgument(context.command, "awaitData", false);
  return {
    namespace,
    items,
    tailable: true,
    awaitMore: waits
      ? async (timeoutMs) => {
          await feed.nextChange(timeoutMs);
        }
      : undefined,
  };
}

export function count(context: CommandContext): Reply {
  const { command, access } = context;
  const collection = access.findCollection(context.namespace());
  if (isView(collection)) {
    const docs = readStages(context, collection, viewStages(context, collection));
    return { n: [...docs].length };
  }
  const limit = numberArgument(command, "limit", "count") ?? 0;
  const search = searchOf(context, new Map([...command, ["limit", Math.abs(limit)]]), collection);
  return { n: findDocs(access, collection, search).length };
}

export function distinct(context: CommandContext): Reply {
  const { command, access } = context;
  const key = command.get("key");
  if (typeof key !== "string") {
    if (key === undefined) {
      throw new CommandError(40414, "BSON field 'distinct.key' is missing but a required field");
    }
    throw wrongType("distinct.key", key, "string");
  }
  const collection = access.findCollection(context.namespace());
  const search = searchOf(context, command, collection);
  const parts = key.split(".");
  const values: Value[] = [];
  if (isView(collection)) {
    const docs = readStages(context, collection, viewStages(context, collection));
    for (const doc of docs) gather(doc, parts, values);
  }
  for (const found of findDocs(access, collection, search)) {
    context.deadline.check();
    gather(found.decode(new Set([parts[0] ?? key])), parts, values);
  }
  return { values: distinctValues(values, search.collation) };
}

// As for an index: arrays stand for their elements, at the end of the path too.
function gather(value: Value, parts: readonly string[], into: Value[]): void {
  const [part, ...rest] = parts;
  if (part === undefined) {
    if (Array.isArray(value)) into.push(...value);
    else if (value !== undefined) into.push(value);
  } else if (isDoc(value)) {
    gather(value.get(part), rest, into);
  } else if (Array.isArray(value)) {
    const index = /^\d+$/.test(part) ? value[Number(part)] : undefined;
    if (index !== undefined) gather(index, rest, into);
    for (const item of value) if (isDoc(item)) gather(item, parts, into);
  }
}
