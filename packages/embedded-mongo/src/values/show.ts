import { decimalText } from "./decimal.js";
import {
  Bin,
  Dec,
  Double,
  Edge,
  isDoc,
  isInt32,
  Oid,
  Regex,
  Stamp,
  type Doc,
  type Value,
} from "./value.js";

function showNumber(value: number): string {
  if (isInt32(value)) return String(value);
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function showObject(value: object): string {
  if (isDoc(value as Value)) return showDoc(value as Doc);
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `[ ${(value as Value[]).map(show).join(", ")} ]`;
  }
  if (value instanceof Oid) return `ObjectId('${value.toHex()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof Double) return `${value.value}.0`;
  if (value instanceof Dec) return decimalText(value);
  if (value instanceof Bin)
    return `BinData(${value.subtype}, ${value.bytes.toString("hex").toUpperCase()})`;
  if (value instanceof Regex) return `/${value.pattern}/${value.flags}`;
  if (value instanceof Edge) return value.side === 1 ? "MaxKey" : "MinKey";
  if (value instanceof Stamp)
    return `Timestamp(${value.value >> 32n}, ${value.value & 0xffffffffn})`;
  return "?";
}

/** A value as MongoDB's messages print it. */
export function show(value: Value): string {
  switch (typeof value) {
    case "string":
      return `"${value}"`;
    case "number":
      return showNumber(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "object":
      return value === null ? "null" : showObject(value);
    default:
      return "missing";
  }
}

export function showDoc(doc: Doc): string {
  if (doc.size === 0) return "{}";
  return `{ ${[...doc].map(([name, value]) => `${name}: ${show(value)}`).join(", ")} }`;
}
