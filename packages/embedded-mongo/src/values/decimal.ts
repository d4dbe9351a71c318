import { Decimal128 } from "bson";
import { Dec, Double, type Numeric } from "./value.js";

/** An exact finite number: coefficient × 10^exponent. */
export type Exact = { coefficient: bigint; exponent: number };
/** A number taken apart; special values keep only their kind. */
export type Parts =
  { kind: "finite"; exact: Exact; negativeZero: boolean } | { kind: "nan" | "inf" | "-inf" };

const EXPONENT_BIAS = 6176;
const COEFFICIENT_MASK = (1n << 113n) - 1n;
const MAX_DIGITS = 34;

function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** Takes a Decimal128 apart (IEEE 754-2008, binary integer decimal encoding). */
export function decimalParts(dec: Dec): Parts {
  const bytes = Buffer.from(dec.raw, "latin1");
  const high = bytes.readBigUInt64LE(8);
  const bits = (high << 64n) | bytes.readBigUInt64LE(0);
  const negative = high >> 63n === 1n;
  const top = Number((high >> 58n) & 31n);
  if (top === 31) return { kind: "nan" };
  if (top === 30) return { kind: negative ? "-inf" : "inf" };
  const large = top >> 3 === 3;
  const exponent = Number((high >> (large ? 47n : 49n)) & 0x3fffn) - EXPONENT_BIAS;
  const magnitude = large ? 0n : bits & COEFFICIENT_MASK;
  return {
    kind: "finite",
    exact: { coefficient: negative ? -magnitude : magnitude, exponent },
    negativeZero: negative && magnitude === 0n,
  };
}

/** The exact value of a double: every double is a finite decimal fraction. */
export function exactOfDouble(value: number): Exact {
  if (Number.isSafeInteger(value)) return { coefficient: BigInt(value), exponent: 0 };
  if (Number.isInteger(value)) return { coefficient: BigInt(value), exponent: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const power = (biased === 0 ? 1 : biased) - 1075;
  const signed = value < 0 ? -mantissa : mantissa;
  // m × 2^-k = m × 5^k × 10^-k
  return { coefficient: signed * 5n ** BigInt(-power), exponent: power };
}

export function partsOf(value: Numeric): Parts {
  if (value instanceof Dec) return decimalParts(value);
  if (typeof value === "bigint") return finite({ coefficient: value, exponent: 0 });
  const double = value instanceof Double ? value.value : value;
  if (Number.isNaN(double)) return { kind: "nan" };
  if (!Number.isFinite(double)) return { kind: double > 0 ? "inf" : "-inf" };
  return finite(exactOfDouble(double));
}

function finite(exact: Exact): Parts {
  return { kind: "finite", exact, negativeZero: false };
}

/** Brings two numbers to one exponent. */
export function aligned(a: Exact, b: Exact): { a: bigint; b: bigint; exponent: number } {
  const exponent = Math.min(a.exponent, b.exponent);
  return {
    a: a.coefficient * powerOfTen(a.exponent - exponent),
    b: b.coefficient * powerOfTen(b.exponent - exponent),
    exponent,
  };
}

function numberOfDigits(magnitude: bigint): number {
  return magnitude === 0n ? 1 : magnitude.toString().length;
}

/** Rounds to 34 digits, half to even. */
function rounded(exact: Exact): Exact {
  const negative = exact.coefficient < 0n;
  let magnitude = negative ? -exact.coefficient : exact.coefficient;
  const surplus = numberOfDigits(magnitude) - MAX_DIGITS;
  if (surplus <= 0) return exact;
  const divisor = powerOfTen(surplus);
  const rest = magnitude % divisor;
  magnitude /= divisor;
  const twice = rest * 2n;
  if (twice > divisor || (twice === divisor && magnitude % 2n === 1n)) magnitude += 1n;
  return rounded({
    coefficient: negative ? -magnitude : magnitude,
    exponent: exact.exponent + surplus,
  });
}

/** Written as Decimal128 (34 digits at most). */
export function toDecimal(parts: Parts): Dec {
  if (parts.kind === "nan") return decimalOf("NaN");
  if (parts.kind !== "finite") return decimalOf(parts.kind === "inf" ? "Infinity" : "-Infinity");
  const { coefficient, exponent } = rounded(parts.exact);
  const sign = parts.negativeZero ? "-" : "";
  return decimalOf(`${sign}${coefficient.toString()}E${exponent}`);
}

/** Parses a decimal number's text; throws when it is none. */
export function decimalOf(text: string): Dec {
  return new Dec(Buffer.from(Decimal128.fromString(text).bytes).toString("latin1"));
}

export function decimalText(dec: Dec): string {
  return new Decimal128(Buffer.from(dec.raw, "latin1")).toString();
}

/** The nearest double. */
export function approximate(value: Numeric): number {
  if (typeof value === "number") return value;
  if (value instanceof Double) return value.value;
  if (typeof value === "bigint") return Number(value);
  return Number(decimalText(value));
}
