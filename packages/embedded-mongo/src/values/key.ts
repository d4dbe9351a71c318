import type { Collation } from "./collation.js";
import { aligned, approximate, exactOfDouble, partsOf, type Exact } from "./decimal.js";
import {
  Bin,
  Code,
  Dec,
  Double,
  Edge,
  isDoc,
  Oid,
  Opaque,
  Regex,
  Stamp,
  type Doc,
  type Numeric,
  type Value,
} from "./value.js";

/**
 * Keys are latin1 strings (one char is one byte) whose plain string order is BSON's order of the
 * values. The first char is the type's place in that order; every key is self-delimiting, so
 * that keys may be put one behind the other.
 */
export const RANK = {
  minKey: "\x02",
  undefined: "\x04",
  null: "\x05",
  number: "\x0a",
  string: "\x0f",
  object: "\x14",
  array: "\x19",
  binary: "\x1e",
  objectId: "\x23",
  boolean: "\x28",
  date: "\x2d",
  timestamp: "\x2f",
  regex: "\x32",
  pointer: "\x37",
  code: "\x3c",
  scopedCode: "\x41",
  maxKey: "\x7f",
} as const;

const END = "\x00";
const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

function bytesOfDouble(value: number): string {
  // -0 equals 0.
  double[0] = value === 0 ? 0 : value;
  const b = doubleBytes as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (b[7] & 0x80) {
    return String.fromCharCode(
      b[7] ^ 255,
      b[6] ^ 255,
      b[5] ^ 255,
      b[4] ^ 255,
      b[3] ^ 255,
      b[2] ^ 255,
      b[1] ^ 255,
      b[0] ^ 255,
    );
  }
  return String.fromCharCode(b[7] | 0x80, b[6], b[5], b[4], b[3], b[2], b[1], b[0]);
}

const NAN_BYTES = "\0\0\0\0\0\0\0\0";

function keyOfNumber(value: Numeric): string {
  if (typeof value === "number") return keyOfDouble(value);
  if (value instanceof Double) return keyOfDouble(value.value);
  if (typeof value === "bigint" && BigInt(Number(value)) === value)
    return keyOfDouble(Number(value));
  const parts = partsOf(value);
  if (parts.kind !== "finite") {
    return keyOfDouble(parts.kind === "nan" ? NaN : parts.kind === "inf" ? Infinity : -Infinity);
  }
  return keyOfExact(parts.exact, approximate(value));
}

function keyOfDouble(value: number): string {
  const bytes = Number.isNaN(value) ? NAN_BYTES : bytesOfDouble(value);
  return `${RANK.number}${bytes}${END}`;
}

// The greatest double not above the number, then what is missing, as decimal digits.
function keyOfExact(exact: Exact, nearest: number): string {
  let floor = Number.isFinite(nearest) ? nearest : Math.sign(nearest) * Number.MAX_VALUE;
  if (nearest === -Infinity) return `${RANK.number}${bytesOfDouble(-Infinity)}\x01${rest(exact)}`;
  let both = aligned(exact, exactOfDouble(floor));
  if (both.b > both.a) {
    floor = nextBelow(floor);
    if (floor === -Infinity) return `${RANK.number}${bytesOfDouble(floor)}\x01${rest(exact)}`;
    both = aligned(exact, exactOfDouble(floor));
  }
  const delta = both.a - both.b;
  if (delta === 0n) return keyOfDouble(floor);
  const tail = rest({ coefficient: delta, exponent: both.exponent });
  return `${RANK.number}${bytesOfDouble(floor)}\x01${tail}`;
}

// Sign, decimal magnitude, digits without trailing zeros.
function rest({ coefficient, exponent }: Exact): string {
  const negative = coefficient < 0n;
  const digits = (negative ? -coefficient : coefficient).toString();
  const magnitude = digits.length + exponent + 0x4000;
  const body = `${String.fromCharCode(magnitude >> 8, magnitude & 255)}${digits.replace(/0+$/, "")}`;
  return negative ? `\x01${inverted(`${body}${END}`)}` : `\x02${body}${END}`;
}

function nextBelow(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  if (value === 0) return -Number.MIN_VALUE;
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return view.getFloat64(0);
}

/** The same key in descending order. */
export function inverted(key: string): string {
  let result = "";
  for (let i = 0; i < key.length; i += 1) result += String.fromCharCode(key.charCodeAt(i) ^ 255);
  return result;
}

// eslint-disable-next-line no-control-regex -- the range of ASCII without NUL
const PLAIN_ASCII = /^[\x01-\x7f]*$/;

/** Text as its UTF-8 bytes; NUL is escaped so that END closes it. */
function keyOfText(text: string): string {
  if (PLAIN_ASCII.test(text)) return text + END;
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  return bytes.replaceAll("\0", "\0\xff") + END;
}

function bigEndian(value: bigint): string {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
  return bytes.toString("latin1");
}

function keyOfDate(time: number): string {
  const biased = Number.isNaN(time) ? 0n : BigInt(time) + 2n ** 63n;
  return RANK.date + bigEndian(biased);
}

function keyOfBinary(bin: Bin): string {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(bin.bytes.length);
  return (
    RANK.binary +
    length.toString("latin1") +
    String.fromCharCode(bin.subtype) +
    bin.bytes.toString("latin1")
  );
}

function keyOfDoc(doc: Doc, collation?: Collation): string {
  let key: string = RANK.object;
  for (const [name, value] of doc) {
    const item = keyOf(value, collation);
    key += item.charAt(0) + keyOfText(name) + item;
  }
  return key + END;
}

function keyOfObject(value: object, collation: Collation | undefined): string {
  if (isDoc(value as Value)) return keyOfDoc(value as Doc, collation);
  if (Array.isArray(value)) {
    let key: string = RANK.array;
    for (const item of value as Value[]) key += keyOf(item, collation);
    return key + END;
  }
  if (value instanceof Oid) return RANK.objectId + value.raw;
  if (value instanceof Date) return keyOfDate(value.getTime());
  if (value instanceof Double || value instanceof Dec) return keyOfNumber(value);
  if (value instanceof Bin) return keyOfBinary(value);
  if (value instanceof Stamp) return RANK.timestamp + bigEndian(value.value);
  return keyOfRare(value);
}

function keyOfRare(value: object): string {
  if (value instanceof Regex) return RANK.regex + keyOfText(value.pattern) + keyOfText(value.flags);
  if (value instanceof Edge) return value.side === 1 ? RANK.maxKey : RANK.minKey;
  if (value instanceof Code) {
    if (value.scope === undefined) return RANK.code + keyOfText(value.code);
    return RANK.scopedCode + keyOfText(value.code) + keyOfDoc(value.scope);
  }
  if (value instanceof Opaque) {
    if (value.type === 6) return RANK.undefined;
    const rank = value.type === 14 ? RANK.string : RANK.pointer;
    return rank + keyOfText(value.raw);
  }
  return RANK.null;
}

/** The order-preserving key of a value; a missing value has null's. */
export function keyOf(value: Value, collation?: Collation): string {
  switch (typeof value) {
    case "number":
      return keyOfDouble(value);
    case "string":
      return RANK.string + (collation ? keyOfText(collation.fold(value)) : keyOfText(value));
    case "boolean":
      return RANK.boolean + (value ? "\x01" : "\x00");
    case "bigint":
      return keyOfNumber(value);
    case "object":
      return value === null ? RANK.null : keyOfObject(value, collation);
    default:
      return RANK.null;
  }
}
