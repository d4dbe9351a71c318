import { CommandError } from "../command-error.js";
import { isTrue } from "../values/number.js";
import { approximate } from "../values/decimal.js";
import { docOf, isDoc, isNumeric, type Doc } from "../values/value.js";
import { newUuid } from "./access.js";
import { Collection, type CollectionOptions } from "./collection.js";
import { indexDefinitionOf } from "./index-spec.js";
import { checkNamespace, splitNamespace } from "./namespace.js";

/** All collections, by their names and by their numbers. */
export class Catalog {
  readonly #databases = new Map<string, Map<string, Collection>>();
  readonly #byId = new Map<number, Collection>();
  #nextId = 1;

  databaseNames(): string[] {
    return [...this.#databases.keys()].sort();
  }

  listCollections(database: string): Collection[] {
    return [...(this.#databases.get(database)?.values() ?? [])];
  }

  allCollections(): Collection[] {
    return [...this.#byId.values()];
  }

  findCollection(namespace: string): Collection | undefined {
    const { database, name } = splitNamespace(namespace);
    return this.#databases.get(database)?.get(name);
  }

  findById(id: number): Collection | undefined {
    return this.#byId.get(id);
  }

  /** A collection with its _id index that is not in the catalog yet. */
  buildCollection(wanted: {
    namespace: string;
    options: Doc;
    id?: number;
    uuid?: Buffer;
  }): Collection {
    checkNamespace(wanted.namespace);
    const id = wanted.id ?? this.#nextId;
    this.#nextId = Math.max(this.#nextId, id + 1);
    const { namespace, uuid = newUuid() } = wanted;
    const made = new Collection({ id, namespace, uuid }, optionsOf(wanted.options));
    const key: Doc = new Map([["_id", 1]]);
    const spec = docOf({ key, name: "_id_" });
    const definition = indexDefinitionOf(spec, wanted.options.get("collation"));
    // A time series may have several documents of one id.
    const unique = !wanted.options.has("timeseries");
    made.addIndex({ ...definition, unique });
    return made;
  }

  register(collection: Collection): void {
    const { database, name } = splitNamespace(collection.namespace);
    let collections = this.#databases.get(database);
    if (!collections) {
      collections = new Map();
      this.#databases.set(database, collections);
    }
    collections.set(name, collection);
    this.#byId.set(collection.id, collection);
    collection.dropped = false;
  }

  unregister(collection: Collection): void {
    const { database, name } = splitNamespace(collection.namespace);
    const collections = this.#databases.get(database);
    collections?.delete(name);
    if (collections?.size === 0) this.#databases.delete(database);
    this.#byId.delete(collection.id);
    collection.dropped = true;
  }
}

export function optionsOf(shown: Doc): CollectionOptions {
  const [size, max] = [shown.get("size"), shown.get("max")];
  const capped = isTrue(shown.get("capped"))
    ? {
        sizeBytes: isNumeric(size) ? approximate(size) : 0,
        maxDocs: isNumeric(max) && approximate(max) > 0 ? approximate(max) : undefined,
      }
    : undefined;
  const collation = shown.get("collation");
  if (collation !== undefined && !isDoc(collation)) {
    throw new CommandError("TypeMismatch", "'collation' must be a document");
  }
  return { capped, shown };
}
