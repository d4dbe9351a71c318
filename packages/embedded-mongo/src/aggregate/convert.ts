import { CommandError } from "../command-error.js";
import { dateIn } from "./date-operators.js";
import { typeCodes } from "../query/match-operators.js";
import { isTrue } from "../values/number.js";
import { approximate, decimalOf, decimalText, partsOf, toDecimal } from "../values/decimal.js";
import { show } from "../values/show.js";
import { fitsInt64, toBigInt } from "../values/number.js";
import {
  Bin,
  Dec,
  Double,
  isInt32,
  isNumeric,
  Oid,
  Stamp,
  toDouble,
  typeName,
  type Numeric,
  type Value,
} from "../values/value.js";

function failure(reason: string): CommandError {
  return new CommandError("ConversionFailure", `${reason} in $convert with no onError value`);
}

function unsupported(value: Value, to: string): CommandError {
  return failure(`Unsupported conversion from ${typeName(value)} to ${to}`);
}

/** A value as text, where MongoDB has one for it. */
export function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return doubleText(value);
  if (value instanceof Double) return doubleText(value.value);
  if (value instanceof Dec) return decimalText(value);
  if (value instanceof Oid) return value.toHex();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Bin && value.subtype === 4) {
    return value.bytes
      .toString("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  throw unsupported(value, "string");
}

function doubleText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

function numberOf(value: Value, to: string): Numeric {
  if (isNumeric(value)) return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date && to !== "int") return BigInt(value.getTime());
  if (typeof value !== "string") throw unsupported(value, to);
  try {
    if (to === "decimal") return decimalOf(value);
  } catch {
    throw failure(`Failed to parse number '${value}'`);
  }
  const pattern = to === "double" ? /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i : /^[+-]?\d+$/;
  if (!pattern.test(value)) {
    throw failure(
      `Failed to parse number '${value}' in $convert with no onError value: Did not consume whole string.`,
    );
  }
  return to === "double" ? (toDouble(Number(value)) as Numeric) : BigInt(value);
}

function toInteger(value: Value, to: "int" | "long"): Value {
  const number = numberOf(value, to);
  if (!Number.isFinite(approximate(number))) {
    throw failure(`Attempt to convert ${textOf(number)} value to integer type`);
  }
  const whole = toBigInt(number);
  const fits = to === "long" ? fitsInt64(whole) : isInt32(Number(whole));
  if (!fits) throw failure(`Conversion would overflow target type`);
  return to === "long" ? whole : Number(whole);
}

function toDate(value: Value): Date {
  if (value instanceof Date || value instanceof Oid || value instanceof Stamp) return dateIn(value);
  if (typeof value === "bigint" || value instanceof Double || value instanceof Dec) {
    return new Date(Number(toBigInt(value)));
  }
  if (typeof value === "number" && !isInt32(value)) return new Date(Math.trunc(value));
  if (typeof value === "string") return dateOfText(value);
  throw unsupported(value, "date");
}

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

function dateOfText(text: string): Date {
  const [, time, , , zone] = ISO.exec(text) ?? [];
  const date = new Date(ISO.test(text) ? text + (time && !zone ? "Z" : "") : NaN);
  if (Number.isNaN(date.getTime())) throw failure(`Error parsing date string '${text}'`);
  return date;
}

function toOid(value: Value): Oid {
  if (value instanceof Oid) return value;
  if (typeof value !== "string") throw unsupported(value, "objectId");
  if (!/^[0-9a-f]{24}$/i.test(value)) {
    throw failure(
      `Failed to parse objectId '${value}' in $convert with no onError value: Invalid string length for parsing to OID, expected 24 but found ${value.length}`,
    );
  }
  return new Oid(Buffer.from(value, "hex").toString("latin1"));
}

/** Converts to the type that a name or number stands for; throws ConversionFailure. */
export function convertTo(value: Value, type: Value): Value {
  const [code] = typeCodes(type);
  switch (code) {
    case 1: {
      return toDouble(approximate(numberOf(value, "double")));
    }
    case 2:
      return textOf(value);
    case 7:
      return toOid(value);
    case 8:
      return isTrue(value);
    case 9:
      return toDate(value);
    case 16:
      return toInteger(value, "int");
    case 18:
      return toInteger(value, "long");
    case 19: {
      const number = numberOf(value, "decimal");
      return number instanceof Dec ? number : toDecimal(partsOf(number));
    }
    default:
      throw unsupported(value, typeof type === "string" ? type : show(type));
  }
}
