import { approximate } from "../values/decimal.js";
import { Bin, isDoc, isNumeric, type Doc } from "../values/value.js";
import { decodeDoc } from "../wire/decode-bson.js";
import type { Collection } from "./collection.js";
import { restoreCollection, restoreIndex } from "./snapshot.js";
import type { Store } from "./store.js";
import { StoredDoc } from "./stored-doc.js";

/** Applies one unit of the journal; indexes are filled afterwards. */
export function replayUnit(
  store: Store,
  payload: Buffer,
  restoreSession: (record: Doc) => void,
): void {
  const unit = decodeDoc(payload, { start: 0, end: payload.length });
  const time = unit.get("t");
  if (typeof time === "bigint") store.noteTime(time);
  const operations = unit.get("o");
  for (const operation of Array.isArray(operations) ? operations : []) {
    if (!isDoc(operation)) continue;
    const record = operation.get("k");
    if (isDoc(record)) replayCatalog(store, record);
    else replayDoc(store, operation);
  }
  const session = unit.get("r");
  if (isDoc(session)) restoreSession(session);
}

function replayDoc(store: Store, operation: Doc): void {
  const [id, number] = [operation.get("c"), operation.get("n")];
  if (!isNumeric(id) || !isNumeric(number)) return;
  const collection = store.findById(approximate(id));
  if (!collection) return;
  const doc = operation.get("d");
  const key = approximate(number);
  const before = collection.docs.get(key);
  if (before) {
    collection.bytes -= before.size;
    if (!(doc instanceof Bin)) collection.docs.delete(key);
  }
  if (!(doc instanceof Bin)) return;
  const { bytes } = doc;
  collection.load(new StoredDoc(key, bytes, { start: 0, end: bytes.length }));
}

function replayCatalog(store: Store, record: Doc): void {
  const id = record.get("id");
  const collection = isNumeric(id) ? store.findById(approximate(id)) : undefined;
  switch (record.get("op")) {
    case "create":
      if (!collection) restoreCollection(store, record);
      return;
    case "drop":
      if (collection) store.unregister(collection);
      return;
    default:
      if (collection) replayChange(store, collection, record);
  }
}

function replayChange(store: Store, collection: Collection, record: Doc): void {
  const [namespace, spec] = [record.get("ns"), record.get("spec")];
  const [name, options] = [record.get("name"), record.get("options")];
  switch (record.get("op")) {
    case "rename":
      if (typeof namespace === "string")
        store.renameCollection(collection, namespace, { changes: [] });
      return;
    case "createIndex":
    case "modifyIndex":
      if (isDoc(spec)) restoreIndex(collection, spec);
      return;
    case "dropIndex":
      if (typeof name === "string") collection.indexes.delete(name);
      return;
    case "options":
      if (isDoc(options)) store.setOptions(collection, options, []);
      return;
    default:
  }
}
