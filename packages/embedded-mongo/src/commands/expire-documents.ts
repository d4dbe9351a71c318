import { compileMatch } from "../query/match.js";
import type { Collection } from "../storage/collection.js";
import { DirectAccess } from "../storage/direct-access.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import { approximate } from "../values/decimal.js";
import { keyOf, RANK } from "../values/key.js";
import { docOf, isNumeric } from "../values/value.js";
import type { Engine } from "./context.js";
import { timeFieldOf } from "./time-series.js";

const EVERY_KEY = { low: "", high: undefined };

/** Removes the documents that an index or a collection says are too old. `now` in milliseconds. */
export function expireDocuments(engine: Engine, now: number): void {
  const { store } = engine;
  for (const collection of store.allCollections()) {
    const access = new DirectAccess(store);
    for (const doc of dueDocs(collection, now)) {
      if (collection.docs.get(doc.number) !== doc || collection.holders.has(doc.number)) continue;
      access.remove(collection, doc);
    }
    store.seal(access.changes);
  }
}

function dueDocs(collection: Collection, now: number): StoredDoc[] {
  const due: StoredDoc[] = [];
  for (const { definition, entries } of collection.indexes.values()) {
    const [field, another] = definition.fields;
    if (definition.expireAfterSeconds === undefined || !field || another) continue;
    const limit = new Date(now - definition.expireAfterSeconds * 1000);
    // In an ascending index the dates that are due stand side by side.
    if (!field.descending) due.push(...entries.scan({ low: RANK.date, high: keyOf(limit) }));
    else due.push(...olderThan(entries.scan(EVERY_KEY), field.path, limit));
  }
  const seconds = collection.options.shown.get("expireAfterSeconds");
  if (isNumeric(seconds)) {
    const limit = new Date(now - approximate(seconds) * 1000);
    due.push(...olderThan(collection.docs.values(), timeFieldOf(collection) ?? "_id", limit));
  }
  return due;
}

function olderThan(docs: Iterable<StoredDoc>, path: string, limit: Date): StoredDoc[] {
  const context = { collation: undefined, variables: new Map(), seen: () => undefined };
  const { test } = compileMatch(docOf({ [path]: docOf({ $lt: limit }) }), context);
  return [...docs].filter((doc) => test(doc.decode()));
}
