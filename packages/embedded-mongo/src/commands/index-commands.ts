import { CommandError } from "../command-error.js";
import type { Collection } from "../storage/collection.js";
import { indexNameOf } from "../storage/index-spec.js";
import { Transaction } from "../storage/transaction.js";
import type { IndexDefinition } from "../index/collection-index.js";
import { collationOf, type Collation } from "../values/collation.js";
import { equalValues } from "../values/compare.js";
import { showDoc } from "../values/show.js";
import { isTrue } from "../values/number.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";
import { changesOf, listBatchSize, untilFree } from "./catalog-change.js";
import { docArgument, type CommandContext, type Reply } from "./context.js";
import { checkValidator } from "./validation.js";
import { refuseView } from "./views.js";
import { openingReply } from "./cursor-commands.js";
import { words } from "../words.js";

export async function createIndexes(context: CommandContext): Promise<Reply> {
  const namespace = context.namespace();
  const specs = context.command.get("indexes");
  if (!Array.isArray(specs) || specs.length === 0) {
    throw new CommandError("BadValue", "Must specify at least one index to create");
  }
  await untilFree(context, context.access.findCollection(namespace));
  refuseView(context.access.findCollection(namespace));
  const created = context.access.findCollection(namespace) === undefined;
  const collection = context.access.openCollection(namespace);
  const before = collection.indexes.size;
  for (const spec of specs) {
    if (!isDoc(spec)) throw new CommandError("TypeMismatch", "each index must be an object");
    const key = spec.get("key");
    const name = spec.get("name");
    if (isDoc(key) && name === undefined) spec.set("name", indexNameOf(key));
    if (!alreadyThere(collection, spec)) {
      // In a transaction only on a collection that it made itself.
      const isOwn = context.engine.store.findCollection(namespace) === undefined;
      const inside = context.access instanceof Transaction && isOwn;
      context.engine.store.createIndex(collection, spec, inside ? [] : changesOf(context));
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

const SAME_OPTIONS = words("unique sparse expireAfterSeconds partialFilterExpression hidden");

/** Whether the same index exists; throws when a different one is in its way. */
function alreadyThere(collection: Collection, spec: Doc): boolean {
  const [key, name] = [spec.get("key"), spec.get("name")];
  if (!isDoc(key)) return false;
  const collation = collationOf(spec.get("collation") ?? collection.options.shown.get("collation"));
  for (const { definition } of collection.indexes.values()) {
    const there = likeness(definition, { key, name, collation, spec });
    if (there === "same") return true;
    if (there) throw conflict(there, definition, spec);
  }
  return false;
}

type Wanted = { key: Doc; name: Value; collation: Collation | undefined; spec: Doc };

/** What an index that exists is to one that is wanted; undefined when they can be side by side. */
function likeness(
  definition: IndexDefinition,
  { key, name, collation, spec }: Wanted,
): "same" | "name" | "options" | "other-name" | undefined {
  const sameKey = showDoc(definition.key) === showDoc(key) && equalValues(definition.key, key);
  if (definition.name === "_id_") return sameKey ? "same" : undefined;
  const sameCollation = definition.collation?.id === collation?.id;
  const same =
    sameCollation &&
    SAME_OPTIONS.every((option) => sameOption(definition.spec.get(option), spec.get(option)));
  if (definition.name === name) return sameKey && same ? "same" : "name";
  const [a, b] = [definition.spec, spec].map((each) => each.get("partialFilterExpression"));
  if (!sameKey || !sameCollation || !sameOption(a, b)) return undefined;
  return same ? "other-name" : "options";
}

function conflict(
  kind: "name" | "options" | "other-name",
  definition: IndexDefinition,
  spec: Doc,
): CommandError {
  const both = `Requested index: ${showDoc(spec)}, existing index: ${showDoc(definition.spec)}`;
  if (kind === "name") {
    return new CommandError(
      "IndexKeySpecsConflict",
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. ${both}`,
    );
  }
  return new CommandError(
    "IndexOptionsConflict",
    kind === "other-name"
      ? `Index already exists with a different name: ${definition.name}`
      : `An equivalent index already exists with the same name but different options. ${both}`,
  );
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
  const clustered = collection.options.shown.get("clusteredIndex");
  const items = [...collection.indexes.values()].map(({ definition }) =>
    definition.name === "_id_" && isDoc(clustered)
      ? new Map([...clustered, ["clustered", true]])
      : definition.spec,
  );
  return openingReply(context, { namespace, items: items.values() }, listBatchSize(context));
}

/** What collMod changes besides an index. */
export const MODIFIABLE: readonly string[] = [
  "changeStreamPreAndPostImages",
  "validator",
  "validationLevel",
  "validationAction",
];

export function collMod(context: CommandContext): Reply {
  const namespace = context.namespace();
  const collection = context.access.findCollection(namespace);
  if (!collection) throw new CommandError("NamespaceNotFound", `ns does not exist: ${namespace}`);
  const options: Doc = new Map(collection.options.shown);
  const modified = MODIFIABLE.filter((name) => context.command.has(name));
  for (const name of modified) options.set(name, context.command.get(name));
  checkValidator(options);
  const change = docArgument(context.command, "index", "collMod");
  const reply = change ? modifyIndex(context, collection, change) : {};
  if (modified.length > 0 || !change) {
    context.engine.store.setOptions(collection, options, changesOf(context));
  }
  return reply;
}

function modifyIndex(context: CommandContext, collection: Collection, change: Doc): Reply {
  const wanted = change.get("name") ?? change.get("keyPattern");
  const [name = ""] = indexNames(collection, wanted);
  const { spec } = collection.getIndex(name).definition;
  const updated: Doc = new Map(spec);
  const reply: Reply = {};
  for (const option of ["expireAfterSeconds", "hidden", "unique", "prepareUnique"]) {
    if (!change.has(option)) continue;
    updated.set(option, change.get(option));
    const was = spec.get(option) ?? (option === "expireAfterSeconds" ? undefined : false);
    if (option !== "unique" && was !== undefined) reply[`${option}_old`] = was;
    reply[`${option}_new`] = change.get(option);
  }
  if (isTrue(change.get("unique"))) {
    checkConvertible(collection, name);
    updated.delete("prepareUnique");
  }
  context.engine.store.modifyIndex(collection, updated, changesOf(context));
  return reply;
}

/** Throws unless the index was prepared to be unique and is. */
function checkConvertible(collection: Collection, name: string): void {
  const index = collection.getIndex(name);
  if (index.definition.unique) return;
  if (!index.definition.prepareUnique) {
    throw new CommandError(
      "InvalidOptions",
      "Cannot make index unique with 'prepareUnique=false'. Run collMod to set it first.",
    );
  }
  const byKey = new Map<string, Value[]>();
  for (const doc of collection.docs.values()) {
    const fields = doc.decode();
    for (const key of index.keysOf(fields)) {
      const ids = byKey.get(key) ?? [];
      ids.push(fields.get("_id"));
      byKey.set(key, ids);
    }
  }
  const violations = [...byKey.values()]
    .filter((ids) => ids.length > 1)
    .map((ids) => docOf({ ids }));
  if (violations.length === 0) return;
  throw new CommandError(
    "CannotConvertIndexToUnique",
    "Cannot convert the index to unique. Please resolve conflicting documents before running collMod again.",
    { violations },
  );
}
