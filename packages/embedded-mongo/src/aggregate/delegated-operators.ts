import { Decimal128, Long, ObjectId } from "bson";
import { Context, evalExpr } from "mingo/core";
import * as operators from "mingo/operators/expression";
import { CommandError } from "../command-error.js";
import { mayBacktrack } from "../query/regex.js";
import { watched } from "../query/watch.js";
import {
  Bin,
  Dec,
  Double,
  isDoc,
  Oid,
  Regex,
  Stamp,
  toDouble,
  type Value,
} from "../values/value.js";
import type { Compile, Expression } from "./expression-types.js";

/** Operators that mingo evaluates, on arguments this engine has evaluated. */
export const DELEGATED: ReadonlySet<string> = new Set([
  "$acos",
  "$acosh",
  "$asin",
  "$asinh",
  "$atan",
  "$atan2",
  "$atanh",
  "$cos",
  "$cosh",
  "$degreesToRadians",
  "$radiansToDegrees",
  "$sin",
  "$sinh",
  "$tan",
  "$tanh",
  "$exp",
  "$ln",
  "$log",
  "$log10",
  "$pow",
  "$sqrt",
  "$dateAdd",
  "$dateDiff",
  "$dateFromParts",
  "$dateFromString",
  "$dateSubtract",
  "$dateToParts",
  "$dateToString",
  "$dateTrunc",
  "$dayOfMonth",
  "$dayOfWeek",
  "$dayOfYear",
  "$hour",
  "$isoDayOfWeek",
  "$isoWeek",
  "$isoWeekYear",
  "$millisecond",
  "$minute",
  "$month",
  "$second",
  "$week",
  "$year",
  "$indexOfBytes",
  "$regexFind",
  "$regexFindAll",
  "$regexMatch",
  "$replaceAll",
  "$replaceOne",
  "$strLenBytes",
  "$substrBytes",
  "$zip",
  "$bitAnd",
  "$bitOr",
  "$bitXor",
  "$bitNot",
  "$rand",
]);

const FRACTIONAL: ReadonlySet<string> = new Set([
  "$exp",
  "$ln",
  "$log",
  "$log10",
  "$sqrt",
  "$rand",
  "$sin",
  "$cos",
  "$tan",
  "$atan2",
]);

const context = Context.init({ expression: operators });

/** A value as mingo takes it: plain objects and numbers. */
function plain(value: Value): unknown {
  if (value === null || typeof value !== "object") {
    return typeof value === "bigint" ? Number(value) : value;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (isDoc(value)) {
    return Object.fromEntries([...value].map(([name, item]) => [name, plain(item)]));
  }
  if (value instanceof Double) return value.value;
  if (value instanceof Oid) return new ObjectId(Buffer.from(value.raw, "latin1"));
  if (value instanceof Dec)
    return Number(new Decimal128(Buffer.from(value.raw, "latin1")).toString());
  if (value instanceof Regex) return new RegExp(value.pattern, value.flags.replace(/[^ims]/g, ""));
  if (value instanceof Stamp) return new Date(Number(value.value >> 32n) * 1000);
  return value;
}

function fromPlain(value: unknown): Value {
  if (value === null || value === undefined) return value;
  if (typeof value !== "object") return value as Value;
  if (Array.isArray(value)) return value.map(fromPlain);
  if (value instanceof Date || value instanceof Bin) return value;
  if (value instanceof ObjectId) return new Oid(Buffer.from(value.id).toString("latin1"));
  if (Long.isLong(value)) return value.toBigInt();
  return new Map(Object.entries(value).map(([name, item]) => [name, fromPlain(item)]));
}

function isHostile(pattern: unknown): boolean {
  if (pattern instanceof RegExp) return mayBacktrack(pattern.source);
  return typeof pattern === "string" && mayBacktrack(pattern);
}

/** Compiles an operator's arguments here and leaves the operation to mingo. */
export function delegate(name: string, operand: Value, compile: Compile): Expression {
  const isNamed = isDoc(operand) && ![...operand.keys()][0]?.startsWith("$");
  const parts: [string, Expression][] = isNamed
    ? [...operand].map(([key, part]) => [key, compile(part)])
    : (Array.isArray(operand) ? operand : [operand]).map((part, i) => [`a${i}`, compile(part)]);
  const references = parts.map(([key]): [string, string] => [key, `$${key}`]);
  const single = !isNamed && !Array.isArray(operand);
  const call = {
    [name]: isNamed
      ? Object.fromEntries(references)
      : single
        ? "$a0"
        : references.map(([, reference]) => reference),
  };
  return (scope) => {
    const args = Object.fromEntries(parts.map(([key, part]) => [key, plain(part(scope))]));
    let result: Value;
    try {
      const hostile = name.startsWith("$regex") && isHostile(args["regex"]);
      result = fromPlain(watched(hostile, () => evalExpr(args, call, { context } as never)));
    } catch (error) {
      if (error instanceof CommandError) throw error;
      throw new CommandError("BadValue", `${name}: ${(error as Error).message}`);
    }
    return FRACTIONAL.has(name) && typeof result === "number" ? toDouble(result) : result;
  };
}
