import { ObjectId } from "bson";

/**
 * Values as the engine holds them. Numbers: a `number` that is an integer in the 32-bit range is
 * an int32, every other `number` is a double; `Double` marks a double that would look like an
 * int32; `bigint` is an int64. `undefined` means "no such field" and is never stored.
 */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Double
  | Oid
  | Dec
  | Bin
  | Regex
  | Stamp
  | Code
  | Edge
  | Opaque
  | Value[]
  | Doc;

/** A BSON document: fields in their order. */
export type Doc = Map<string, Value>;

export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** ObjectId: 12 bytes as a latin1 string, which compares and hashes as the bytes do. */
export class Oid {
  readonly raw: string;
  constructor(raw: string) {
    this.raw = raw;
  }
  static generate(): Oid {
    return new Oid(Buffer.from(ObjectId.generate()).toString("latin1"));
  }
  toHex(): string {
    return Buffer.from(this.raw, "latin1").toString("hex");
  }
}

/** Decimal128: its 16 bytes, little-endian, as a latin1 string. */
export class Dec {
  readonly raw: string;
  constructor(raw: string) {
    this.raw = raw;
  }
}

export class Bin {
  readonly subtype: number;
  readonly bytes: Buffer;
  constructor(subtype: number, bytes: Buffer) {
    this.subtype = subtype;
    this.bytes = bytes;
  }
}

export class Regex {
  readonly pattern: string;
  readonly flags: string;
  constructor(pattern: string, flags: string) {
    this.pattern = pattern;
    this.flags = flags;
  }
}

/** BSON timestamp: seconds in the high, an ordinal in the low 32 bits. */
export class Stamp {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

export class Code {
  readonly code: string;
  readonly scope: Doc | undefined;
  constructor(code: string, scope?: Doc) {
    this.code = code;
    this.scope = scope;
  }
}

/** MinKey (-1) and MaxKey (1). */
export class Edge {
  readonly side: -1 | 1;
  constructor(side: -1 | 1) {
    this.side = side;
  }
}
export const MIN_KEY = new Edge(-1);
export const MAX_KEY = new Edge(1);

/** A deprecated type kept as its bytes: undefined (6), DBPointer (12), symbol (14). */
export class Opaque {
  readonly type: number;
  readonly raw: string;
  constructor(type: number, raw: string) {
    this.type = type;
    this.raw = raw;
  }
}

export type Numeric = number | bigint | Double | Dec;

export function isDoc(value: Value): value is Doc {
  return value instanceof Map;
}

export function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

/** A value of type double. */
export function toDouble(value: number): Value {
  return isInt32(value) ? new Double(value) : value;
}

export function isNumeric(value: Value): value is Numeric {
  return (
    typeof value === "number" ||
    typeof value === "bigint" ||
    value instanceof Double ||
    value instanceof Dec
  );
}

export const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "double"],
  [2, "string"],
  [3, "object"],
  [4, "array"],
  [5, "binData"],
  [6, "undefined"],
  [7, "objectId"],
  [8, "bool"],
  [9, "date"],
  [10, "null"],
  [11, "regex"],
  [12, "dbPointer"],
  [13, "javascript"],
  [14, "symbol"],
  [15, "javascriptWithScope"],
  [16, "int"],
  [17, "timestamp"],
  [18, "long"],
  [19, "decimal"],
  [-1, "minKey"],
  [127, "maxKey"],
]);

function objectTypeCode(value: object): number {
  if (value instanceof Map) return 3;
  if (Array.isArray(value)) return 4;
  if (value instanceof Oid) return 7;
  if (value instanceof Date) return 9;
  if (value instanceof Double) return 1;
  if (value instanceof Dec) return 19;
  if (value instanceof Bin) return 5;
  if (value instanceof Regex) return 11;
  if (value instanceof Stamp) return 17;
  if (value instanceof Code) return value.scope === undefined ? 13 : 15;
  if (value instanceof Edge) return value.side === 1 ? 127 : -1;
  return value instanceof Opaque ? value.type : 0;
}

/** The BSON type number; 0 for a missing value. */
export function typeCode(value: Value): number {
  switch (typeof value) {
    case "number":
      return isInt32(value) ? 16 : 1;
    case "string":
      return 2;
    case "boolean":
      return 8;
    case "bigint":
      return 18;
    case "object":
      return value === null ? 10 : objectTypeCode(value);
    default:
      return 0;
  }
}

export function typeName(value: Value): string {
  return TYPE_NAMES.get(typeCode(value)) ?? "missing";
}

/** A document from an object literal; fields that are undefined are left out. */
export function docOf(fields: Readonly<Record<string, Value>>): Doc {
  const doc: Doc = new Map();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) doc.set(name, value);
  }
  return doc;
}

/** A copy that shares no document or array with the original. */
export function copyValue(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyValue);
  if (!isDoc(value)) return value;
  return copyDoc(value);
}

export function copyDoc(doc: Doc): Doc {
  const copy: Doc = new Map();
  for (const [name, item] of doc) copy.set(name, copyValue(item));
  return copy;
}
