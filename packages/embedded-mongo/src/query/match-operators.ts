import { CommandError } from "../command-error.js";
import type { Collation } from "../values/collation.js";
import { compareValues, rankOf } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { keyOf, RANK } from "../values/key.js";
import { show } from "../values/show.js";
import { toBigInt } from "../values/number.js";
import {
  Bin,
  Double,
  Edge,
  isNumeric,
  Regex,
  TYPE_NAMES,
  typeCode,
  type Numeric,
  type Value,
} from "../values/value.js";
import type { Leaf } from "./path.js";
import { compileRegex, mayBacktrack } from "./regex.js";
import { watched } from "./watch.js";
import { words, wordSet } from "../words.js";

export function equalLeaf(operand: Value, collation: Collation | undefined): Leaf {
  if (typeof operand === "string" && collation === undefined) return (value) => value === operand;
  const rank = rankOf(operand);
  if (isNumeric(operand) || rank === RANK.string || rank === RANK.date || rank === RANK.objectId) {
    return (value) =>
      value !== undefined &&
      rankOf(value) === rank &&
      compareValues(value, operand, collation) === 0;
  }
  const key = keyOf(operand, collation);
  if (rank === RANK.null) return (value) => value === undefined || value === null;
  return (value) =>
    value !== undefined && rankOf(value) === rank && keyOf(value, collation) === key;
}

const ORDER_TESTS: Record<string, (order: number) => boolean> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

function isNaNValue(value: Value): boolean {
  return isNumeric(value) && Number.isNaN(approximate(value));
}

/** $gt, $gte, $lt, $lte: within the operand's type only, except for MinKey and MaxKey. */
function orderLeaf(operator: string, operand: Value, collation: Collation | undefined): Leaf {
  const test = ORDER_TESTS[operator];
  if (test === undefined) throw new CommandError("BadValue", `unknown operator: ${operator}`);
  const orEqual = operator.endsWith("e");
  if (operand instanceof Regex) {
    throw new CommandError("BadValue", `Can't have RegEx as arg to predicate over field`);
  }
  if (operand instanceof Edge) {
    return (value) => value !== undefined && test(compareValues(value, operand, collation));
  }
  if (operand === null) return orEqual ? equalLeaf(null, undefined) : () => false;
  if (isNaNValue(operand)) return orEqual ? isNaNValue : () => false;
  const rank = rankOf(operand);
  return (value) =>
    value !== undefined &&
    rankOf(value) === rank &&
    !isNaNValue(value) &&
    test(compareValues(value, operand, collation));
}

export function inLeaf(operand: Value, name: string, collation: Collation | undefined): Leaf {
  if (!Array.isArray(operand)) throw new CommandError("BadValue", `${name} needs an array`);
  const patterns: RegExp[] = [];
  const keys = new Set<string>();
  for (const item of operand) {
    if (item instanceof Map && [...item.keys()][0]?.startsWith("$")) {
      throw new CommandError("BadValue", `cannot nest $ under ${name}`);
    }
    if (item instanceof Regex) patterns.push(compileRegex(item));
    keys.add(keyOf(item, collation));
  }
  return (value) =>
    keys.has(keyOf(value, collation)) ||
    (typeof value === "string" && patterns.some((pattern) => pattern.test(value)));
}

export function regexLeaf(regex: Regex): Leaf {
  const pattern = compileRegex(regex);
  const hostile = mayBacktrack(regex.pattern);
  return (value) =>
    typeof value === "string"
      ? watched(hostile, () => pattern.test(value))
      : value instanceof Regex && value.pattern === regex.pattern && value.flags === regex.flags;
}

const CODE_BY_NAME = new Map([...TYPE_NAMES].map(([code, name]) => [name, code]));

/** The type numbers an operand of $type names; `number` is all four. */
export function typeCodes(operand: Value): Set<number> {
  const codes = new Set<number>();
  const items = Array.isArray(operand) ? operand : [operand];
  if (items.length === 0) {
    throw new CommandError("FailedToParse", "$type must match at least one type");
  }
  for (const item of items) {
    if (item === "number") for (const code of [1, 16, 18, 19]) codes.add(code);
    else if (typeof item === "string") codes.add(codeOfName(item));
    else if (isNumeric(item) && TYPE_NAMES.has(approximate(item))) codes.add(approximate(item));
    else if (isNumeric(item)) {
      throw new CommandError("BadValue", `Invalid numerical type code: ${approximate(item)}`);
    } else {
      throw new CommandError("TypeMismatch", "type must be represented as a number or a string");
    }
  }
  return codes;
}

function codeOfName(name: string): number {
  const code = CODE_BY_NAME.get(name);
  if (code === undefined) throw new CommandError("BadValue", `Unknown type name alias: ${name}`);
  return code;
}

function typeLeaf(operand: Value): Leaf {
  const codes = typeCodes(operand);
  return (value) => value !== undefined && codes.has(typeCode(value));
}

function integerOf(value: Value, what: string): number {
  if (!isNumeric(value) || !Number.isFinite(approximate(value))) {
    throw new CommandError("BadValue", `malformed mod, ${what} not a number`);
  }
  return Math.trunc(approximate(value));
}

function modLeaf(operand: Value): Leaf {
  if (!Array.isArray(operand))
    throw new CommandError("BadValue", "malformed mod, needs to be an array");
  if (operand.length < 2) throw new CommandError("BadValue", "malformed mod, not enough elements");
  if (operand.length > 2) throw new CommandError("BadValue", "malformed mod, too many elements");
  const divisor = integerOf(operand[0], "divisor");
  const remainder = integerOf(operand[1], "remainder");
  if (divisor === 0) throw new CommandError("BadValue", "divisor cannot be 0");
  return (value) =>
    isNumeric(value) &&
    Number.isFinite(approximate(value)) &&
    Number(toBigInt(value) % BigInt(divisor)) === remainder;
}

export function sizeLeaf(operand: Value): Leaf {
  const size = isNumeric(operand) ? approximate(operand) : NaN;
  if (!Number.isInteger(size)) {
    throw new CommandError(
      "FailedToParse",
      `Failed to parse $size. Expected a number in: $size: ${show(operand)}`,
    );
  }
  if (size < 0) {
    throw new CommandError("BadValue", `Failed to parse $size. Expected a non-negative number`);
  }
  return (value) => Array.isArray(value) && value.length === size;
}

function bitMask(operand: Value, name: string): bigint {
  if (operand instanceof Bin) {
    return [...operand.bytes].reduce((mask, byte, i) => mask | (BigInt(byte) << BigInt(8 * i)), 0n);
  }
  if (Array.isArray(operand)) {
    return operand.reduce<bigint>((mask, item) => mask | (1n << bitPosition(item)), 0n);
  }
  if (!isNumeric(operand) || approximate(operand) < 0) {
    throw new CommandError("FailedToParse", `${name} takes an Array, a number, or a BinData`);
  }
  return toBigInt(operand);
}

function bitPosition(item: Value): bigint {
  const position = isNumeric(item) ? approximate(item) : -1;
  if (!Number.isInteger(position) || position < 0) {
    throw new CommandError("BadValue", "bit positions must be integers >= 0");
  }
  return BigInt(Math.min(position, 1024));
}

function bitsOf(value: Numeric): bigint | undefined {
  const double = approximate(value);
  if (!Number.isFinite(double) || (value instanceof Double && !Number.isInteger(double)))
    return undefined;
  return Number.isInteger(double) ? toBigInt(value) : undefined;
}

function bitsLeaf(name: string, operand: Value): Leaf {
  const mask = bitMask(operand, name);
  return (value) => {
    let bits: bigint | undefined;
    if (value instanceof Bin) bits = bitMask(value, name);
    else if (isNumeric(value)) bits = bitsOf(value);
    if (bits === undefined) return false;
    const common = bits & mask;
    if (name === "$bitsAllSet") return common === mask;
    if (name === "$bitsAnySet") return common !== 0n;
    return name === "$bitsAllClear" ? common === 0n : common !== mask;
  };
}

type MakeLeaf = (operand: Value, collation: Collation | undefined) => Leaf;

const LEAVES: Readonly<Record<string, MakeLeaf>> = {
  $eq: equalLeaf,
  $type: typeLeaf,
  $mod: modLeaf,
  ...Object.fromEntries(
    Object.keys(ORDER_TESTS).map((name): [string, MakeLeaf] => [
      name,
      (operand, collation) => orderLeaf(name, operand, collation),
    ]),
  ),
  ...Object.fromEntries(
    words("$bitsAllSet $bitsAllClear $bitsAnySet $bitsAnyClear").map((name): [string, MakeLeaf] => [
      name,
      (operand) => bitsLeaf(name, operand),
    ]),
  ),
};
const GEOGRAPHY = wordSet("$near $nearSphere $geoWithin $geoIntersects $within");

/** The test of a value by an operator that needs to know nothing else. */
export function operatorLeaf(name: string, operand: Value, collation: Collation | undefined): Leaf {
  const make = LEAVES[name];
  if (make) return make(operand, collation);
  if (GEOGRAPHY.has(name)) {
    throw new CommandError("NotImplemented", `${name} is not supported by this engine`);
  }
  throw new CommandError("BadValue", `unknown operator: ${name}`);
}
