import { CommandError } from "../command-error.js";
import {
  Bin,
  Code,
  Dec,
  MAX_KEY,
  MIN_KEY,
  Oid,
  Opaque,
  Regex,
  Stamp,
  toDouble,
  type Doc,
  type Value,
} from "../values/value.js";

/** Documents may be nested this deep (src/mongo/bson/bson_depth.h). */
const MAX_DEPTH = 180;

function invalid(reason: string): CommandError {
  return new CommandError("InvalidBSON", `invalid BSON: ${reason}`);
}

class Reader {
  readonly buf: Buffer;
  at: number;
  readonly limit: number;
  readonly wanted: ReadonlySet<string> | undefined;

  constructor(buf: Buffer, range: { start: number; end: number }, wanted?: ReadonlySet<string>) {
    this.buf = buf;
    this.at = range.start;
    this.limit = range.end;
    this.wanted = wanted;
  }

  need(count: number): number {
    const start = this.at;
    if (count < 0 || start + count > this.limit) throw invalid("it ends too early");
    this.at = start + count;
    return start;
  }

  int32(): number {
    return this.buf.readInt32LE(this.need(4));
  }

  cstring(): string {
    const { buf, at: start } = this;
    let [end, text] = [start, ""];
    for (; ; end += 1) {
      if (end >= this.limit) throw invalid("a name is not terminated");
      const byte = buf[end] ?? 0;
      if (byte === 0) break;
      if (byte > 127 || end - start > 24) return this.longCstring();
      text += String.fromCharCode(byte);
    }
    this.at = end + 1;
    return text;
  }

  longCstring(): string {
    const end = this.buf.indexOf(0, this.at);
    if (end < 0 || end >= this.limit) throw invalid("a name is not terminated");
    const text = this.buf.toString("utf8", this.at, end);
    this.at = end + 1;
    return text;
  }

  string(): string {
    const length = this.int32();
    if (length < 1) throw invalid("a string has no length");
    const start = this.need(length);
    const end = start + length - 1;
    if (this.buf[end] !== 0) throw invalid("a string is not terminated");
    return this.buf.toString("utf8", start, end);
  }

  // Positions the reader inside and returns the document's end.
  enter(depth: number): number {
    if (depth > MAX_DEPTH) {
      throw new CommandError(
        "Overflow",
        `BSONElement exceeded maximum nested object depth: ${MAX_DEPTH}`,
      );
    }
    const start = this.at;
    const length = this.int32();
    const end = start + length;
    if (length < 5 || end > this.limit) throw invalid(`a document's length is ${length}`);
    if (this.buf[end - 1] !== 0) throw invalid("a document is not terminated");
    return end;
  }

  document(depth: number, wanted?: ReadonlySet<string>): Doc {
    const end = this.enter(depth);
    const doc: Doc = new Map();
    while (this.at < end - 1) {
      const type = this.buf[this.at] ?? 0;
      this.at += 1;
      const name = this.cstring();
      if (name === "_bsontype") {
        // Drivers take such a document for the type it names.
        throw new CommandError("BadValue", "a field named '_bsontype' is refused by this engine");
      }
      if (wanted !== undefined && !wanted.has(name)) this.skip(type);
      else doc.set(name, this.value(type, depth));
    }
    if (this.at !== end - 1) throw invalid("a document's fields overrun it");
    this.at = end;
    return doc;
  }

  array(depth: number): Value[] {
    const end = this.enter(depth);
    const items: Value[] = [];
    while (this.at < end - 1) {
      const type = this.buf[this.at] ?? 0;
      const close = this.buf.indexOf(0, this.at + 1);
      if (close < 0 || close >= end) throw invalid("a name is not terminated");
      this.at = close + 1;
      items.push(this.value(type, depth));
    }
    if (this.at !== end - 1) throw invalid("an array's items overrun it");
    this.at = end;
    return items;
  }

  value(type: number, depth: number): Value {
    switch (type) {
      case 1:
        return toDouble(this.buf.readDoubleLE(this.need(8)));
      case 2:
        return this.string();
      case 3:
        return this.document(depth + 1);
      case 4:
        return this.array(depth + 1);
      case 7:
        return new Oid(this.raw(12));
      case 8:
        return this.boolean();
      case 9:
        return new Date(Number(this.buf.readBigInt64LE(this.need(8))));
      case 10:
        return null;
      case 16:
        return this.int32();
      case 18:
        return this.buf.readBigInt64LE(this.need(8));
      default:
        return this.rareValue(type, depth);
    }
  }

  raw(length: number): string {
    const start = this.need(length);
    return this.buf.toString("latin1", start, start + length);
  }

  boolean(): boolean {
    const byte = this.buf[this.need(1)];
    if (byte === undefined || byte > 1) throw invalid("a boolean is neither 0 nor 1");
    return byte === 1;
  }

  binary(): Bin {
    const length = this.int32();
    const subtype = this.buf[this.need(1)] ?? 0;
    const start = this.need(length);
    return new Bin(subtype, Buffer.from(this.buf.subarray(start, start + length)));
  }

  rareValue(type: number, depth: number): Value {
    switch (type) {
      case 5:
        return this.binary();
      case 6:
        return new Opaque(6, "");
      case 11:
        return new Regex(this.cstring(), this.cstring());
      case 12: {
        const length = this.buf.readInt32LE(this.need(4));
        this.at -= 4;
        return new Opaque(12, this.raw(4 + length + 12));
      }
      case 13:
        return new Code(this.string());
      case 14: {
        const length = this.int32();
        this.at -= 4;
        return new Opaque(14, this.raw(4 + length));
      }
      case 15:
        this.need(4);
        return new Code(this.string(), this.document(depth + 1));
      case 17:
        return new Stamp(this.buf.readBigUInt64LE(this.need(8)));
      case 19:
        return new Dec(this.raw(16));
      case 127:
        return MAX_KEY;
      case 255:
        return MIN_KEY;
      default:
        throw invalid(`type ${type} is unknown`);
    }
  }

  skip(type: number): void {
    const fixed = FIXED_LENGTHS[type];
    if (fixed !== undefined) this.need(fixed);
    else if (type === 2 || type === 13 || type === 14) {
      this.need(this.int32());
    } else if (type === 3 || type === 4 || type === 15) {
      this.need(this.int32() - 4);
    } else if (type === 5) {
      this.need(this.int32() + 1);
    } else {
      this.rareValue(type, 0);
    }
  }
}

const FIXED_LENGTHS: Readonly<Record<number, number>> = {
  1: 8,
  6: 0,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
};

/**
 * Decodes and checks the document at `start`. With `wanted`, only the top-level fields named
 * there are decoded.
 */
export function decodeDoc(
  buf: Buffer,
  range: { start: number; end: number },
  wanted?: ReadonlySet<string>,
): Doc {
  return new Reader(buf, range).document(1, wanted);
}
