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

function trimmer(sides: "both" | "left" | "right"): ValueOperator {
  const apply: ValueOperator["apply"] = ([operand]) => {
    if (!(operand instanceof Map)) {
      throw new CommandError(50696, `$trim only supports an object as its argument`);
    }
    const [input, chars] = [operand.get("input"), operand.get("chars")];
    if (input === null || input === undefined || chars === null) return null;
    if (typeof input !== "string") {
      throw new CommandError(50699, `$trim requires its input to be a string`);
    }
    return trim(input, typeof chars === "string" ? new Set(chars) : BLANKS, sides);
  };
  return { least: 1, most: 1, apply };
}

const BLANKS: ReadonlySet<string> = new Set("\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003");

function trim(
  text: string,
  unwanted: ReadonlySet<string>,
  sides: "both" | "left" | "right",
): string {
  const points = Array.from(text);
  let [start, end] = [0, points.length];
  if (sides !== "right") while (start < end && unwanted.has(points[start] ?? "")) start += 1;
  if (sides !== "left") while (end > start && unwanted.has(points[end - 1] ?? "")) end -= 1;
  return points.slice(start, end).join("");
}

function indexOfText([value, wanted, from = 0, to]: readonly Value[]): Value {
  if (value === null || value === undefined) return null;
  if (typeof value !== "string" || typeof wanted !== "string") {
    throw new CommandError(40093, "$indexOfCP requires strings");
  }
  const points = Array.from(value);
  const slice = points.slice(0, to === undefined ? undefined : integer(to, "$indexOfCP"));
  const start = integer(from, "$indexOfCP");
  const found = slice.slice(start).join("").indexOf(wanted);
  if (found < 0) return -1;
  return start + Array.from(slice.slice(start).join("").slice(0, found)).length;
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

function substringBytes([value, from, count]: readonly Value[]): Value {
  const bytes = Buffer.from(text("$substrBytes", value));
  const [start, length] = [integer(from, "$substrBytes"), integer(count, "$substrBytes")];
  if (start < 0) {
    throw new CommandError(50752, "$substrBytes: starting index must be non-negative");
  }
  const end = length < 0 ? bytes.length : Math.min(start + length, bytes.length);
  if (isContinuation(bytes[start])) {
    throw new CommandError(
      28656,
      "$substrBytes:  Invalid range, starting index is a UTF-8 continuation byte.",
    );
  }
  if (isContinuation(bytes[end])) {
    throw new CommandError(
      28657,
      "$substrBytes:  Invalid range, ending index is in the middle of a UTF-8 character.",
    );
  }
  return bytes.toString("utf8", start, end);
}

function indexOfBytes([value, wanted, from = 0, to]: readonly Value[]): Value {
  if (value === null || value === undefined) return null;
  if (typeof value !== "string" || typeof wanted !== "string") {
    throw new CommandError(40091, "$indexOfBytes requires strings");
  }
  const bytes = Buffer.from(value);
  const [start, end] = [
    integer(from, "$indexOfBytes"),
    to === undefined ? bytes.length : integer(to, "$indexOfBytes"),
  ];
  return start > bytes.length ? -1 : bytes.subarray(0, end).indexOf(wanted, start);
}

function bytesIn(value: Value): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  throw new CommandError(
    34473,
    `$strLenBytes requires a string argument, found: ${typeName(value)}`,
  );
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
  ["$substr", { least: 3, most: 3, apply: substringBytes }],
  ["$substrCP", { least: 3, most: 3, apply: substring }],
  ["$substrBytes", { least: 3, most: 3, apply: substringBytes }],
  ["$indexOfBytes", { least: 2, most: 4, apply: indexOfBytes }],
  ["$strLenBytes", one(bytesIn)],
  ["$strLenCP", one((value) => Array.from(text("$strLenCP", value)).length)],
  [
    "$strcasecmp",
    {
      least: 2,
      most: 2,
      apply: ([a, b]) =>
        compareValues(text("$strcasecmp", a).toUpperCase(), text("$strcasecmp", b).toUpperCase()),
    },
  ],
  ["$split", { least: 2, most: 2, apply: split }],
  ["$trim", trimmer("both")],
  ["$ltrim", trimmer("left")],
  ["$rtrim", trimmer("right")],
  ["$indexOfCP", { least: 2, most: 4, apply: indexOfText }],
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
