import { CommandError } from "../command-error.js";
import { approximate, decimalOf } from "../values/decimal.js";
import { fitsInt64, isDoubleValue, toBigInt } from "../values/number.js";
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

const isMissing = (value: Value) => value === null || value === undefined;

/** A result as a double, or as a decimal where one of the operands is one. */
function asIn(operands: readonly Value[], result: number): Value {
  if (!operands.some((operand) => operand instanceof Dec)) return toDouble(result);
  return decimalOf(String(result));
}

type Domain = { fits: (value: number) => boolean; code: number; why: string };

function unary(
  name: string,
  compute: (value: number) => number,
  domain?: Domain,
): [string, ValueOperator] {
  const apply: ValueOperator["apply"] = ([operand]) => {
    if (isMissing(operand)) return null;
    if (!isNumeric(operand)) {
      throw new CommandError(
        28765,
        `${name} only supports numeric types, not ${typeName(operand)}`,
      );
    }
    const value = approximate(operand);
    if (domain && !Number.isNaN(value) && !domain.fits(value)) {
      throw new CommandError(domain.code, `${name}${domain.why}, but is ${value}`);
    }
    return asIn([operand], compute(value));
  };
  return [name, { least: 1, most: 1, apply }];
}

const within = (least: number, most: number): Domain => ({
  fits: (value) => value >= least && value <= most,
  code: 50989,
  why: `'s argument must be in [${least},${most}]`,
});
const FINITE: Domain = { fits: Number.isFinite, code: 50989, why: "'s argument must be finite" };
const POSITIVE = (code: number): Domain => ({
  fits: (value) => value > 0,
  code,
  why: "'s argument must be a positive number",
});

function both(name: string, args: readonly Value[], code: number): [Numeric, Numeric] | null {
  const [a, b] = args;
  if (isMissing(a) || isMissing(b)) return null;
  if (isNumeric(a) && isNumeric(b)) return [a, b];
  const [wrong, at] = isNumeric(a) ? [b, 1] : [a, 0];
  throw new CommandError(code + at, `${name}'s arguments must be numeric, not ${typeName(wrong)}`);
}

function log(args: readonly Value[]): Value {
  const numbers = both("$log", args, 28756);
  if (!numbers) return null;
  const [value, base] = [approximate(numbers[0]), approximate(numbers[1])];
  if (value <= 0) {
    throw new CommandError(28758, `$log's argument must be a positive number, but is ${value}`);
  }
  if (base <= 0 || base === 1) {
    throw new CommandError(
      28759,
      `$log's base must be a positive number not equal to 1, but is ${base}`,
    );
  }
  return asIn(numbers, base === 2 ? Math.log2(value) : Math.log(value) / Math.log(base));
}

function pow(args: readonly Value[]): Value {
  const numbers = both("$pow", args, 28762);
  if (!numbers) return null;
  const [base, exponent] = numbers;
  if (approximate(base) === 0 && approximate(exponent) < 0) {
    throw new CommandError(28764, "$pow cannot take a base of 0 and a negative exponent");
  }
  const double = approximate(base) ** approximate(exponent);
  const whole = numbers.every((number) => !(number instanceof Dec) && !isDoubleValue(number));
  if (!whole || approximate(exponent) < 0 || Math.abs(double) > 2 ** 64)
    return asIn(numbers, double);
  const exact = toBigInt(base) ** toBigInt(exponent);
  if (!fitsInt64(exact)) return toDouble(double);
  const small = numbers.every((number) => typeof number === "number") && isInt32(Number(exact));
  return small ? Number(exact) : exact;
}

function bits(
  name: string,
  start: bigint,
  combine: (a: bigint, b: bigint) => bigint,
): [string, ValueOperator] {
  const apply: ValueOperator["apply"] = (args) => {
    if (args.some(isMissing)) return null;
    let result = start;
    for (const arg of args) result = combine(result, integer(name, arg));
    return args.some((arg) => typeof arg === "bigint") ? result : Number(result);
  };
  return [name, { least: 0, most: Infinity, apply }];
}

function integer(name: string, value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && !isDoubleValue(value)) return BigInt(value);
  throw new CommandError(
    "TypeMismatch",
    `${name} only supports int and long operands, not ${typeName(value)}`,
  );
}

function bitNot([value]: readonly Value[]): Value {
  if (isMissing(value)) return null;
  const inverted = ~integer("$bitNot", value);
  return typeof value === "bigint" ? inverted : Number(inverted);
}

/** Powers, logarithms, angles and bits. */
export const MATH: readonly [string, ValueOperator][] = [
  unary("$exp", Math.exp),
  unary("$ln", Math.log, POSITIVE(28766)),
  unary("$log10", Math.log10, POSITIVE(28761)),
  unary("$sqrt", Math.sqrt, {
    fits: (value) => value >= 0,
    code: 28714,
    why: "'s argument must be greater than or equal to 0",
  }),
  ["$log", { least: 2, most: 2, apply: log }],
  ["$pow", { least: 2, most: 2, apply: pow }],
  unary("$sin", Math.sin, FINITE),
  unary("$cos", Math.cos, FINITE),
  unary("$tan", Math.tan, FINITE),
  unary("$asin", Math.asin, within(-1, 1)),
  unary("$acos", Math.acos, within(-1, 1)),
  unary("$atan", Math.atan),
  unary("$sinh", Math.sinh),
  unary("$cosh", Math.cosh),
  unary("$tanh", Math.tanh),
  unary("$asinh", Math.asinh),
  unary("$acosh", Math.acosh, within(1, Infinity)),
  unary("$atanh", Math.atanh, within(-1, 1)),
  unary("$degreesToRadians", (value) => (value * Math.PI) / 180),
  unary("$radiansToDegrees", (value) => (value * 180) / Math.PI),
  [
    "$atan2",
    {
      least: 2,
      most: 2,
      apply: (args) => {
        const numbers = both("$atan2", args, 51044);
        if (!numbers) return null;
        return asIn(numbers, Math.atan2(approximate(numbers[0]), approximate(numbers[1])));
      },
    },
  ],
  bits("$bitAnd", -1n, (a, b) => a & b),
  bits("$bitOr", 0n, (a, b) => a | b),
  bits("$bitXor", 0n, (a, b) => a ^ b),
  ["$bitNot", { least: 1, most: 1, apply: bitNot }],
  ["$rand", { least: 0, most: 1, apply: () => toDouble(Math.random()) }],
];
