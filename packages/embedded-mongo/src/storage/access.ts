import { randomBytes } from "node:crypto";
import { CommandError } from "../command-error.js";
import type { Doc } from "../values/value.js";
import type { RawDoc } from "../wire/encode-bson.js";
import type { Collection, Holder } from "./collection.js";
import type { StoredDoc } from "./stored-doc.js";

/** A change of one document, before → after. */
export type DocChange = {
  kind: "doc";
  collection: Collection;
  before: StoredDoc | undefined;
  after: StoredDoc | undefined;
  /** What kind of update made the change, if one did. */
  by?: UpdateKind | undefined;
};

export type UpdateKind = "replacement" | "operators" | "pipeline";

/** A change of the catalog, as the journal keeps it, and how it is taken back. */
type CatalogChange = {
  kind: "catalog";
  collection: Collection;
  record: Doc;
  undo: () => void;
};

export type Change = DocChange | CatalogChange;

/** How a command reads and writes: at once, or within a transaction. */
export type Access = {
  findCollection(namespace: string): Collection | undefined;
  /** The collection, created when there is none. */
  openCollection(namespace: string): Collection;
  /** Documents that differ from the committed ones for this reader, by number. */
  changed(collection: Collection): ReadonlyMap<number, StoredDoc | undefined> | undefined;
  insert(collection: Collection, raw: RawDoc, doc: Doc): StoredDoc;
  replace(collection: Collection, before: StoredDoc, after: RawDoc, by?: UpdateKind): StoredDoc;
  remove(collection: Collection, before: StoredDoc): void;
  readonly inTransaction: boolean;
};

/** Thrown where a writer outside transactions must wait for one to end. */
export class Blocked extends Error {
  readonly holder: Holder;
  constructor(holder: Holder) {
    super("blocked by a transaction");
    this.holder = holder;
  }
}

/** The version of a document that this reader sees. */
export function currentVersion(
  access: Access,
  collection: Collection,
  number: number,
): StoredDoc | undefined {
  const changed = access.changed(collection);
  return changed?.has(number) ? changed.get(number) : collection.docs.get(number);
}

export function newUuid(): Buffer {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}

export function writeConflict(): CommandError {
  return new CommandError(
    "WriteConflict",
    "Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.",
  );
}

function holderKey(indexName: string, key: string): string {
  return `${indexName}\0${key}`;
}

/** Throws when another document has one of the unique keys; `onOther` decides what that means. */
export function checkUnique(
  collection: Collection,
  number: number,
  check: {
    doc: Doc;
    onHeld: (held: { holder: Holder; number: number }) => "ignore" | "duplicate";
    onOther: (other: StoredDoc) => "ignore" | "duplicate";
    take?: (holderKeyText: string) => void;
  },
): void {
  for (const index of collection.indexes.values()) {
    if (!index.isExclusive) continue;
    for (const key of index.keysOf(check.doc)) {
      const name = holderKey(index.definition.name, key);
      const held = collection.keyHolders.get(name);
      const other = index.findOther(key, number);
      const taken =
        (held && held.number !== number && check.onHeld(held) === "duplicate") === true ||
        (other && check.onOther(other) === "duplicate") === true;
      if (taken) throw index.duplicateError(check.doc, collection.namespace);
      check.take?.(name);
    }
  }
}
