import { CommandError } from "../command-error.js";
import type { Access } from "./access.js";
import type { Collection, Witness } from "./collection.js";
import type { StoredDoc } from "./stored-doc.js";
import type { Store } from "./store.js";

export type Versions = Map<number, StoredDoc | undefined>;

/** What readers at one point in time see of later changes: the documents as they were. */
export class PointInTime implements Witness {
  readonly #preimages = new Map<Collection, Versions>();

  preimages(collection: Collection): Versions {
    let versions = this.#preimages.get(collection);
    if (!versions) {
      versions = new Map();
      this.#preimages.set(collection, versions);
    }
    return versions;
  }

  /** As `preimages`, without making one. */
  find(collection: Collection): Versions | undefined {
    return this.#preimages.get(collection);
  }
}

/** Reads at one point in time without writing: what `readConcern: snapshot` asks for. */
export class SnapshotAccess extends PointInTime implements Access {
  readonly inTransaction = false;
  readonly #store: Store;

  constructor(store: Store) {
    super();
    this.#store = store;
    store.witnesses.add(this);
  }

  findCollection(namespace: string): Collection | undefined {
    return this.#store.findCollection(namespace);
  }

  changed(collection: Collection): Versions | undefined {
    return this.find(collection);
  }

  openCollection(): never {
    throw new CommandError("InvalidOptions", "A snapshot is for reading only");
  }

  insert(): never {
    return this.openCollection();
  }

  replace(): never {
    return this.openCollection();
  }

  remove(): never {
    return this.openCollection();
  }

  close(): void {
    this.#store.witnesses.delete(this);
  }
}
