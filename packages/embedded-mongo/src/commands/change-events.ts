import { splitNamespace } from "../storage/store.js";
import { equalValues } from "../values/compare.js";
import { isTrue } from "../values/number.js";
import { docOf, isDoc, Stamp, type Doc, type Value } from "../values/value.js";
import type { FeedEntry, FeedPosition } from "./change-feed.js";

/** The documents a change event may show besides what changed. */
export type Shown = {
  /** The document as it is now. */
  lookUp: (namespace: string, id: Value) => Doc | null;
  fullDocument: Value;
  fullDocumentBeforeChange: Value;
  expanded: boolean;
};

/** A resume token: the place of the event. */
export function tokenOf({ time, index }: FeedPosition): Doc {
  const hex = time.toString(16).padStart(16, "0") + (index + 1).toString(16).padStart(8, "0");
  return docOf({ _data: hex.toUpperCase() });
}

export function positionOf(token: Value): FeedPosition | undefined {
  const data = isDoc(token) ? token.get("_data") : undefined;
  if (typeof data !== "string" || !/^[0-9A-F]{24}$/.test(data)) return undefined;
  return { time: BigInt(`0x${data.slice(0, 16)}`), index: parseInt(data.slice(16), 16) - 1 };
}

function namespaceDoc(namespace: string): Doc {
  const { database, name } = splitNamespace(namespace);
  return docOf({ db: database, coll: name });
}

/** The full name of the collection that a change is of. */
export function namespaceOf({ change }: FeedEntry): string {
  if (change.kind === "doc") return change.collection.namespace;
  const from = change.record.get("from") ?? change.record.get("ns");
  return typeof from === "string" ? from : "";
}

const CATALOG_EVENTS: Readonly<Record<string, string>> = { drop: "drop", rename: "rename" };
const EXPANDED_EVENTS: Readonly<Record<string, string>> = { create: "create" };

/** The event of a change; undefined for changes that have none. */
export function eventOf(entry: FeedEntry, shown: Shown): Doc | undefined {
  const { change, time, wallTime } = entry;
  const base = { _id: tokenOf(entry), clusterTime: new Stamp(time), wallTime };
  const namespace = namespaceOf(entry);
  if (change.kind === "catalog") {
    const op = change.record.get("op");
    const name = typeof op === "string" ? op : "";
    const type = CATALOG_EVENTS[name] ?? (shown.expanded ? EXPANDED_EVENTS[name] : undefined);
    if (type === undefined) return undefined;
    const to = change.record.get("ns");
    return docOf({
      _id: base._id,
      operationType: type,
      clusterTime: base.clusterTime,
      wallTime,
      ns: namespaceDoc(namespace),
      to: type === "rename" && typeof to === "string" ? namespaceDoc(to) : undefined,
    });
  }
  const [before, after] = [change.before?.decode(), change.after?.decode()];
  const id = (after ?? before)?.get("_id");
  const type = operationOf(before, after, change.replaces === true);
  return docOf({
    _id: base._id,
    operationType: type,
    clusterTime: base.clusterTime,
    wallTime,
    fullDocument: fullDocument(type, { after, id, namespace }, shown),
    ns: namespaceDoc(namespace),
    documentKey: docOf({ _id: id }),
    updateDescription: type === "update" && before && after ? difference(before, after) : undefined,
    fullDocumentBeforeChange: beforeChange(
      before,
      change.collection.options.shown.get("changeStreamPreAndPostImages"),
      shown,
    ),
  });
}

function operationOf(before: Doc | undefined, after: Doc | undefined, replaces: boolean): string {
  if (!before) return "insert";
  if (!after) return "delete";
  return replaces ? "replace" : "update";
}

function fullDocument(
  type: string,
  { after, id, namespace }: { after: Doc | undefined; id: Value; namespace: string },
  shown: Shown,
): Value {
  if (type === "insert" || type === "replace") return after;
  if (type !== "update") return undefined;
  if (shown.fullDocument === "updateLookup") return shown.lookUp(namespace, id);
  return shown.fullDocument === "whenAvailable" || shown.fullDocument === "required"
    ? after
    : undefined;
}

function beforeChange(before: Doc | undefined, images: Value, shown: Shown): Value {
  const wanted = shown.fullDocumentBeforeChange;
  if (!before || (wanted !== "whenAvailable" && wanted !== "required")) return undefined;
  return isDoc(images) && isTrue(images.get("enabled")) ? before : null;
}

/** What an update changed, by paths. */
function difference(before: Doc, after: Doc): Doc {
  const updated: Doc = new Map();
  const removed: string[] = [];
  compare(before, after, { prefix: "", updated, removed });
  return docOf({ updatedFields: updated, removedFields: removed, truncatedArrays: [] });
}

type Found = { prefix: string; updated: Doc; removed: string[] };

function compare(before: Doc, after: Doc, found: Found): void {
  for (const name of before.keys()) {
    if (!after.has(name)) found.removed.push(found.prefix + name);
  }
  for (const [name, value] of after) {
    const [path, old] = [found.prefix + name, before.get(name)];
    if (old !== undefined && equalValues(old, value) && typeof old === typeof value) continue;
    if (isDoc(old) && isDoc(value)) compare(old, value, { ...found, prefix: `${path}.` });
    else found.updated.set(path, value);
  }
}
