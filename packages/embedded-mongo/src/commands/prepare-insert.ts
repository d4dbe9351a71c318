import { CommandError } from "../command-error.js";
import { withId } from "../query/upsert.js";
import type { Access } from "../storage/access.js";
import type { Collection } from "../storage/collection.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import { Opaque, Regex, isDoc, typeName, type Doc, type Value } from "../values/value.js";
import { decodeDoc } from "../wire/decode-bson.js";
import { encodeDoc, RawDoc } from "../wire/encode-bson.js";
import { MAX_DOCUMENT_BYTES } from "../wire/message.js";

/** A document ready to be stored: decoded and encoded, `_id` first. */
export type Prepared = { doc: Doc; raw: RawDoc };

function tooLarge(bytes: number): CommandError {
  return new CommandError(
    "BSONObjectTooLarge",
    `object to insert too large. size in bytes: ${bytes}, max size: ${MAX_DOCUMENT_BYTES}`,
  );
}

/** Checks a document that a client sends for storage. */
export function prepare(given: RawDoc | Value): Prepared {
  if (given instanceof RawDoc) {
    const size = given.end - given.start;
    if (size > MAX_DOCUMENT_BYTES) throw tooLarge(size);
    const doc = decodeDoc(given.buf, given);
    const [first] = doc.keys();
    if (first !== "_id") return encodePrepared(withId(doc));
    checkId(doc.get("_id"));
    return { doc, raw: given };
  }
  if (!isDoc(given)) {
    throw new CommandError(
      "TypeMismatch",
      `BSON field 'insert.documents.0' is the wrong type '${typeName(given)}', expected type 'object'`,
    );
  }
  return encodePrepared(withId(given));
}

/** Encodes a document made here. */
export function encodePrepared(doc: Doc): Prepared {
  checkId(doc.get("_id"));
  const bytes = encodeDoc(doc);
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      "BSONObjectTooLarge",
      `BSONObj size: ${bytes.length} (0x${bytes.length.toString(16).toUpperCase()}) is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}(16MB) First element: _id`,
    );
  }
  return { doc, raw: new RawDoc(bytes, 0, bytes.length) };
}

function checkId(id: Value): void {
  if (Array.isArray(id) || id instanceof Regex || (id instanceof Opaque && id.type === 6)) {
    throw new CommandError(53, `The '_id' value cannot be of type ${typeName(id)}`);
  }
  if (isDoc(id)) {
    for (const name of id.keys()) {
      if (name.startsWith("$")) {
        throw new CommandError(
          52,
          `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
        );
      }
    }
  }
}

/** Removes the oldest documents of a capped collection until it fits its bounds. */
export function trimCapped(access: Access, collection: Collection): void {
  const { capped } = collection.options;
  if (!capped) return;
  const over = () =>
    collection.bytes > Math.max(capped.sizeBytes, 4096) ||
    (capped.maxDocs !== undefined && collection.size > capped.maxDocs);
  while (over() && collection.size > 1) {
    const [oldest] = collection.docs.values() as IterableIterator<StoredDoc>;
    if (!oldest) return;
    access.remove(collection, oldest);
  }
}
