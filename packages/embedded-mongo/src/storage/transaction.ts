import type { Doc } from "../values/value.js";
import type { RawDoc } from "../wire/encode-bson.js";
import {
  checkUnique,
  writeConflict,
  type Access,
  type Change,
  type DocChange,
  type UpdateKind,
} from "./access.js";
import type { Collection, Holder } from "./collection.js";
import { PointInTime, type Versions } from "./point-in-time.js";
import type { Store } from "./store.js";
import { StoredDoc } from "./stored-doc.js";

/**
 * A multi-document transaction: it reads the documents as they were when it started, with its own
 * changes over them, which nobody else sees before `commit`. What it changes is held against
 * others; what others changed since its start, it cannot change (WriteConflict).
 */
export class Transaction extends PointInTime implements Access, Holder {
  readonly inTransaction = true;
  readonly ended: Promise<void>;
  readonly startedAt: number;
  readonly #store: Store;
  readonly #own = new Map<Collection, Versions>();
  readonly #created = new Map<string, Collection>();
  readonly #heldKeys = new Map<Collection, Map<number, string[]>>();
  readonly #kinds = new WeakMap<StoredDoc, UpdateKind>();
  #end: () => void = () => undefined;

  constructor(store: Store) {
    super();
    this.#store = store;
    this.startedAt = Date.now();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    store.witnesses.add(this);
  }

  get isReadOnly(): boolean {
    return this.#own.size === 0 && this.#created.size === 0;
  }

  findCollection(namespace: string): Collection | undefined {
    return this.#store.findCollection(namespace) ?? this.#created.get(namespace);
  }

  openCollection(namespace: string): Collection {
    const found = this.findCollection(namespace);
    if (found) return found;
    return this.createCollection(namespace, new Map());
  }

  createCollection(namespace: string, options: Doc): Collection {
    const made = this.#store.buildCollection({ namespace, options });
    this.#created.set(namespace, made);
    return made;
  }

  changed(collection: Collection): Versions | undefined {
    const [before, own] = [this.find(collection), this.#own.get(collection)];
    if (!before?.size) return own;
    return own ? new Map([...before, ...own]) : before;
  }

  insert(collection: Collection, raw: RawDoc, doc: Doc): StoredDoc {
    this.#checkThere(collection);
    const number = collection.takeNumber();
    this.#takeKeys(collection, number, doc);
    const after = StoredDoc.copyOf(number, raw);
    this.#put(collection, number, after);
    return after;
  }

  replace(
    collection: Collection,
    before: StoredDoc,
    raw: RawDoc,
    by: UpdateKind = "operators",
  ): StoredDoc {
    this.#hold(collection, before);
    const after = StoredDoc.copyOf(before.number, raw);
    this.#kinds.set(after, by);
    this.#takeKeys(collection, before.number, after.decode());
    this.#put(collection, before.number, after);
    return after;
  }

  remove(collection: Collection, before: StoredDoc): void {
    this.#hold(collection, before);
    this.#releaseKeysOf(collection, before.number);
    this.#put(collection, before.number, undefined);
  }

  #put(collection: Collection, number: number, after: StoredDoc | undefined): void {
    let own = this.#own.get(collection);
    if (!own) {
      own = new Map();
      this.#own.set(collection, own);
    }
    own.set(number, after);
    collection.holders.set(number, this);
  }

  #checkThere(collection: Collection): void {
    if (collection.dropped) throw writeConflict();
  }

  #hold(collection: Collection, { number }: StoredDoc): void {
    this.#checkThere(collection);
    const holder = collection.holders.get(number);
    const changedByOthers = this.find(collection)?.has(number) === true;
    if ((holder && holder !== this) || changedByOthers) throw writeConflict();
  }

  #takeKeys(collection: Collection, number: number, doc: Doc): void {
    const names: string[] = [];
    checkUnique(collection, number, {
      doc,
      onHeld: ({ holder }) => {
        if (holder !== this) throw writeConflict();
        return "duplicate";
      },
      onOther: (other) => this.#meets(collection, other),
      take: (name) => names.push(name),
    });
    this.#releaseKeysOf(collection, number);
    let held = this.#heldKeys.get(collection);
    if (!held) {
      held = new Map();
      this.#heldKeys.set(collection, held);
    }
    held.set(number, names);
    for (const name of names) collection.keyHolders.set(name, { holder: this, number });
  }

  // A committed document has the key: in this transaction's eyes it may be gone or changed.
  #meets(collection: Collection, other: StoredDoc): "ignore" | "duplicate" {
    const holder = collection.holders.get(other.number);
    if (holder === this) return "ignore";
    const changedSince = this.find(collection)?.has(other.number) === true;
    if (holder || changedSince) throw writeConflict();
    return "duplicate";
  }

  #releaseKeysOf(collection: Collection, number: number): void {
    const held = this.#heldKeys.get(collection);
    for (const name of held?.get(number) ?? []) collection.keyHolders.delete(name);
    held?.delete(number);
  }

  /** Makes the changes everyone's, at once; returns them for the journal. */
  commit(): Change[] {
    const changes: Change[] = [];
    for (const [namespace, collection] of this.#created) {
      if (this.#store.findCollection(namespace)) {
        this.abort();
        throw writeConflict();
      }
      this.#store.addCollection(collection, changes);
    }
    this.#leave();
    for (const [collection, versions] of this.#own) {
      if (collection.dropped) continue;
      for (const [number, after] of versions) {
        const before = collection.docs.get(number);
        if (!before && !after) continue;
        const by = after && this.#kinds.get(after);
        const change: DocChange = { kind: "doc", collection, before, after, by };
        this.#store.applyChange(change);
        changes.push(change);
      }
    }
    this.#end();
    return changes;
  }

  abort(): void {
    this.#leave();
    this.#end();
  }

  #leave(): void {
    this.#store.witnesses.delete(this);
    for (const [collection, versions] of this.#own) {
      for (const number of versions.keys()) {
        if (collection.holders.get(number) === this) collection.holders.delete(number);
      }
    }
    for (const [collection, held] of this.#heldKeys) {
      for (const number of held.keys()) this.#releaseKeysOf(collection, number);
    }
  }
}
