import type { Doc } from "../values/value.js";
import type { RawDoc } from "../wire/encode-bson.js";
import { Blocked, checkUnique, type Access, type Change, type UpdateKind } from "./access.js";
import type { Collection } from "./collection.js";
import type { Store } from "./store.js";
import { StoredDoc } from "./stored-doc.js";

/** Reads and writes the committed documents at once; changes are gathered for the journal. */
export class DirectAccess implements Access {
  readonly inTransaction = false;
  readonly changes: Change[] = [];
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  findCollection(namespace: string): Collection | undefined {
    return this.#store.findCollection(namespace);
  }

  openCollection(namespace: string): Collection {
    return (
      this.#store.findCollection(namespace) ??
      this.#store.createCollection({ namespace, options: new Map() }, this.changes)
    );
  }

  changed(): undefined {
    return undefined;
  }

  insert(collection: Collection, raw: RawDoc, doc: Doc): StoredDoc {
    const number = collection.takeNumber();
    this.#checkUnique(collection, number, doc);
    const after = StoredDoc.copyOf(number, raw);
    this.#apply(collection, undefined, after);
    return after;
  }

  replace(collection: Collection, before: StoredDoc, raw: RawDoc, by?: UpdateKind): StoredDoc {
    this.#checkFree(collection, before);
    const after = StoredDoc.copyOf(before.number, raw);
    this.#checkUnique(collection, before.number, after.decode());
    this.#apply(collection, before, after, by);
    return after;
  }

  remove(collection: Collection, before: StoredDoc): void {
    this.#checkFree(collection, before);
    this.#apply(collection, before, undefined);
  }

  #checkFree(collection: Collection, { number }: StoredDoc): void {
    const holder = collection.holders.get(number);
    if (holder) throw new Blocked(holder);
  }

  #checkUnique(collection: Collection, number: number, doc: Doc): void {
    checkUnique(collection, number, {
      doc,
      onHeld: ({ holder }) => {
        throw new Blocked(holder);
      },
      onOther: (other) => {
        const holder = collection.holders.get(other.number);
        if (holder) throw new Blocked(holder);
        return "duplicate";
      },
    });
  }

  #apply(
    collection: Collection,
    before: StoredDoc | undefined,
    after: StoredDoc | undefined,
    by?: UpdateKind,
  ): void {
    const change: Change = { kind: "doc", collection, before, after, by };
    this.#store.applyChange(change);
    this.changes.push(change);
  }
}
