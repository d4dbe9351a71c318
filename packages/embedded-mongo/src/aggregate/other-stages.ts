import { CommandError } from "../command-error.js";
import { checkTime, heldAll } from "../query/watch.js";
import { keyOf } from "../values/key.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import { setPath, unsetPath } from "../query/project.js";
import { valueAtPath } from "../query/path.js";
import { sortByKeys, sortFieldsOf } from "../query/search.js";
import { sortKey } from "../index/index-keys.js";
import { compileExpression } from "./expression.js";
import { named } from "./named-arguments.js";
import { newAccumulator } from "./accumulators.js";
import type { Stage, StageContext } from "./stage.js";

export function unwind(operand: Value): Stage {
  const spec = isDoc(operand) ? operand : new Map([["path", operand]]);
  const path = spec.get("path");
  if (typeof path !== "string") {
    throw new CommandError(28808, "expected a string as the path for $unwind stage");
  }
  if (!path.startsWith("$")) {
    throw new CommandError(
      28818,
      `path option to $unwind stage should be prefixed with a '$': ${path}`,
    );
  }
  const parts = path.slice(1).split(".");
  const index = spec.get("includeArrayIndex");
  const keep = spec.get("preserveNullAndEmptyArrays") === true;
  const place = (doc: Doc, value: Value, at: bigint | null): Doc => {
    const result: Doc = new Map(doc);
    if (value !== undefined) setPath(result, parts, value);
    if (typeof index === "string") setPath(result, index.split("."), at);
    return result;
  };
  return function* (docs) {
    for (const doc of docs) {
      const value = valueAtPath(doc, parts);
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i += 1) {
          checkTime();
          yield place(doc, value[i], BigInt(i));
        }
        if (value.length === 0 && keep) yield place(unsetPath(doc, parts), undefined, null);
      } else if ((value !== null && value !== undefined) || keep) {
        yield place(doc, value, null);
      }
    }
  };
}

export function sample(operand: Value): Stage {
  const spec = named("$sample", operand, { required: ["size"] });
  const wanted = spec.get("size");
  const size = isNumeric(wanted) ? approximate(wanted) : -1;
  if (size < 0) throw new CommandError(28747, "size argument to $sample must not be negative");
  return (docs) => {
    const all = heldAll(docs);
    for (let i = 0; i < Math.min(size, all.length); i += 1) {
      const j = i + Math.floor(Math.random() * (all.length - i));
      const [a, b] = [all[i], all[j]];
      if (a && b) [all[i], all[j]] = [b, a];
    }
    return all.slice(0, size);
  };
}

export function redact(operand: Value, context: StageContext): Stage {
  const decide = compileExpression(operand, context);
  const prune = (doc: Doc): Doc | undefined => {
    const variables = new Map<string, Value>([
      ...context.variables,
      ["DESCEND", "descend"],
      ["PRUNE", "prune"],
      ["KEEP", "keep"],
    ]);
    const decision = decide({ root: doc, variables });
    if (decision === "keep") return doc;
    if (decision === "prune") return undefined;
    if (decision !== "descend") {
      throw new CommandError(
        17053,
        "$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE",
      );
    }
    const result: Doc = new Map();
    for (const [name, value] of doc) {
      const kept = descend(value, prune);
      if (kept !== undefined) result.set(name, kept);
    }
    return result;
  };
  return function* (docs) {
    for (const doc of docs) {
      const kept = prune(doc);
      if (kept) yield kept;
    }
  };
}

function descend(value: Value, prune: (doc: Doc) => Doc | undefined): Value {
  if (isDoc(value)) return prune(value);
  if (!Array.isArray(value)) return value;
  return value.map((item) => descend(item, prune)).filter((item) => item !== undefined);
}

type Window = { from: number; to: number };

function boundsOf(spec: Value): Window {
  const documents = isDoc(spec) ? spec.get("documents") : undefined;
  if (spec !== undefined && (!isDoc(spec) || (spec.size > 0 && !documents))) {
    throw new CommandError(
      "NotImplemented",
      "only windows of documents are supported by this engine",
    );
  }
  const [from, to] = Array.isArray(documents) ? documents : ["unbounded", "unbounded"];
  return { from: edge(from, -Infinity), to: edge(to, Infinity) };
}

function edge(value: Value, unbounded: number): number {
  if (value === "unbounded") return unbounded;
  if (value === "current") return 0;
  return isNumeric(value) ? approximate(value) : unbounded;
}

/** $setWindowFields with accumulators, $documentNumber, $rank, $denseRank and $shift. */
export function setWindowFields(operand: Value, context: StageContext): Stage {
  const spec = named("$setWindowFields", operand, {
    required: ["output"],
    optional: ["partitionBy", "sortBy"],
  });
  const by = compileExpression(spec.get("partitionBy") ?? null, context);
  const sort = sortFieldsOf(spec.get("sortBy"));
  const output = spec.get("output");
  if (!isDoc(output)) throw new CommandError("FailedToParse", "'output' must be an object");
  const fields = [...output].map(([path, part]) => ({
    parts: path.split("."),
    compute: windowFunction(part, context),
  }));
  return function* (docs) {
    const partitions = new Map<string, { item: Doc; keys: string[] }[]>();
    for (const doc of docs) {
      const id = keyOf(by({ root: doc, variables: context.variables }));
      const keyed = {
        item: doc,
        keys: sort.map((field) => sortKey(doc, field, context.collation)),
      };
      const list = partitions.get(id);
      if (list) list.push(keyed);
      else partitions.set(id, [keyed]);
    }
    for (const list of partitions.values()) {
      const sorted = sortByKeys(list, sort);
      const keys = list.map((entry) => entry.keys.join("\0"));
      for (let i = 0; i < sorted.length; i += 1) {
        const result: Doc = new Map(sorted[i] ?? []);
        for (const { parts, compute } of fields) setPath(result, parts, compute(sorted, i, keys));
        yield result;
      }
    }
  };
}

type Compute = (docs: readonly Doc[], at: number, keys: readonly string[]) => Value;

function windowFunction(part: Value, context: StageContext): Compute {
  if (!isDoc(part)) throw new CommandError("FailedToParse", "The field 'output' must hold objects");
  const [operator = "", operand] = [...part].find(([name]) => name !== "window") ?? [];
  context.seen("window", operator);
  switch (operator) {
    case "$documentNumber":
      return (_docs, at) => at + 1;
    case "$rank":
      return (_docs, at, keys) => keys.indexOf(keys[at] ?? "") + 1;
    case "$denseRank":
      return (_docs, at, keys) => new Set(keys.slice(0, at + 1)).size;
    case "$shift":
      return shift(operand, context);
    default:
  }
  newAccumulator(operator, context.collation);
  const value = compileExpression(operand, context);
  const { from, to } = boundsOf(part.get("window"));
  return (docs, at) => {
    const accumulator = newAccumulator(operator, context.collation);
    const [start, end] = [Math.max(0, at + from), Math.min(docs.length - 1, at + to)];
    for (const root of docs.slice(start, end + 1)) {
      accumulator.add(value({ root, variables: context.variables }));
    }
    return accumulator.result();
  };
}

function shift(operand: Value, context: StageContext): Compute {
  const spec = named("$shift", operand, { required: ["output", "by"], optional: ["default"] });
  const value = compileExpression(spec.get("output"), context);
  const by = spec.get("by");
  const distance = isNumeric(by) ? approximate(by) : 0;
  return (docs, at) => {
    const root = docs[at + distance];
    if (!root) return spec.get("default") ?? null;
    return value({ root, variables: context.variables }) ?? null;
  };
}
