import { Bin, docOf, type Doc, type Value } from "../values/value.js";
import type { Change, DocChange } from "./access.js";
import { Catalog, optionsOf } from "./catalog.js";
import type { Collection, Witness } from "./collection.js";
import { indexDefinitionOf } from "./index-spec.js";
import { checkNamespace } from "./namespace.js";
import type { Journal } from "./journal.js";

/** Where sealed changes go besides the journal: the watchers of change streams. */
export type ChangeListener = (changes: readonly Change[], time: bigint) => void;

/** The committed state of all databases, and its clock. */
export class Store extends Catalog {
  readonly witnesses = new Set<Witness>();
  readonly listeners = new Set<ChangeListener>();
  #journal: Journal | undefined;
  #time = 0n;

  /** From here on every sealed change is also written to this journal. */
  attach(journal: Journal): void {
    this.#journal = journal;
  }

  /** The time of the latest change, as a BSON timestamp. */
  get time(): bigint {
    if (this.#time === 0n) this.tick();
    return this.#time;
  }

  tick(): bigint {
    const now = BigInt(Math.floor(Date.now() / 1000)) << 32n;
    this.#time = now > this.#time ? now | 1n : this.#time + 1n;
    return this.#time;
  }

  noteTime(time: bigint): void {
    if (time > this.#time) this.#time = time;
  }

  /** A unit of changes is complete: they become durable together or not at all. */
  seal(changes: readonly Change[], record?: { doc: Doc; undo: () => void }): void {
    if (changes.length === 0 && !record) return;
    const time = this.tick();
    if (changes.length > 0) for (const listen of this.listeners) listen(changes, time);
    this.#journal?.append({ changes, time, record });
  }

  /** Resolves when everything sealed so far is as durable as was asked for. */
  async durable(): Promise<void> {
    await this.#journal?.durable();
  }

  applyChange(change: DocChange): void {
    const { collection, before, after } = change;
    const number = (after ?? before)?.number ?? 0;
    for (const witness of this.witnesses) {
      const versions = witness.preimages(collection);
      if (!versions.has(number)) versions.set(number, before);
    }
    collection.change(before, after);
  }

  /** Takes changes back, the latest first. */
  undo(changes: readonly Change[]): void {
    for (const change of changes.toReversed()) {
      if (change.kind === "catalog") change.undo();
      else this.applyChange({ ...change, before: change.after, after: change.before });
    }
  }

  createCollection(wanted: { namespace: string; options: Doc }, changes: Change[]): Collection {
    const made = this.buildCollection(wanted);
    this.addCollection(made, changes);
    return made;
  }

  addCollection(collection: Collection, changes: Change[]): void {
    this.register(collection);
    changes.push(
      catalogChange(
        collection,
        {
          op: "create",
          ns: collection.namespace,
          uuid: new Bin(4, collection.uuid),
          options: collection.options.shown,
        },
        () => {
          this.unregister(collection);
        },
      ),
    );
    for (const { definition } of collection.indexes.values()) {
      if (definition.name === "_id_") continue;
      const record = { op: "createIndex", spec: definition.spec };
      changes.push(catalogChange(collection, record, () => undefined));
    }
  }

  dropCollection(collection: Collection, changes: Change[]): void {
    this.unregister(collection);
    changes.push(
      catalogChange(collection, { op: "drop", ns: collection.namespace }, () => {
        this.register(collection);
      }),
    );
  }

  /** Renames a collection; `replaced` is one that was dropped for it. */
  renameCollection(
    collection: Collection,
    namespace: string,
    { changes, replaced }: { changes: Change[]; replaced?: Collection | undefined },
  ): void {
    checkNamespace(namespace);
    const before = collection.namespace;
    this.#move(collection, namespace);
    changes.push(
      catalogChange(
        collection,
        {
          op: "rename",
          from: before,
          ns: namespace,
          dropTarget: replaced ? new Bin(4, replaced.uuid) : undefined,
        },
        () => {
          this.#move(collection, before);
        },
      ),
    );
  }

  #move(collection: Collection, namespace: string): void {
    this.unregister(collection);
    collection.namespace = namespace;
    this.register(collection);
  }

  createIndex(collection: Collection, spec: Doc, changes: Change[]): void {
    const inherited = collection.options.shown.get("collation");
    const index = collection.addIndex(indexDefinitionOf(spec, inherited));
    const { name } = index.definition;
    changes.push(
      catalogChange(collection, { op: "createIndex", spec: index.definition.spec }, () => {
        collection.indexes.delete(name);
      }),
    );
  }

  /** Puts an index of another specification in the place of one of the same name. */
  modifyIndex(collection: Collection, spec: Doc, changes: Change[]): void {
    const inherited = collection.options.shown.get("collation");
    const definition = indexDefinitionOf(spec, inherited);
    const before = collection.getIndex(definition.name);
    const after = collection.addIndex(definition);
    changes.push(
      catalogChange(collection, { op: "modifyIndex", spec: after.definition.spec }, () => {
        collection.buildIndexes([before]);
        collection.indexes.set(definition.name, before);
      }),
    );
  }

  dropIndex(collection: Collection, name: string, changes: Change[]): void {
    const index = collection.getIndex(name);
    collection.indexes.delete(name);
    changes.push(
      catalogChange(collection, { op: "dropIndex", name }, () => {
        collection.buildIndexes([index]);
        collection.indexes.set(name, index);
      }),
    );
  }

  setOptions(collection: Collection, options: Doc, changes: Change[]): void {
    const before = collection.options;
    collection.options = optionsOf(options);
    changes.push(
      catalogChange(collection, { op: "options", options }, () => {
        collection.options = before;
      }),
    );
  }
}

// For the journal; `undo` takes it back.
function catalogChange(
  collection: Collection,
  record: Record<string, Value>,
  undo: () => void,
): Change {
  const id = collection.id;
  return { kind: "catalog", collection, record: docOf({ id, ...record }), undo };
}
