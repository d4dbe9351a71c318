import { CommandError } from "../command-error.js";
import { isTrue } from "../values/number.js";
import { compareValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { isNumeric, typeName, type Value } from "../values/value.js";
import { convertTo, textOf } from "./convert.js";
import type { ValueOperator } from "./expression-types.js";

// A missing value is below null.
function order(a: Value, b: Value, collation: Parameters<ValueOperator["apply"]>[1]): number {
  if (a === undefined || b === undefined) {
    return a === b ? 0 : a === undefined ? -1 : 1;
  }
  return compareValues(a, b, collation);
}

function comparison(test: (order: number) => Value): ValueOperator {
  return { least: 2, most: 2, apply: ([a, b], collation) => test(order(a, b, collation)) };
}

function text(operator: string, value: Value): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (operator !== "$concat" && (isNumeric(value) || value instanceof Date)) return textOf(value);
  throw new CommandError(16702, `${operator} only supports strings, not ${typeName(value)}`);
}

/** A document holds no longer text. */
const MOST_CHARS = 16 * 1024 * 1024;

function concat(args: readonly Value[]): Value {
  if (args.some((arg) => arg === null || arg === undefined)) return null;
  const joined = args.map((arg) => text("$concat", arg)).join("");
  if (joined.length > MOST_CHARS) {
    throw new CommandError(146, "$concat would use too much memory");
  }
  return joined;
}

function integer(value: Value, operator: string): number {
  if (isNumeric(value)) return Math.trunc(approximate(value));
  throw new CommandError(34450, `${operator}: starting index must be a numeric type`);
}

function substring([value, from, count]: readonly Value[]): Value {
  const points = Array.from(text("$substrCP", value));
  const [start, length] = [integer(from, "$substrCP"), integer(count, "$substrCP")];
  if (start < 0)
    throw new CommandError(34455, "$substrCP: the starting index must be non-negative");
  return points.slice(start, length < 0 ? undefined : start + length).join("");
}

function split([value, separator]: readonly Value[]): Value {
  if (value === null || value === undefined) return null;
  if (typeof value !== "string" || typeof separator !== "string") {
    throw new CommandError(40085, `$split requires an expression that evaluates to a string`);
  }
  if (separator === "") throw new CommandError(40087, "$split requires a non-empty separator");
  return value.split(separator);
}

const trimmed: ValueOperator["apply"] = ([operand]) => {
  if (!(operand instanceof Map)) {
    throw new CommandError(50696, `$trim only supports an object as its argument`);
  }
  const [input, chars] = [operand.get("input"), operand.get("chars")];
  if (input === null || input === undefined || chars === null) return null;
  if (typeof input !== "string") {
    throw new CommandError(50699, `$trim requires its input to be a string`);
  }
  return trim(input, typeof chars === "string" ? new Set(chars) : BLANKS);
};

const BLANKS: ReadonlySet<string> = new Set("\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003");

function trim(text: string, unwanted: ReadonlySet<string>): string {
  const points = Array.from(text);
  let [start, end] = [0, points.length];
  while (start < end && unwanted.has(points[start] ?? "")) start += 1;
  while (end > start && unwanted.has(points[end - 1] ?? "")) end -= 1;
  return points.slice(start, end).join("");
}

function conversion(type: string): ValueOperator {
  return {
    least: 1,
    most: 1,
    apply: ([value]) => (value === null || value === undefined ? null : convertTo(value, type)),
  };
}

function one(apply: (value: Value) => Value): ValueOperator {
  return { least: 1, most: 1, apply: ([value]) => apply(value) };
}

const toLower = (letters: string) => letters.toLowerCase();
const toUpper = (letters: string) => letters.toUpperCase();

/** Comparison, logic, text and type operators. */
export const SCALARS: readonly [string, ValueOperator][] = [
  ["$eq", comparison((result) => result === 0)],
  ["$ne", comparison((result) => result !== 0)],
  ["$gt", comparison((result) => result > 0)],
  ["$gte", comparison((result) => result >= 0)],
  ["$lt", comparison((result) => result < 0)],
  ["$lte", comparison((result) => result <= 0)],
  ["$cmp", comparison((result) => result)],
  ["$not", one((value) => !isTrue(value))],
  ["$concat", { least: 0, most: Infinity, apply: concat }],
  // Like MongoDB, only the letters of ASCII.
  ["$toLower", one((value) => text("$toLower", value).replace(/[A-Z]+/g, toLower))],
  ["$toUpper", one((value) => text("$toUpper", value).replace(/[a-z]+/g, toUpper))],
  ["$substrCP", { least: 3, most: 3, apply: substring }],
  ["$strLenCP", one((value) => Array.from(text("$strLenCP", value)).length)],
  ["$split", { least: 2, most: 2, apply: split }],
  ["$trim", { least: 1, most: 1, apply: trimmed }],
  ["$type", one((value) => typeName(value))],
  ["$isNumber", one((value) => isNumeric(value))],
  ["$toString", conversion("string")],
  ["$toInt", conversion("int")],
  ["$toLong", conversion("long")],
  ["$toDouble", conversion("double")],
  ["$toDecimal", conversion("decimal")],
  ["$toBool", conversion("bool")],
  ["$toDate", conversion("date")],
  ["$toObjectId", conversion("objectId")],
];
