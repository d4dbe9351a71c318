import type { Doc } from "../values/value.js";
import { decodeDoc } from "../wire/decode-bson.js";
import { RawDoc } from "../wire/encode-bson.js";

/**
 * One version of a stored document: its encoded bytes, which never change, and its number, which
 * all versions of the document share and which orders documents naturally.
 */
export class StoredDoc extends RawDoc {
  readonly number: number;

  constructor(number: number, buf: Buffer, range: { start: number; end: number }) {
    super(buf, range.start, range.end);
    this.number = number;
  }

  /** A document of these bytes, copied out of whatever buffer they stand in. */
  static copyOf(number: number, raw: RawDoc): StoredDoc {
    const size = raw.end - raw.start;
    const bytes = Buffer.allocUnsafe(size);
    raw.buf.copy(bytes, 0, raw.start, raw.end);
    return new StoredDoc(number, bytes, { start: 0, end: size });
  }

  get size(): number {
    return this.end - this.start;
  }

  /** Decodes anew: the caller may change what it gets. */
  decode(fields?: ReadonlySet<string>): Doc {
    return decodeDoc(this.buf, this, fields);
  }

  sameBytes(other: RawDoc): boolean {
    return this.buf.compare(other.buf, other.start, other.end, this.start, this.end) === 0;
  }
}
