import { CommandError } from "../command-error.js";
import type { Collation } from "../values/collation.js";
import { compareValues, equalValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { keyOf } from "../values/key.js";
import { docOf, isDoc, isNumeric, typeName, type Doc, type Value } from "../values/value.js";
import { accumulate } from "./accumulators.js";
import type { ValueOperator } from "./expression-types.js";

function arrayArgument(operator: string, value: Value, code: number): Value[] | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value;
  throw new CommandError(
    code,
    `${operator}'s argument must be an array, but is ${typeName(value)}`,
  );
}

function whole(operator: string, value: Value): number {
  const number = isNumeric(value) ? approximate(value) : NaN;
  if (Number.isInteger(number)) return number;
  throw new CommandError(28690, `${operator} needs an integer, but got ${typeName(value)}`);
}

function size([value]: readonly Value[]): Value {
  if (Array.isArray(value)) return value.length;
  throw new CommandError(
    17124,
    `The argument to $size must be an array, but was of type: ${typeName(value)}`,
  );
}

function elementAt([value, index]: readonly Value[]): Value {
  const items = arrayArgument("$arrayElemAt", value, 28689);
  if (!items || index === null || index === undefined) return null;
  return items.at(whole("$arrayElemAt", index));
}

function slice([value, a, b]: readonly Value[]): Value {
  const items = arrayArgument("$slice", value, 28724);
  if (!items || a === null || a === undefined || b === null) return null;
  const first = whole("$slice", a);
  if (b === undefined) return first < 0 ? items.slice(first) : items.slice(0, first);
  const count = whole("$slice", b);
  if (count <= 0) throw new CommandError(28729, "Third argument to $slice must be positive");
  const start = first < 0 ? Math.max(items.length + first, 0) : first;
  return items.slice(start, start + count);
}

/** No operator makes a longer array. */
const MOST_ITEMS = 1_000_000;

function concatArrays(args: readonly Value[]): Value {
  const all: Value[] = [];
  for (const arg of args) {
    const items = arrayArgument("$concatArrays", arg, 28664);
    if (!items) return null;
    if (all.length + items.length > MOST_ITEMS) {
      throw new CommandError(146, "$concatArrays would use too much memory");
    }
    for (const item of items) all.push(item);
  }
  return all;
}

function isIn([value, list]: readonly Value[], collation: Collation | undefined): Value {
  if (!Array.isArray(list)) {
    throw new CommandError(
      40081,
      `$in requires an array as a second argument, found: ${typeName(list)}`,
    );
  }
  return list.some((item) => equalValues(item, value, collation));
}

function toObject([value]: readonly Value[]): Value {
  const items = arrayArgument("$arrayToObject", value, 40386);
  if (!items) return null;
  const doc: Doc = new Map();
  for (const item of items) {
    const [name, held] = Array.isArray(item)
      ? item
      : isDoc(item)
        ? [item.get("k"), item.get("v")]
        : [undefined, undefined];
    if (typeof name !== "string") {
      throw new CommandError(40394, "$arrayToObject requires keys of type string");
    }
    doc.set(name, held ?? null);
  }
  return doc;
}

function toArray([value]: readonly Value[]): Value {
  if (value === null || value === undefined) return null;
  if (!isDoc(value)) {
    throw new CommandError(
      40390,
      `$objectToArray requires a document input, found: ${typeName(value)}`,
    );
  }
  return [...value].map(([k, v]) => docOf({ k, v }));
}

function mergeObjects(args: readonly Value[]): Value {
  const items = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  const result: Doc = new Map();
  for (const item of items) {
    if (item === null || item === undefined) continue;
    if (!isDoc(item)) {
      throw new CommandError(
        40400,
        `$mergeObjects requires object inputs, but input ${typeName(item)} is of type ${typeName(item)}`,
      );
    }
    for (const [name, value] of item) result.set(name, value);
  }
  return result;
}

/** Distinct values, in BSON's order. */
export function distinctValues(items: Iterable<Value>, collation?: Collation): Value[] {
  const byKey = new Map<string, Value>();
  for (const item of items) {
    const key = keyOf(item, collation);
    if (!byKey.has(key)) byKey.set(key, item);
  }
  return [...byKey.values()];
}

function sets(operator: string, args: readonly Value[]): Value[][] | null {
  const found = args.map((arg) => arrayArgument(operator, arg, 17043));
  return found.some((items) => items === null) ? null : (found as Value[][]);
}

function keySet(items: readonly Value[] = []): Set<string> {
  return new Set(items.map((item) => keyOf(item)));
}

function setOperator(
  name: string,
  apply: (all: readonly Value[][]) => Value,
  most = Infinity,
): [string, ValueOperator] {
  return [name, { least: 2, most, apply: (args) => mapNull(sets(name, args), apply) }];
}

function mapNull<T>(value: T | null, apply: (value: T) => Value): Value {
  return value === null ? null : apply(value);
}

// $max, $min, $sum, $avg…: over one array argument or over all arguments.
function overList(name: string): [string, ValueOperator] {
  const apply: ValueOperator["apply"] = (args, collation) => {
    const items = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
    return accumulate(name, items, collation);
  };
  return [name, { least: 1, most: Infinity, apply }];
}

function ends(name: string, from: 0 | -1): [string, ValueOperator] {
  return [
    name,
    {
      least: 1,
      most: 1,
      apply: ([v]) => mapNull(arrayArgument(name, v, 28689), (a) => a.at(from)),
    },
  ];
}

/** The operators on arrays and documents. */
export const ARRAYS: readonly [string, ValueOperator][] = [
  ["$size", { least: 1, most: 1, apply: size }],
  ["$arrayElemAt", { least: 2, most: 2, apply: elementAt }],
  ends("$first", 0),
  ends("$last", -1),
  ["$slice", { least: 2, most: 3, apply: slice }],
  ["$concatArrays", { least: 0, most: Infinity, apply: concatArrays }],
  ["$in", { least: 2, most: 2, apply: isIn }],
  ["$isArray", { least: 1, most: 1, apply: ([value]) => Array.isArray(value) }],
  [
    "$reverseArray",
    {
      least: 1,
      most: 1,
      apply: ([v]) => mapNull(arrayArgument("$reverseArray", v, 34435), (a) => a.toReversed()),
    },
  ],
  ["$arrayToObject", { least: 1, most: 1, apply: toObject }],
  ["$objectToArray", { least: 1, most: 1, apply: toArray }],
  ["$mergeObjects", { least: 0, most: Infinity, apply: mergeObjects }],
  setOperator("$setUnion", (all) => distinctValues(all.flat()).sort(compareValues)),
  setOperator("$setIntersection", ([first = [], ...rest]) => {
    const others = rest.map((items) => keySet(items));
    const shared = first.filter((item) => others.every((keys) => keys.has(keyOf(item))));
    return distinctValues(shared).sort(compareValues);
  }),
  setOperator(
    "$setDifference",
    ([a = [], b]) => {
      const unwanted = keySet(b);
      return distinctValues(a.filter((item) => !unwanted.has(keyOf(item))));
    },
    2,
  ),
  ...["$sum", "$avg", "$min", "$max"].map(overList),
];
