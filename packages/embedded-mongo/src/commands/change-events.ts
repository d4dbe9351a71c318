import { CommandError } from "../command-error.js";
import { splitNamespace } from "../storage/namespace.js";
import { isTrue } from "../values/number.js";
import { Bin, docOf, isDoc, Stamp, type Doc, type Value } from "../values/value.js";
import type { FeedEntry, FeedPosition } from "./change-feed.js";
import { updateDescription } from "./update-description.js";

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

/** Events of the catalog: those that every stream shows, and those it shows when asked. */
const CATALOG_EVENTS: Readonly<Record<string, string>> = { drop: "drop", rename: "rename" };
const EXPANDED_EVENTS: Readonly<Record<string, string>> = {
  create: "create",
  createIndex: "createIndexes",
  dropIndex: "dropIndexes",
  modifyIndex: "modify",
  options: "modify",
};

/** The event of a change; undefined for changes that have none. */
export function eventOf(entry: FeedEntry, shown: Shown): Doc | undefined {
  const { change, namespace } = entry;
  const head = (type: string) => ({
    _id: tokenOf(entry),
    operationType: type,
    clusterTime: new Stamp(entry.time),
    collectionUUID: shown.expanded ? new Bin(4, entry.uuid) : undefined,
    wallTime: entry.wallTime,
  });
  if (change.kind === "catalog") {
    const op = change.record.get("op");
    const name = typeof op === "string" ? op : "";
    const type = CATALOG_EVENTS[name] ?? (shown.expanded ? EXPANDED_EVENTS[name] : undefined);
    if (type === undefined) return undefined;
    const to = change.record.get("ns");
    return docOf({
      ...head(type),
      ns: namespaceDoc(namespace),
      to: type === "rename" && typeof to === "string" ? namespaceDoc(to) : undefined,
      operationDescription: shown.expanded ? descriptionOf(type, change.record) : undefined,
    });
  }
  const [before, after] = [change.before?.decode(), change.after?.decode()];
  const id = (after ?? before)?.get("_id");
  const { by } = change;
  const type = operationOf(before, after, by === "replacement");
  const images = imagesOf(change.collection.options.shown.get("changeStreamPreAndPostImages"));
  return docOf({
    ...head(type),
    fullDocument: fullDocument(type, { after, id, namespace, images }, shown),
    ns: namespaceDoc(namespace),
    documentKey: docOf({ _id: id }),
    updateDescription:
      type === "update" && before && after
        ? updateDescription(before, after, { kind: by, expanded: shown.expanded })
        : undefined,
    fullDocumentBeforeChange: beforeChange(before, images, shown),
  });
}

function descriptionOf(type: string, record: Doc): Doc | undefined {
  const [spec, options, to] = [record.get("spec"), record.get("options"), record.get("ns")];
  switch (type) {
    case "create":
      return isDoc(options) ? options : docOf({});
    case "createIndexes":
    case "dropIndexes":
      return docOf({ indexes: [spec ?? docOf({ name: record.get("name") })] });
    case "modify":
      return docOf(
        isDoc(spec) ? { index: spec } : Object.fromEntries(isDoc(options) ? options : []),
      );
    case "rename":
      return docOf({
        to: namespaceDoc(typeof to === "string" ? to : ""),
        dropTarget: record.get("dropTarget"),
      });
    default:
      return undefined;
  }
}

function imagesOf(option: Value): boolean {
  return isDoc(option) && isTrue(option.get("enabled"));
}

function operationOf(before: Doc | undefined, after: Doc | undefined, replaces: boolean): string {
  if (!before) return "insert";
  if (!after) return "delete";
  return replaces ? "replace" : "update";
}

function fullDocument(
  type: string,
  found: { after: Doc | undefined; id: Value; namespace: string; images: boolean },
  shown: Shown,
): Value {
  const { after, id, namespace, images } = found;
  if (type === "insert" || type === "replace") return after;
  if (type !== "update") return undefined;
  if (shown.fullDocument === "updateLookup") return shown.lookUp(namespace, id);
  return image(
    shown.fullDocument,
    images ? after : undefined,
    "a post-image for all update events",
  );
}

function beforeChange(before: Doc | undefined, images: boolean, shown: Shown): Value {
  if (!before) return undefined;
  return image(
    shown.fullDocumentBeforeChange,
    images ? before : undefined,
    "a pre-image for all update, delete and replace events",
  );
}

/** A document as it was, if it was kept and is wanted. */
function image(wanted: Value, kept: Doc | undefined, what: string): Value {
  if (wanted === "required" && !kept) {
    throw new CommandError(
      "NoMatchingDocument",
      `Change stream was configured to require ${what}, but it was not found`,
    );
  }
  return wanted === "required" || wanted === "whenAvailable" ? (kept ?? null) : undefined;
}
