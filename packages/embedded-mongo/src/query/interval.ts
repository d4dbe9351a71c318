import type { Collation } from "../values/collation.js";
import { rankOf } from "../values/compare.js";
import { inverted, keyOf, RANK } from "../values/key.js";
import { Edge, isDoc, Regex, type Doc, type Value } from "../values/value.js";
import { isOperatorDoc } from "./operands.js";
import { compileRegex, literalPrefix } from "./regex.js";

/** Keys of one field from `low` (included) to `high` (excluded); `point`: those of one value. */
export type Interval = { low: string; high: string; point?: boolean };

/** The least text above every text that starts with this one. */
function successor(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 255) end -= 1;
  if (end === 0) return "\xff\xff\xff\xff";
  return text.slice(0, end - 1) + String.fromCharCode(text.charCodeAt(end - 1) + 1);
}

export const EVERYTHING: Interval = { low: "", high: "\xff" };

function startingWith(key: string): Interval {
  return { low: key, high: successor(key) };
}

function point(key: string): Interval {
  return { ...startingWith(key), point: true };
}

/** The interval in a descending field. */
export function invertedInterval({ low, high, point = false }: Interval): Interval {
  return {
    point,
    low: high === EVERYTHING.high ? "" : successor(inverted(high)),
    high: low === "" ? EVERYTHING.high : successor(inverted(low)),
  };
}

/** What two lists have in common; both sorted and without overlaps. */
export function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (let i = 0, j = 0; ;) {
    const [x, y] = [a[i], b[j]];
    if (!x || !y) return result;
    const low = x.low > y.low ? x.low : y.low;
    const high = x.high < y.high ? x.high : y.high;
    const point = (x.point ?? false) || (y.point ?? false);
    if (low < high) result.push({ low, high, point });
    if (x.high < y.high) i += 1;
    else j += 1;
  }
}

/** Whether every key of `inner` is also one of `outer`. */
export function covers(outer: readonly Interval[], inner: readonly Interval[]): boolean {
  return inner.every((x) => outer.some((y) => y.low <= x.low && x.high <= y.high));
}

function equalIntervals(value: Value, collation: Collation | undefined): Interval[] {
  if (value instanceof Regex) return regexIntervals(value, collation);
  const whole = point(keyOf(value, collation));
  if (!Array.isArray(value)) return [whole];
  // An array is indexed by its elements; the array itself only inside another array.
  const [first] = value;
  return [point(value.length === 0 ? RANK.undefined : keyOf(first, collation)), whole];
}

function regexIntervals(regex: Regex, collation: Collation | undefined): Interval[] {
  compileRegex(regex);
  const self = point(keyOf(regex));
  const prefix = collation ? undefined : literalPrefix(regex);
  const low = prefix === undefined ? RANK.string : keyOf(prefix).slice(0, -1);
  return [startingWith(low), self];
}

function orderIntervals(
  operator: string,
  operand: Value,
  collation: Collation | undefined,
): Interval[] | undefined {
  if (operand instanceof Edge || operand === null || Array.isArray(operand)) return undefined;
  const key = keyOf(operand, collation);
  const rank = rankOf(operand);
  const bracket = startingWith(rank);
  switch (operator) {
    case "$gt":
      return [{ low: successor(key), high: bracket.high }];
    case "$gte":
      return [{ low: key, high: bracket.high }];
    case "$lt":
      return [{ low: bracket.low, high: key }];
    default:
      return [{ low: bracket.low, high: successor(key) }];
  }
}

function operatorIntervals(
  operator: string,
  operand: Value,
  collation: Collation | undefined,
): Interval[] | undefined {
  switch (operator) {
    case "$eq":
      return operand instanceof Regex
        ? [point(keyOf(operand))]
        : equalIntervals(operand, collation);
    case "$in": {
      if (!Array.isArray(operand)) return undefined;
      return operand.flatMap((item) => equalIntervals(item, collation));
    }
    case "$all": {
      const [first] = Array.isArray(operand) ? operand : [];
      return first === undefined || isDoc(first) ? undefined : equalIntervals(first, collation);
    }
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return orderIntervals(operator, operand, collation);
    default:
      return undefined;
  }
}

/** What a filter's conjuncts say of one path: each entry must hold by itself. */
export type Conjuncts = Map<string, Interval[][]>;

/** Gathers the bounds that a filter puts on paths. */
export function conjunctsOf(filter: Doc, collation: Collation | undefined): Conjuncts {
  const found: Conjuncts = new Map();
  gather(filter, "", { found, collation });
  return found;
}

type Gathering = { found: Conjuncts; collation: Collation | undefined };

function gather(filter: Doc, prefix: string, gathering: Gathering): void {
  for (const [name, operand] of filter) {
    if (name === "$and" && Array.isArray(operand)) {
      for (const clause of operand) if (isDoc(clause)) gather(clause, prefix, gathering);
    } else if (!name.startsWith("$")) {
      gatherField(prefix + name, operand, gathering);
    }
  }
}

function gatherField(path: string, operand: Value, gathering: Gathering): void {
  const { found, collation } = gathering;
  const add = (intervals: Interval[] | undefined) => {
    if (!intervals) return;
    const list = found.get(path);
    if (list) list.push(merged(intervals));
    else found.set(path, [merged(intervals)]);
  };
  if (!isOperatorDoc(operand)) {
    add(equalIntervals(operand, collation));
    return;
  }
  const options = operand.get("$options");
  for (const [operator, value] of operand) {
    if (operator === "$regex" && (typeof value === "string" || value instanceof Regex)) {
      const flags = typeof options === "string" ? options : "";
      add(regexIntervals(typeof value === "string" ? new Regex(value, flags) : value, collation));
    } else if (operator === "$elemMatch" && isDoc(value) && !isOperatorDoc(value)) {
      gather(value, `${path}.`, gathering);
    } else {
      add(operatorIntervals(operator, value, collation));
    }
  }
}

/** Sorted, without overlaps. */
function merged(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const result: Interval[] = [];
  for (const next of sorted) {
    const last = result[result.length - 1];
    if (last && next.low <= last.high) {
      if (next.low !== last.low || next.high !== last.high) last.point = false;
      if (next.high > last.high) last.high = next.high;
    } else {
      result.push({ ...next });
    }
  }
  return result;
}
