import { CommandError } from "../command-error.js";
import { compileMatch } from "../query/match.js";
import { filterOf } from "../query/operands.js";
import type { Collection } from "../storage/collection.js";
import { splitNamespace } from "../storage/namespace.js";
import { Transaction } from "../storage/transaction.js";
import { collationOf } from "../values/collation.js";
import { equalValues } from "../values/compare.js";
import { isTrue } from "../values/number.js";
import { Bin, docOf, isDoc, isNumeric, type Doc } from "../values/value.js";
import type { CommandContext, Reply } from "./context.js";
import { changesOf, listBatchSize, untilFree } from "./catalog-change.js";
import { checkTimeSeries, timeFieldOf } from "./time-series.js";
import { checkValidator } from "./validation.js";
import { checkViewOptions, isView } from "./views.js";
import { openingReply } from "./cursor-commands.js";
import { words, wordSet } from "../words.js";

export const CREATE_FIELDS = words(`
  capped size max collation autoIndexId idIndex validator validationLevel validationAction
  storageEngine indexOptionDefaults changeStreamPreAndPostImages timeseries clusteredIndex
  expireAfterSeconds viewOn pipeline encryptedFields flags
`);
const KEPT_OPTIONS = wordSet(`
  capped size max collation changeStreamPreAndPostImages viewOn pipeline validator
  validationLevel validationAction clusteredIndex timeseries expireAfterSeconds
`);
const IGNORABLE = new Set(["autoIndexId", "idIndex", "flags"]);

function checkCreateOptions(command: Doc): Doc {
  const options: Doc = new Map();
  for (const [name, value] of command) {
    if (!CREATE_FIELDS.includes(name) || IGNORABLE.has(name)) continue;
    if (!KEPT_OPTIONS.has(name)) {
      throw new CommandError(
        "NotImplemented",
        `create's option '${name}' is not supported by this engine`,
      );
    }
    options.set(name, value);
  }
  if (isTrue(options.get("capped")) && !isNumeric(options.get("size"))) {
    throw new CommandError("InvalidOptions", "the 'size' field is required when 'capped' is true");
  }
  checkClustered(options);
  checkTimeSeries(options);
  checkViewOptions(options);
  checkValidator(options);
  const collation = collationOf(options.get("collation"));
  if (collation) options.set("collation", collation.spec);
  else options.delete("collation");
  return options;
}

// Every collection here is ordered by its _id index: a clustered one is just called so.
function checkClustered(options: Doc): void {
  const clustered = options.get("clusteredIndex");
  if (clustered === undefined) return;
  const [key, name] = isDoc(clustered) ? [clustered.get("key"), clustered.get("name")] : [];
  const sound = isDoc(clustered) && isTrue(clustered.get("unique"));
  if (!sound || !equalValues(key, new Map([["_id", 1]]))) {
    throw new CommandError(
      "InvalidIndexSpecificationOption",
      "The clusteredIndex option requires key: {_id: 1} and unique: true",
    );
  }
  options.set("clusteredIndex", docOf({ v: 2, key, name: name ?? "_id_", unique: true }));
}

export function create(context: CommandContext): Reply {
  const namespace = context.namespace();
  const options = checkCreateOptions(context.command);
  const existing = context.access.findCollection(namespace);
  if (existing) {
    // Creating a collection again with the same options is no error.
    if (equalValues(existing.options.shown, options)) return {};
    throw new CommandError("NamespaceExists", `Collection ${namespace} already exists.`);
  }
  if (context.access instanceof Transaction) context.access.createCollection(namespace, options);
  else context.engine.store.createCollection({ namespace, options }, changesOf(context));
  return {};
}

export async function drop(context: CommandContext): Promise<Reply> {
  const namespace = context.namespace();
  await untilFree(context, context.access.findCollection(namespace));
  const collection = context.access.findCollection(namespace);
  // No error since MongoDB 7.0.
  if (!collection) return {};
  const nIndexesWas = collection.indexes.size;
  context.engine.store.dropCollection(collection, changesOf(context));
  context.seal();
  return { nIndexesWas, ns: namespace };
}

export async function dropDatabase(context: CommandContext): Promise<Reply> {
  const { store } = context.engine;
  const collections = store.listCollections(context.database);
  for (const collection of collections) {
    await untilFree(context, collection);
    if (!collection.dropped) store.dropCollection(collection, changesOf(context));
    context.seal();
  }
  return collections.length > 0 ? { dropped: context.database } : {};
}

export async function renameCollection(context: CommandContext): Promise<Reply> {
  const { store } = context.engine;
  const [from, to] = [context.command.get("renameCollection"), context.command.get("to")];
  if (typeof from !== "string" || typeof to !== "string") {
    throw new CommandError("TypeMismatch", "renameCollection needs two names");
  }
  if (from === to)
    throw new CommandError("IllegalOperation", "Can't rename a collection to itself");
  await untilFree(context, store.findCollection(from));
  const collection = store.findCollection(from);
  if (!collection) {
    throw new CommandError("NamespaceNotFound", `Source collection ${from} does not exist`);
  }
  const existing = store.findCollection(to);
  if (existing && !isTrue(context.command.get("dropTarget"))) {
    throw new CommandError("NamespaceExists", "target namespace exists");
  }
  if (existing) store.dropCollection(existing, changesOf(context));
  store.renameCollection(collection, to, { changes: changesOf(context), replaced: existing });
  context.seal();
  return {};
}

export function listCollections(context: CommandContext): Reply {
  const { engine, database, command } = context;
  const nameOnly = isTrue(command.get("nameOnly"));
  const filter = filterOf(command.get("filter"), "listCollections.filter");
  const { test } = compileMatch(filter, context.queryContext(undefined, null));
  const items = engine.store
    .listCollections(database)
    .map((collection) => describe(collection))
    .filter((doc) => test(doc))
    .map((doc) => (nameOnly ? docOf({ name: doc.get("name"), type: doc.get("type") }) : doc));
  const namespace = `${database}.$cmd.listCollections`;
  return openingReply(context, { namespace, items: items.values() }, listBatchSize(context));
}

function describe(collection: Collection): Doc {
  return docOf({
    name: splitNamespace(collection.namespace).name,
    type: typeOf(collection),
    options: collection.options.shown,
    info: isView(collection)
      ? docOf({ readOnly: true })
      : docOf({ readOnly: false, uuid: new Bin(4, collection.uuid) }),
    idIndex: hasOwnIdIndex(collection) ? collection.idIndex?.definition.spec : undefined,
  });
}

function typeOf(collection: Collection): string {
  if (isView(collection)) return "view";
  return timeFieldOf(collection) === undefined ? "collection" : "timeseries";
}

function hasOwnIdIndex(collection: Collection): boolean {
  return typeOf(collection) === "collection" && !collection.options.shown.has("clusteredIndex");
}

export function listDatabases(context: CommandContext): Reply {
  const { store } = context.engine;
  const nameOnly = isTrue(context.command.get("nameOnly"));
  const filter = filterOf(context.command.get("filter"), "listDatabases.filter");
  const { test } = compileMatch(filter, context.queryContext(undefined, null));
  let totalSize = 0;
  const databases = store.databaseNames().flatMap((name) => {
    const sizeOnDisk = store.listCollections(name).reduce((sum, { bytes }) => sum + bytes, 0);
    const doc = docOf({ name, sizeOnDisk, empty: false });
    if (!test(doc)) return [];
    totalSize += sizeOnDisk;
    return [nameOnly ? docOf({ name }) : doc];
  });
  return nameOnly
    ? { databases }
    : { databases, totalSize, totalSizeMb: Math.floor(totalSize / 1_048_576) };
}
