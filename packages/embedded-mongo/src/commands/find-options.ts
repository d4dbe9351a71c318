import { CommandError } from "../command-error.js";
import type { CollectionIndex } from "../index/collection-index.js";
import { docKeys } from "../index/index-keys.js";
import { hintedIndex, type Plan } from "../query/plan.js";
import type { Search } from "../query/search.js";
import type { Collection } from "../storage/collection.js";
import { inverted, keyOf } from "../values/key.js";
import { isDoc, type Doc } from "../values/value.js";
import { docArgument } from "./context.js";

/** Keeps a search within `min` (included) and `max` (excluded) of the hinted index's keys. */
export function withinBounds<T extends Search>(
  search: T,
  collection: Collection | undefined,
  command: Doc,
): T {
  const [min, max] = ["min", "max"].map((name) => docArgument(command, name, "find"));
  if (!min?.size && !max?.size) return search;
  const { hint, matcher } = search;
  if (hint === undefined || (isDoc(hint) && hint.has("$natural"))) {
    throw new CommandError(
      51173,
      "When using min()/max() a hint of which index to use must be provided",
    );
  }
  const index = collection && hintedIndex(collection.indexes.values(), hint);
  if (!index) return search;
  const [low, high] = [min, max].map((bound) => (bound?.size ? boundKey(index, bound) : undefined));
  const { fields, collation } = index.definition;
  const isWithin = (doc: Doc) =>
    docKeys(doc, fields, collation).keys.some(
      (key) => (low === undefined || key >= low) && (high === undefined || key < high),
    );
  return {
    ...search,
    matcher: {
      ...matcher,
      fields: undefined,
      test: (doc: Doc, position) => isWithin(doc) && matcher.test(doc, position),
    } satisfies Search["matcher"],
  };
}

function boundKey(index: CollectionIndex, bound: Doc): string {
  const { fields, collation } = index.definition;
  const names = [...bound.keys()];
  if (names.length !== fields.length || fields.some(({ path }, i) => names[i] !== path)) {
    throw new CommandError(51174, "The bounds of min()/max() do not match the hinted index");
  }
  return fields
    .map(({ path, descending }) => {
      const key = keyOf(bound.get(path), collation);
      return descending ? inverted(key) : key;
    })
    .join("");
}

/** What `returnKey` shows of a document: the fields of the index it was found by. */
export function keyOnly(plan: Plan): (doc: Doc) => Doc {
  const key = plan.kind === "index" ? plan.index.definition.key : new Map<string, never>();
  return (doc) => new Map([...key.keys()].map((path) => [path, doc.get(path) ?? null]));
}
