import { CommandError } from "../command-error.js";
import { CollectionIndex, type IndexDefinition } from "../index/collection-index.js";
import type { Doc } from "../values/value.js";
import type { StoredDoc } from "./stored-doc.js";

/** Who keeps others from changing a document or taking a unique key until it ends. */
export type Holder = { readonly ended: Promise<void> };

/** Sees what a document was before it changes: a reader at an earlier point in time. */
export type Witness = { preimages(collection: Collection): Map<number, StoredDoc | undefined> };

export type CollectionOptions = {
  capped: { sizeBytes: number; maxDocs: number | undefined } | undefined;
  /** What listCollections shows. */
  shown: Doc;
};

/** The committed documents of one collection and their indexes. */
export class Collection {
  readonly id: number;
  /** Database and collection name; a rename changes it. */
  namespace: string;
  readonly uuid: Buffer;
  options: CollectionOptions;
  readonly docs = new Map<number, StoredDoc>();
  readonly indexes = new Map<string, CollectionIndex>();
  readonly holders = new Map<number, Holder>();
  readonly keyHolders = new Map<string, { holder: Holder; number: number }>();
  #nextNumber = 1;
  bytes = 0;
  /** Documents that were looked at to answer searches, since the start. */
  documentsExamined = 0;
  dropped = false;

  constructor(
    identity: { id: number; namespace: string; uuid: Buffer },
    options: CollectionOptions,
  ) {
    this.id = identity.id;
    this.namespace = identity.namespace;
    this.uuid = identity.uuid;
    this.options = options;
  }

  get size(): number {
    return this.docs.size;
  }

  takeNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    return number;
  }

  /** Numbers up to this one are taken. */
  noteNumber(number: number): void {
    if (number >= this.#nextNumber) this.#nextNumber = number + 1;
  }

  get idIndex(): CollectionIndex | undefined {
    return this.indexes.get("_id_");
  }

  /** The change of one document: from `before` (undefined = new) to `after` (undefined = gone). */
  change(before: StoredDoc | undefined, after: StoredDoc | undefined): void {
    const needs = unionOf(this.indexes.values());
    const oldDoc = before?.decode(needs);
    const newDoc = after?.decode(needs);
    for (const index of this.indexes.values()) {
      const oldKeys = oldDoc ? index.keysOf(oldDoc) : [];
      const newKeys = newDoc ? index.keysOf(newDoc) : [];
      moveEntries(index, { before, after, oldKeys, newKeys });
    }
    if (after) {
      this.docs.set(after.number, after);
      this.noteNumber(after.number);
    } else if (before) {
      this.docs.delete(before.number);
    }
    this.bytes += (after?.size ?? 0) - (before?.size ?? 0);
  }

  /** Puts a document that is known to be new, leaving the indexes to `buildIndexes`. */
  load(doc: StoredDoc): void {
    this.docs.set(doc.number, doc);
    this.noteNumber(doc.number);
    this.bytes += doc.size;
  }

  /** Fills indexes from all documents; throws for a duplicate in a unique one. */
  buildIndexes(indexes: readonly CollectionIndex[]): void {
    const needs = unionOf(indexes);
    const entries = indexes.map((): { key: string; doc: StoredDoc }[] => []);
    for (const doc of this.docs.values()) {
      const fields = doc.decode(needs);
      indexes.forEach((index, i) => {
        for (const key of index.keysOf(fields)) entries[i]?.push({ key, doc });
      });
    }
    indexes.forEach((index, i) => {
      const list = entries[i] ?? [];
      index.entries.load(list);
      if (!index.definition.unique) return;
      list.forEach(({ key, doc }, at) => {
        const before = list[at - 1];
        if (before?.key === key && before.doc.number !== doc.number) {
          throw index.duplicateError(doc.decode(), this.namespace);
        }
      });
    });
  }

  addIndex(definition: IndexDefinition): CollectionIndex {
    const index = new CollectionIndex(definition);
    this.buildIndexes([index]);
    this.indexes.set(definition.name, index);
    return index;
  }

  getIndex(name: string): CollectionIndex {
    const index = this.indexes.get(name);
    if (!index) throw new CommandError("IndexNotFound", `index not found with name [${name}]`);
    return index;
  }
}

type Move = {
  before: StoredDoc | undefined;
  after: StoredDoc | undefined;
  oldKeys: readonly string[];
  newKeys: readonly string[];
};

function moveEntries({ entries }: CollectionIndex, move: Move): void {
  const { before, after, oldKeys, newKeys } = move;
  for (const key of oldKeys) {
    if (after && newKeys.includes(key)) entries.replace(key, after);
    else if (before) entries.remove(key, before.number);
  }
  if (!after) return;
  for (const key of newKeys) if (!oldKeys.includes(key)) entries.insert(key, after);
}

function unionOf(indexes: Iterable<CollectionIndex>): Set<string> | undefined {
  const union = new Set<string>();
  for (const { needs } of indexes) {
    if (!needs) return undefined;
    for (const name of needs) union.add(name);
  }
  return union;
}
