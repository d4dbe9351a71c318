import type { Collation } from "./collation.js";
import { keyOf, RANK } from "./key.js";
import { compareNumbers } from "./number.js";
import { isNumeric, Oid, type Value } from "./value.js";

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// eslint-disable-next-line no-control-regex -- the range of ASCII
const ASCII = /^[\x00-\x7f]*$/;

// UTF-16 order is UTF-8 order except between surrogates and U+E000–U+FFFF.
function compareText(a: string, b: string): number {
  if (ASCII.test(a) || ASCII.test(b)) return compareKeys(a, b);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** BSON's total order over all types: -1, 0 or 1. A missing value is ordered as null. */
export function compareValues(a: Value, b: Value, collation?: Collation): number {
  if (typeof a === "string" && typeof b === "string") {
    return collation ? compareKeys(collation.fold(a), collation.fold(b)) : compareText(a, b);
  }
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (a instanceof Oid && b instanceof Oid) return compareKeys(a.raw, b.raw);
  if (a instanceof Date && b instanceof Date) {
    return Math.sign(a.getTime() - b.getTime());
  }
  return compareKeys(keyOf(a, collation), keyOf(b, collation));
}

/** The place of a value's type in BSON's order; comparisons in queries stay within one rank. */
export function rankOf(value: Value): string {
  switch (typeof value) {
    case "number":
    case "bigint":
      return RANK.number;
    case "string":
      return RANK.string;
    case "boolean":
      return RANK.boolean;
    case "object":
      if (value instanceof Map) return RANK.object;
      if (value instanceof Date) return RANK.date;
      if (value instanceof Oid) return RANK.objectId;
      return Array.isArray(value) ? RANK.array : keyOf(value).charAt(0);
    default:
      return RANK.null;
  }
}

export function equalValues(a: Value, b: Value, collation?: Collation): boolean {
  return compareValues(a, b, collation) === 0;
}
