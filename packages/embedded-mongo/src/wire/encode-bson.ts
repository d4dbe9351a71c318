import { CommandError } from "../command-error.js";
import {
  Bin,
  Code,
  Dec,
  Double,
  Edge,
  isInt32,
  Oid,
  Opaque,
  Regex,
  Stamp,
  type Doc,
  type Value,
} from "../values/value.js";

/** A document already encoded: the bytes from `start` to `end`. */
export class RawDoc {
  readonly buf: Buffer;
  readonly start: number;
  readonly end: number;
  constructor(buf: Buffer, start: number, end: number) {
    this.buf = buf;
    this.start = start;
    this.end = end;
  }
}

/** What an answer may hold besides values: encoded documents and object literals. */
export type Encodable =
  | Value
  | RawDoc
  | readonly Encodable[]
  | { readonly [name: string]: Encodable }
  | Map<string, Encodable>;

const MOST_BYTES = 128 * 1024 * 1024;
const START_BYTES = 64 * 1024;
const KEPT_BYTES = 1024 * 1024;
let buf = Buffer.allocUnsafe(START_BYTES);
let at = 0;

function reserve(count: number): number {
  if (at + count > buf.length) {
    const size = Math.max(buf.length * 2, at + count);
    if (size > MOST_BYTES) throw new CommandError("BSONObjectTooLarge", "BSONObj is too large");
    const larger = Buffer.allocUnsafe(size);
    buf.copy(larger, 0, 0, at);
    buf = larger;
  }
  const start = at;
  at += count;
  return start;
}

// `reserve` may put a larger buffer in the place of `buf`: it is always called before `buf` is
// looked at, never within an expression that has looked already.
function putByte(value: number): void {
  const start = reserve(1);
  buf[start] = value;
}

function putInt32(value: number): void {
  const start = reserve(4);
  buf.writeInt32LE(value, start);
}

function putInt64(value: bigint): void {
  const start = reserve(8);
  buf.writeBigInt64LE(value, start);
}

function putDouble(value: number): void {
  const start = reserve(8);
  buf.writeDoubleLE(value, start);
}

function putText(text: string): void {
  const { length } = text;
  const start = reserve(length * 3 + 1);
  if (length < 24) {
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        at = start + buf.write(text, start, "utf8");
        buf[at] = 0;
        at += 1;
        return;
      }
      buf[start + i] = unit;
    }
    at = start + length;
  } else {
    at = start + buf.write(text, start, "utf8");
  }
  buf[at] = 0;
  at += 1;
}

function putCstring(text: string): void {
  if (text.includes("\0")) throw new CommandError("BadValue", "a field name contains a NUL byte");
  putText(text);
}

function putString(text: string): void {
  const length = reserve(4);
  putText(text);
  buf.writeInt32LE(at - length - 4, length);
}

function putRaw(raw: string): void {
  const start = reserve(raw.length);
  buf.write(raw, start, "latin1");
}

function putHead(type: number, name: string): void {
  putByte(type);
  putCstring(name);
}

function putNumber(name: string, value: number): void {
  if (isInt32(value)) {
    putHead(16, name);
    putInt32(value);
  } else {
    putHead(1, name);
    putDouble(value);
  }
}

function putObject(name: string, value: object): void {
  if (value instanceof RawDoc) {
    putHead(3, name);
    const start = reserve(value.end - value.start);
    value.buf.copy(buf, start, value.start, value.end);
  } else if (value instanceof Oid) {
    putHead(7, name);
    putRaw(value.raw);
  } else if (value instanceof Date) {
    putHead(9, name);
    const time = value.getTime();
    putInt64(Number.isNaN(time) ? 0n : BigInt(time));
  } else if (Array.isArray(value)) {
    putHead(4, name);
    putArray(value as Encodable[]);
  } else if (value instanceof Map) {
    putHead(3, name);
    putFields(value as Doc);
  } else if (value instanceof Double) {
    putHead(1, name);
    putDouble(value.value);
  } else if (!putRare(name, value)) {
    putHead(3, name);
    putFields(Object.entries(value) as [string, Encodable][]);
  }
}

function putRare(name: string, value: object): boolean {
  if (value instanceof Bin) {
    putHead(5, name);
    putInt32(value.bytes.length);
    putByte(value.subtype);
    const start = reserve(value.bytes.length);
    value.bytes.copy(buf, start);
  } else if (value instanceof Regex) {
    putHead(11, name);
    putCstring(value.pattern);
    putCstring(value.flags);
  } else if (value instanceof Stamp) {
    putHead(17, name);
    putInt64(BigInt.asIntN(64, value.value));
  } else if (value instanceof Dec) {
    putHead(19, name);
    putRaw(value.raw);
  } else if (value instanceof Edge) {
    putHead(value.side === 1 ? 127 : 255, name);
  } else if (value instanceof Opaque) {
    putHead(value.type, name);
    putRaw(value.raw);
  } else if (value instanceof Code) {
    putCode(name, value);
  } else return false;
  return true;
}

function putCode(name: string, value: Code): void {
  putHead(value.scope === undefined ? 13 : 15, name);
  if (value.scope === undefined) {
    putString(value.code);
    return;
  }
  const start = reserve(4);
  putString(value.code);
  putFields(value.scope);
  buf.writeInt32LE(at - start, start);
}

function putElement(name: string, value: Encodable): void {
  switch (typeof value) {
    case "number":
      putNumber(name, value);
      break;
    case "string":
      putHead(2, name);
      putString(value);
      break;
    case "boolean":
      putHead(8, name);
      putByte(value ? 1 : 0);
      break;
    case "bigint":
      putHead(18, name);
      putInt64(value);
      break;
    case "object":
      if (value === null) putHead(10, name);
      else putObject(name, value);
      break;
    default:
  }
}

function putFields(fields: Iterable<[string, Encodable]>): void {
  const start = reserve(4);
  for (const [name, value] of fields) putElement(name, value);
  putByte(0);
  buf.writeInt32LE(at - start, start);
}

function putArray(items: readonly Encodable[]): void {
  const start = reserve(4);
  for (let i = 0; i < items.length; i += 1) putElement(String(i), items[i] ?? null);
  putByte(0);
  buf.writeInt32LE(at - start, start);
}

/** Encodes a document, after `headBytes` bytes left for the caller to fill. */
export function encodeDoc(
  doc: Doc | Map<string, Encodable> | Readonly<Record<string, Encodable>>,
  headBytes = 0,
): Buffer {
  at = 0;
  reserve(headBytes);
  putFields(doc instanceof Map ? (doc as Map<string, Encodable>) : Object.entries(doc));
  const bytes = Buffer.allocUnsafe(at);
  buf.copy(bytes, 0, 0, at);
  if (buf.length > KEPT_BYTES) buf = Buffer.allocUnsafe(START_BYTES);
  return bytes;
}
