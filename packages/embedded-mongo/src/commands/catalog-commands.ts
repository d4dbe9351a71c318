import { CommandError } from "../command-error.js";
import { compileMatch, filterOf, isTrue } from "../query/match.js";
import { indexNameOf } from "../storage/index-spec.js";
import { splitNamespace } from "../storage/store.js";
import type { Collection } from "../storage/collection.js";
import { Transaction } from "../storage/transaction.js";
import { collationOf } from "../values/collation.js";
import { equalValues } from "../values/compare.js";
import { showDoc } from "../values/show.js";
import { Bin, docOf, isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import { docArgument, numberArgument, type CommandContext, type Reply } from "./context.js";
import { openingReply } from "./cursor-commands.js";

export const CREATE_FIELDS = [
  "capped",
  "size",
  "max",
  "collation",
  "autoIndexId",
  "idIndex",
  "validator",
  "validationLevel",
  "validationAction",
  "storageEngine",
  "indexOptionDefaults",
  "changeStreamPreAndPostImages",
  "timeseries",
  "clusteredIndex",
  "expireAfterSeconds",
  "viewOn",
  "pipeline",
  "encryptedFields",
  "flags",
];
const KEPT_OPTIONS = new Set([
  "capped",
  "size",
  "max",
  "collation",
  "changeStreamPreAndPostImages",
]);
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
  const collation = collationOf(options.get("collation"));
  if (collation) options.set("collation", collation.spec);
  else options.delete("collation");
  return options;
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

function changesOf(context: CommandContext) {
  if (!context.direct) {
    throw new CommandError(
      "OperationNotSupportedInTransaction",
      `Cannot run '${context.name}' in a multi-document transaction.`,
    );
  }
  return context.direct.changes;
}

/** Waits until no transaction holds documents of the collection. */
async function untilFree(
  context: CommandContext,
  collection: Collection | undefined,
): Promise<void> {
  for (;;) {
    const [holder] = collection?.holders.values() ?? [];
    if (!holder) return;
    await context.waitFor(holder);
  }
}

export async function drop(context: CommandContext): Promise<Reply> {
  const namespace = context.namespace();
  await untilFree(context, context.access.findCollection(namespace));
  const collection = context.access.findCollection(namespace);
  if (!collection) throw new CommandError("NamespaceNotFound", "ns not found");
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
  store.renameCollection(collection, to, changesOf(context));
  context.seal();
  return {};
}

export async function createIndexes(context: CommandContext): Promise<Reply> {
  const namespace = context.namespace();
  const specs = context.command.get("indexes");
  if (!Array.isArray(specs) || specs.length === 0) {
    throw new CommandError("BadValue", "Must specify at least one index to create");
  }
  await untilFree(context, context.access.findCollection(namespace));
  const created = context.access.findCollection(namespace) === undefined;
  const collection = context.access.openCollection(namespace);
  const before = collection.indexes.size;
  for (const spec of specs) {
    if (!isDoc(spec)) throw new CommandError("TypeMismatch", "each index must be an object");
    const key = spec.get("key");
    const name = spec.get("name");
    if (isDoc(key) && name === undefined) spec.set("name", indexNameOf(key));
    if (!alreadyThere(collection, spec)) {
      const transaction = context.access instanceof Transaction;
      if (transaction && collection.size > 0) changesOf(context);
      context.engine.store.createIndex(collection, spec, context.direct?.changes ?? []);
    }
  }
  context.seal();
  const after = collection.indexes.size;
  return {
    numIndexesBefore: before,
    numIndexesAfter: after,
    createdCollectionAutomatically: created,
    ...(before === after ? { note: "all indexes already exist" } : {}),
    commitQuorum: "votingMembers",
  };
}

const SAME_OPTIONS = [
  "unique",
  "sparse",
  "expireAfterSeconds",
  "partialFilterExpression",
  "hidden",
];

/** Whether the same index exists; throws when a different one is in its way. */
function alreadyThere(collection: Collection, spec: Doc): boolean {
  const [key, name] = [spec.get("key"), spec.get("name")];
  if (!isDoc(key)) return false;
  const collation = collationOf(spec.get("collation") ?? collection.options.shown.get("collation"));
  for (const { definition } of collection.indexes.values()) {
    const sameKey = showDoc(definition.key) === showDoc(key) && equalValues(definition.key, key);
    const sameCollation = definition.collation?.id === collation?.id;
    const sameName = definition.name === name || (definition.name === "_id_" && sameKey);
    if (definition.name === "_id_" && sameKey) return true;
    const same =
      sameCollation &&
      SAME_OPTIONS.every((option) => sameOption(definition.spec.get(option), spec.get(option)));
    if (sameKey && sameName && same) return true;
    if (sameName) {
      throw new CommandError(
        "IndexKeySpecsConflict",
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${showDoc(spec)}, existing index: ${showDoc(definition.spec)}`,
      );
    }
    if (
      sameKey &&
      sameCollation &&
      sameOption(
        definition.spec.get("partialFilterExpression"),
        spec.get("partialFilterExpression"),
      )
    ) {
      throw new CommandError(
        "IndexOptionsConflict",
        same
          ? `Index already exists with a different name: ${definition.name}`
          : `An equivalent index already exists with the same name but different options. Requested index: ${showDoc(spec)}, existing index: ${showDoc(definition.spec)}`,
      );
    }
  }
  return false;
}

function sameOption(a: Value, b: Value): boolean {
  if (typeof (a ?? false) === "boolean" && (b === undefined || typeof b === "boolean")) {
    return (a ?? false) === (b ?? false);
  }
  return a !== undefined && b !== undefined && equalValues(a, b);
}

export async function dropIndexes(context: CommandContext): Promise<Reply> {
  const namespace = context.namespace();
  await untilFree(context, context.access.findCollection(namespace));
  const collection = context.access.findCollection(namespace);
  if (!collection) throw new CommandError("NamespaceNotFound", `ns not found ${namespace}`);
  const wanted = context.command.get("index");
  const nIndexesWas = collection.indexes.size;
  const { store } = context.engine;
  for (const name of indexNames(collection, wanted)) {
    if (name === "_id_") throw new CommandError("InvalidOptions", "cannot drop _id index");
    store.dropIndex(collection, name, changesOf(context));
  }
  context.seal();
  return {
    nIndexesWas,
    ...(wanted === "*" ? { msg: "non-_id indexes dropped for collection" } : {}),
  };
}

function indexNames(collection: Collection, wanted: Value): string[] {
  if (wanted === "*") return [...collection.indexes.keys()].filter((name) => name !== "_id_");
  const names = Array.isArray(wanted) ? wanted : [wanted];
  return names.map((name) => {
    if (typeof name === "string") {
      return collection.getIndex(name).definition.name;
    }
    for (const { definition } of collection.indexes.values()) {
      if (isDoc(name) && showDoc(definition.key) === showDoc(name)) return definition.name;
    }
    throw new CommandError(
      "IndexNotFound",
      `can't find index with key: ${isDoc(name) ? showDoc(name) : ""}`,
    );
  });
}

export function listIndexes(context: CommandContext): Reply {
  const namespace = context.namespace();
  const collection = context.access.findCollection(namespace);
  if (!collection) {
    throw new CommandError("NamespaceNotFound", `ns does not exist: ${namespace}`);
  }
  const items = [...collection.indexes.values()].map(({ definition }) => definition.spec);
  return openingReply(context, { namespace, items: items.values() }, listBatchSize(context));
}

function listBatchSize(context: CommandContext): number {
  const cursor = docArgument(context.command, "cursor", context.name);
  const size = cursor ? numberArgument(cursor, "batchSize", "cursor") : undefined;
  return size ?? Infinity;
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
    type: "collection",
    options: collection.options.shown,
    info: docOf({ readOnly: false, uuid: new Bin(4, collection.uuid) }),
    idIndex: collection.idIndex?.definition.spec,
  });
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

export function collMod(context: CommandContext): Reply {
  const namespace = context.namespace();
  const collection = context.access.findCollection(namespace);
  if (!collection) throw new CommandError("NamespaceNotFound", `ns does not exist: ${namespace}`);
  const images = context.command.get("changeStreamPreAndPostImages");
  if (images !== undefined) {
    const options = new Map([
      ...collection.options.shown,
      ["changeStreamPreAndPostImages", images],
    ] as [string, Value][]);
    context.engine.store.setOptions(collection, options, changesOf(context));
  }
  const change = docArgument(context.command, "index", "collMod");
  if (change) modifyIndex(context, collection, change);
  return {};
}

function modifyIndex(context: CommandContext, collection: Collection, change: Doc): void {
  const wanted = change.get("name") ?? change.get("keyPattern");
  const [name = ""] = indexNames(collection, wanted);
  const { spec } = collection.getIndex(name).definition;
  const updated: Doc = new Map(spec);
  for (const option of ["expireAfterSeconds", "hidden", "unique"]) {
    if (change.has(option)) updated.set(option, change.get(option));
  }
  context.engine.store.dropIndex(collection, name, changesOf(context));
  context.engine.store.createIndex(collection, updated, changesOf(context));
}
