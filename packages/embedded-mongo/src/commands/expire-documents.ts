import { DirectAccess } from "../storage/direct-access.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import { keyOf, RANK } from "../values/key.js";
import type { Engine } from "./context.js";

/** Removes the documents that a TTL index says are too old. `now` in milliseconds. */
export function expireDocuments(engine: Engine, now: number): void {
  const { store } = engine;
  for (const collection of store.allCollections()) {
    for (const { definition, entries } of collection.indexes.values()) {
      if (definition.expireAfterSeconds === undefined || definition.fields.length !== 1) continue;
      const limit = new Date(now - definition.expireAfterSeconds * 1000);
      const access = new DirectAccess(store);
      const range = definition.fields[0]?.descending
        ? undefined
        : { low: RANK.date, high: keyOf(limit) };
      const due: StoredDoc[] = range ? [...entries.scan(range)] : [];
      for (const doc of due) {
        if (collection.docs.get(doc.number) !== doc || collection.holders.has(doc.number)) continue;
        access.remove(collection, doc);
      }
      store.seal(access.changes);
    }
  }
}
