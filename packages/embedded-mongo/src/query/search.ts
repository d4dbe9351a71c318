import { CommandError } from "../command-error.js";
import { keyField, sortKey, type KeyField } from "../index/index-keys.js";
import type { Access } from "../storage/access.js";
import type { Collection } from "../storage/collection.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import type { Collation } from "../values/collation.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, typeName, type Doc, type Value } from "../values/value.js";
import type { Matcher } from "./matcher.js";
import { watched, type Deadline } from "./watch.js";
import { choosePlan, type Plan, type Planned } from "./plan.js";

export type Search = {
  filter: Doc;
  matcher: Matcher;
  sort: readonly KeyField[];
  skip: number;
  /** 0 = all. */
  limit: number;
  collation: Collation | undefined;
  hint: Value;
  deadline: Deadline;
};

/** What was done to answer a search: for explain. */
export type SearchStatistics = { plan: Plan; examined: number };

/** Reads a sort specification. */
export function sortFieldsOf(value: Value): KeyField[] {
  if (value === undefined || value === null) return [];
  if (!isDoc(value)) {
    throw new CommandError(
      "TypeMismatch",
      `BSON field 'find.sort' is the wrong type '${typeName(value)}', expected type 'object'`,
    );
  }
  return [...value].map(([path, direction]) => {
    if (isDoc(direction)) {
      throw new CommandError("NotImplemented", "sorting by $meta is not supported by this engine");
    }
    const sign = isNumeric(direction) ? approximate(direction) : NaN;
    if (sign !== 1 && sign !== -1) {
      throw new CommandError(
        15975,
        "$sort key ordering must be 1 (for ascending) or -1 (for descending)",
      );
    }
    if (path === "")
      throw new CommandError(15976, "FieldPath cannot be constructed with empty string");
    return keyField(path, sign < 0);
  });
}

/** The documents that match, in order. */
export function findDocs(
  access: Access,
  collection: Collection | undefined,
  search: Search,
): StoredDoc[] {
  return runSearch(access, collection, search).found;
}

export function runSearch(
  access: Access,
  collection: Collection | undefined,
  search: Search,
): { found: StoredDoc[]; statistics: SearchStatistics } {
  const scan: Plan = { kind: "scan", backwards: false };
  if (!collection) return { found: [], statistics: { plan: scan, examined: 0 } };
  return watched(search.matcher.hostile, () => collect(access, collection, search));
}

function collect(access: Access, collection: Collection, search: Search) {
  const { sort } = search;
  const changed = access.changed(collection);
  const natural = sort.length === 1 && sort[0]?.path === "$natural" ? sort[0] : undefined;
  const plan: Plan = natural
    ? { kind: "scan", backwards: natural.descending }
    : choosePlan(planned(collection), search);
  const bySort = plan.kind === "index" && plan.sorted && !changed?.size;
  const inOrder = sort.length === 0 || natural !== undefined || bySort;
  const most = mostOf(search);
  const statistics: SearchStatistics = { plan, examined: 0 };
  const found: StoredDoc[] = [];
  for (const doc of candidates(collection, plan, changed)) {
    search.deadline.check();
    statistics.examined += 1;
    if (!search.matcher.test(doc.decode(search.matcher.fields))) continue;
    found.push(doc);
    if (inOrder && found.length >= most) break;
  }
  collection.documentsExamined += statistics.examined;
  const ordered = inOrder ? found : sortDocs(found, search);
  return { found: ordered.slice(search.skip, most), statistics };
}

// How many matching documents are of interest.
function mostOf({ skip, limit }: Search): number {
  return limit === 0 ? Infinity : skip + limit;
}

function planned(collection: Collection): Planned {
  const { indexes, size, namespace } = collection;
  // Walked once for the whole filter and once for each clause of an $or.
  return { indexes: [...indexes.values()], size, namespace };
}

/** Sorts by keys taken once from each document. Equal documents keep their order. */
function sortDocs(
  docs: readonly StoredDoc[],
  { sort, collation, deadline }: Pick<Search, "sort" | "collation" | "deadline">,
): StoredDoc[] {
  const fields = new Set(sort.map(({ parts }) => parts[0] ?? ""));
  const keyed = docs.map((item) => {
    deadline.check();
    const doc = item.decode(fields);
    return { item, keys: sort.map((field) => sortKey(doc, field, collation)) };
  });
  return sortByKeys(keyed, sort);
}

export function sortByKeys<T>(
  keyed: { item: T; keys: readonly string[] }[],
  sort: readonly KeyField[],
): T[] {
  keyed.sort((a, b) => {
    for (let i = 0; i < sort.length; i += 1) {
      const [x, y] = [a.keys[i] ?? "", b.keys[i] ?? ""];
      if (x !== y) return x < y === (sort[i]?.descending ?? false) ? 1 : -1;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}

type Changed = ReadonlyMap<number, StoredDoc | undefined> | undefined;

function* candidates(collection: Collection, plan: Plan, changed: Changed): Generator<StoredDoc> {
  if (plan.kind === "scan") {
    yield* scanAll(collection, plan.backwards, changed);
    return;
  }
  const seen = new Set<number>();
  const once = plan.kind === "union" || plan.index.multikey || plan.ranges.length > 1;
  for (const doc of planDocs(plan)) {
    if (changed?.has(doc.number)) continue;
    if (once) {
      if (seen.has(doc.number)) continue;
      seen.add(doc.number);
    }
    yield doc;
  }
  for (const doc of changed?.values() ?? []) if (doc) yield doc;
}

function* planDocs(plan: Plan): Generator<StoredDoc> {
  if (plan.kind === "union") {
    for (const part of plan.plans) yield* planDocs(part);
  } else if (plan.kind === "index") {
    for (const range of plan.ranges) yield* plan.index.entries.scan(range, plan.backwards);
  }
}

function* scanAll(
  collection: Collection,
  backwards: boolean,
  changed: Changed,
): Generator<StoredDoc> {
  if (!backwards && !changed?.size) {
    yield* collection.docs.values();
    return;
  }
  let docs: StoredDoc[] = [];
  for (const doc of collection.docs.values()) if (!changed?.has(doc.number)) docs.push(doc);
  const own = [...(changed?.values() ?? [])].filter((doc) => doc !== undefined);
  if (own.length > 0) docs = [...docs, ...own].sort((a, b) => a.number - b.number);
  yield* backwards ? docs.reverse() : docs;
}
