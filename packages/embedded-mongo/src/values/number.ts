import { aligned, approximate, partsOf, toDecimal, type Parts } from "./decimal.js";
import { Dec, Double, isInt32, isNumeric, toDouble, type Numeric, type Value } from "./value.js";

/** -1, 0 or 1; NaN is below every other number and equal to itself. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === "number" && typeof b === "number") return compareDoubles(a, b);
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  if (!(a instanceof Dec) && !(b instanceof Dec)) return compareBinary(plain(a), plain(b));
  return compareParts(partsOf(a), partsOf(b));
}

function plain(value: number | bigint | Double): number | bigint {
  return value instanceof Double ? value.value : value;
}

// JavaScript compares a bigint with a double exactly; only NaN needs care.
function compareBinary(a: number | bigint, b: number | bigint): number {
  if (typeof a === "number" && typeof b === "number") return compareDoubles(a, b);
  if (Number.isNaN(a)) return -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : 1;
}

const KIND_RANK = { nan: 0, "-inf": 1, finite: 2, inf: 3 } as const;

function compareParts(a: Parts, b: Parts): number {
  if (a.kind !== "finite" || b.kind !== "finite") {
    return Math.sign(KIND_RANK[a.kind] - KIND_RANK[b.kind]);
  }
  const both = aligned(a.exact, b.exact);
  return both.a < both.b ? -1 : both.a > both.b ? 1 : 0;
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

export function fitsInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

export type Arithmetic = "add" | "subtract" | "multiply";

/**
 * Adds, subtracts or multiplies as MongoDB does: decimal wins over double, double over the
 * integers; int32 grows to int64. Undefined when an int64 overflows.
 */
export function calculate(operation: Arithmetic, a: Numeric, b: Numeric): Value {
  if (a instanceof Dec || b instanceof Dec) return calculateDecimal(operation, a, b);
  if (isDoubleValue(a) || isDoubleValue(b)) {
    return toDouble(onDoubles(operation, approximate(a), approximate(b)));
  }
  const result = onIntegers(operation, toBigInt(a), toBigInt(b));
  if (!fitsInt64(result)) return undefined;
  const wide = typeof a === "bigint" || typeof b === "bigint";
  return !wide && isInt32(Number(result)) ? Number(result) : result;
}

export function isDoubleValue(value: Numeric): boolean {
  return value instanceof Double || (typeof value === "number" && !isInt32(value));
}

/** The integer part as bigint; the value must be finite. */
export function toBigInt(value: Numeric): bigint {
  if (typeof value === "bigint") return value;
  if (value instanceof Dec) {
    const parts = partsOf(value);
    if (parts.kind !== "finite") return 0n;
    const { coefficient, exponent } = parts.exact;
    return exponent >= 0
      ? coefficient * 10n ** BigInt(exponent)
      : coefficient / 10n ** BigInt(-exponent);
  }
  return BigInt(Math.trunc(approximate(value)));
}

function onDoubles(operation: Arithmetic, a: number, b: number): number {
  if (operation === "multiply") return a * b;
  return operation === "add" ? a + b : a - b;
}

function onIntegers(operation: Arithmetic, a: bigint, b: bigint): bigint {
  if (operation === "multiply") return a * b;
  return operation === "add" ? a + b : a - b;
}

// A double meets a decimal with the 15 digits MongoDB converts it with.
function decimalOperand(value: Numeric): Parts {
  if (isDoubleValue(value) && Number.isFinite(approximate(value))) {
    const [digits = "0", exponent = "0"] = approximate(value).toExponential(14).split("e");
    const coefficient = BigInt(digits.replace(".", ""));
    return {
      kind: "finite",
      exact: trimmed(coefficient, Number(exponent) - 14),
      negativeZero: false,
    };
  }
  return partsOf(value);
}

function trimmed(coefficient: bigint, exponent: number) {
  let [digits, power] = [coefficient, exponent];
  while (digits !== 0n && power < 0 && digits % 10n === 0n) {
    digits /= 10n;
    power += 1;
  }
  return { coefficient: digits, exponent: power };
}

function calculateDecimal(operation: Arithmetic, a: Numeric, b: Numeric): Dec {
  const [left, right] = [decimalOperand(a), decimalOperand(b)];
  if (left.kind !== "finite" || right.kind !== "finite") {
    const result = onDoubles(operation, approximate(a), approximate(b));
    return toDecimal(partsOf(result));
  }
  if (operation === "multiply") {
    const coefficient = left.exact.coefficient * right.exact.coefficient;
    const exponent = left.exact.exponent + right.exact.exponent;
    return toDecimal({ kind: "finite", exact: { coefficient, exponent }, negativeZero: false });
  }
  const both = aligned(left.exact, right.exact);
  const coefficient = operation === "add" ? both.a + both.b : both.a - both.b;
  return toDecimal({
    kind: "finite",
    exact: { coefficient, exponent: both.exponent },
    negativeZero: false,
  });
}

/** Whether MongoDB takes a value for true: anything but null, false, 0 and nothing. */
export function isTrue(value: Value): boolean {
  if (isNumeric(value)) return approximate(value) !== 0;
  return value !== undefined && value !== null && value !== false;
}
