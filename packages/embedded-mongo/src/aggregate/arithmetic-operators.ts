import { CommandError } from "../command-error.js";
import { approximate, decimalParts, toDecimal } from "../values/decimal.js";
import { calculate, isDoubleValue, toBigInt, type Arithmetic } from "../values/number.js";
import {
  Dec,
  isInt32,
  isNumeric,
  toDouble,
  typeName,
  type Numeric,
  type Value,
} from "../values/value.js";
import type { ValueOperator } from "./expression-types.js";

function isMissing(value: Value): value is null | undefined {
  return value === null || value === undefined;
}

/** Calculates on numbers; an int64 that overflows becomes a double, as $add and $multiply do. */
export function calculateOrWiden(operation: Arithmetic, a: Numeric, b: Numeric): Numeric {
  const result = calculate(operation, a, b);
  if (isNumeric(result)) return result;
  const [x, y] = [toDouble(approximate(a)), toDouble(approximate(b))];
  return isNumeric(x) && isNumeric(y) ? calculateOrWiden(operation, x, y) : NaN;
}

function add(args: readonly Value[]): Value {
  let sum: Numeric = 0;
  let date = false;
  for (const arg of args) {
    if (isMissing(arg)) return null;
    if (arg instanceof Date) {
      if (date) throw new CommandError(16612, "only one date allowed in an $add expression");
      date = true;
      sum = calculateOrWiden("add", sum, BigInt(arg.getTime()));
    } else if (isNumeric(arg)) {
      sum = calculateOrWiden("add", sum, arg);
    } else {
      throw new CommandError(
        "TypeMismatch",
        `$add only supports numeric or date types, not ${typeName(arg)}`,
      );
    }
  }
  return date ? new Date(Number(toBigInt(sum))) : sum;
}

function multiply(args: readonly Value[]): Value {
  let product: Numeric = 1;
  for (const arg of args) {
    if (isMissing(arg)) return null;
    if (!isNumeric(arg)) {
      throw new CommandError(
        "TypeMismatch",
        `$multiply only supports numeric types, not ${typeName(arg)}`,
      );
    }
    product = calculateOrWiden("multiply", product, arg);
  }
  return product;
}

function subtract([a, b]: readonly Value[]): Value {
  if (isMissing(a) || isMissing(b)) return null;
  if (a instanceof Date && b instanceof Date) return BigInt(a.getTime() - b.getTime());
  if (a instanceof Date && isNumeric(b)) return new Date(a.getTime() - approximate(b));
  if (!isNumeric(a) || !isNumeric(b)) {
    throw new CommandError("TypeMismatch", `can't $subtract ${typeName(b)} from ${typeName(a)}`);
  }
  return calculateOrWiden("subtract", a, b);
}

function bothNumbers(operator: string, args: readonly Value[]): [Numeric, Numeric] | null {
  const [a, b] = args;
  if (isMissing(a) || isMissing(b)) return null;
  if (isNumeric(a) && isNumeric(b)) return [a, b];
  throw new CommandError(
    "TypeMismatch",
    `${operator} only supports numeric types, not ${typeName(a)} and ${typeName(b)}`,
  );
}

function divide(args: readonly Value[]): Value {
  const both = bothNumbers("$divide", args);
  if (!both) return null;
  const [a, b] = both;
  if (approximate(b) === 0) throw new CommandError("BadValue", "can't $divide by zero");
  if (!(a instanceof Dec) && !(b instanceof Dec)) return toDouble(approximate(a) / approximate(b));
  return divideExactly(a, b);
}

function divideExactly(a: Numeric, b: Numeric): Value {
  const scaled = calculate("multiply", a, toDecimal(finite(1n, 0)));
  const divisor = calculate("multiply", b, toDecimal(finite(1n, 0)));
  const [x, y] = [decimalParts(scaled as Dec), decimalParts(divisor as Dec)];
  if (x.kind !== "finite" || y.kind !== "finite") return toDouble(approximate(a) / approximate(b));
  const quotient = (x.exact.coefficient * 10n ** 40n) / y.exact.coefficient;
  let [digits, exponent] = [quotient, x.exact.exponent - y.exact.exponent - 40];
  while (digits !== 0n && digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return toDecimal(finite(digits, exponent));
}

function finite(coefficient: bigint, exponent: number) {
  return {
    kind: "finite" as const,
    exact: { coefficient, exponent },
    negativeZero: false,
  };
}

function mod(args: readonly Value[]): Value {
  const both = bothNumbers("$mod", args);
  if (!both) return null;
  const [a, b] = both;
  if (approximate(b) === 0) throw new CommandError(16610, "can't $mod by zero");
  if (isDoubleValue(a) || isDoubleValue(b) || a instanceof Dec || b instanceof Dec) {
    return toDouble(approximate(a) % approximate(b));
  }
  const rest = toBigInt(a) % toBigInt(b);
  return typeof a === "bigint" || typeof b === "bigint" ? rest : Number(rest);
}

type Rounding = (value: number) => number;

function rounding(name: string, round: Rounding): ValueOperator["apply"] {
  return ([value]) => {
    if (isMissing(value)) return null;
    if (!isNumeric(value)) {
      throw new CommandError(28765, `${name} only supports numeric types, not ${typeName(value)}`);
    }
    if (isDoubleValue(value)) return toDouble(round(approximate(value)));
    if (value instanceof Dec) return toDecimal(finite(BigInt(round(approximate(value))), 0));
    if (name !== "$abs") return value;
    const magnitude = toBigInt(value) < 0n ? -toBigInt(value) : toBigInt(value);
    return typeof value === "number" && isInt32(Number(magnitude)) ? Number(magnitude) : magnitude;
  };
}

function atPlace(name: string, toWhole: Rounding): ValueOperator["apply"] {
  return ([value, place = 0]) => {
    if (isMissing(value) || isMissing(place)) return null;
    if (!isNumeric(value) || !isNumeric(place)) {
      throw new CommandError(51081, `${name} only supports numeric types, not ${typeName(value)}`);
    }
    const digits = approximate(place);
    const double = approximate(value);
    if (!Number.isFinite(double)) return value;
    const shifted = Number(`${toWhole(Number(`${double}e${digits}`))}e${-digits}`);
    if (value instanceof Dec) {
      const whole = BigInt(toWhole(Number(`${double}e${digits}`)));
      return toDecimal(finite(whole, -digits));
    }
    if (isDoubleValue(value)) return toDouble(shifted);
    return typeof value === "bigint" ? BigInt(shifted) : shifted;
  };
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The operators on numbers. */
export const ARITHMETIC: readonly [string, ValueOperator][] = [
  ["$add", { least: 0, most: Infinity, apply: add }],
  ["$multiply", { least: 0, most: Infinity, apply: multiply }],
  ["$subtract", { least: 2, most: 2, apply: subtract }],
  ["$divide", { least: 2, most: 2, apply: divide }],
  ["$mod", { least: 2, most: 2, apply: mod }],
  ["$abs", { least: 1, most: 1, apply: rounding("$abs", Math.abs) }],
  ["$ceil", { least: 1, most: 1, apply: rounding("$ceil", Math.ceil) }],
  ["$floor", { least: 1, most: 1, apply: rounding("$floor", Math.floor) }],
  ["$round", { least: 1, most: 2, apply: atPlace("$round", halfToEven) }],
  ["$trunc", { least: 1, most: 2, apply: atPlace("$trunc", Math.trunc) }],
  ["$rand", { least: 0, most: 1, apply: () => toDouble(Math.random()) }],
];
