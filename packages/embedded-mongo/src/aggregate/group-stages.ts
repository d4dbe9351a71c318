import { CommandError } from "../command-error.js";
import { heldAll, noteHeld } from "../query/watch.js";
import { compareValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { keyOf } from "../values/key.js";
import { docOf, isDoc, isNumeric, typeName, type Doc, type Value } from "../values/value.js";
import { newAccumulator, type Accumulator } from "./accumulators.js";
import { compileExpression } from "./expression.js";
import type { Expression } from "./expression-types.js";
import { stageSpec, type Stage, type StageContext } from "./stage.js";
import { named } from "./named-arguments.js";
import { topAccumulator, TOP_ACCUMULATORS } from "./top-accumulators.js";

type Output = { name: string; start: () => Accumulator; value: Expression };

/** Reads `name: {$accumulator: expression}`. */
function outputOf(name: string, spec: Value, context: StageContext): Output {
  if (name.includes(".")) {
    throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  }
  if (!isDoc(spec) || spec.size !== 1) {
    throw new CommandError(
      isDoc(spec) ? 40238 : 40234,
      isDoc(spec)
        ? `The field '${name}' must specify one accumulator`
        : `The field '${name}' must be an accumulator object`,
    );
  }
  const [[operator, operand] = ["", null]] = spec;
  context.seen("accumulator", operator);
  if (TOP_ACCUMULATORS.has(operator)) {
    const value: Expression = ({ root }) => root;
    return { name, start: () => topAccumulator(operator, operand, context), value };
  }
  newAccumulator(operator, context.collation);
  return {
    name,
    start: () => newAccumulator(operator, context.collation),
    value: compileExpression(operator === "$count" ? null : operand, context),
  };
}

type Group = { id: Value; accumulators: Accumulator[] };

function grouped(
  docs: Iterable<Doc>,
  by: (doc: Doc) => Value,
  { outputs, context }: { outputs: readonly Output[]; context: StageContext },
): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const doc of docs) {
    context.deadline.check();
    // A missing id and null make one group.
    const id = by(doc) ?? null;
    const key = keyOf(id, context.collation);
    let found = groups.get(key);
    if (!found) {
      noteHeld();
      found = { id, accumulators: outputs.map(({ start }) => start()) };
      groups.set(key, found);
    }
    const scope = { root: doc, variables: context.variables };
    for (let i = 0; i < outputs.length; i += 1) {
      found.accumulators[i]?.add(outputs[i]?.value(scope));
    }
  }
  return groups;
}

function resultOf({ id, accumulators }: Group, outputs: readonly Output[]): Doc {
  const doc: Doc = new Map([["_id", id]]);
  outputs.forEach(({ name }, i) => doc.set(name, accumulators[i]?.result() ?? null));
  return doc;
}

export function group(operand: Value, context: StageContext): Stage {
  if (!isDoc(operand)) {
    throw new CommandError(15947, "a group's fields must be specified in an object");
  }
  if (!operand.has("_id"))
    throw new CommandError(15955, "a group specification must include an _id");
  const id = compileExpression(operand.get("_id"), context);
  const outputs = [...operand]
    .filter(([name]) => name !== "_id")
    .map(([name, spec]) => outputOf(name, spec, context));
  return (docs) => {
    const by = (doc: Doc) => id({ root: doc, variables: context.variables });
    return [...grouped(docs, by, { outputs, context }).values()].map((each) =>
      resultOf(each, outputs),
    );
  };
}

export function sortByCount(operand: Value, context: StageContext): Stage {
  const counted = group(docOf({ _id: operand, count: docOf({ $sum: 1 }) }), context);
  return (docs) => [...counted(docs)].sort((a, b) => compareValues(b.get("count"), a.get("count")));
}

function outputsOf(spec: Doc, context: StageContext): Output[] {
  const output = spec.get("output") ?? docOf({ count: docOf({ $sum: 1 }) });
  return [...stageSpec("$bucket", output)].map(([name, part]) => outputOf(name, part, context));
}

export function bucket(operand: Value, context: StageContext): Stage {
  const spec = named("$bucket", operand, {
    required: ["groupBy", "boundaries"],
    optional: ["default", "output"],
  });
  const boundaries = spec.get("boundaries");
  if (!Array.isArray(boundaries) || boundaries.length < 2) {
    throw new CommandError(40192, "The $bucket 'boundaries' field must have at least 2 values");
  }
  const by = compileExpression(spec.get("groupBy"), context);
  const outputs = outputsOf(spec, context);
  const place = (doc: Doc): Value => {
    const value = by({ root: doc, variables: context.variables });
    const above = boundaries.findIndex((edge) => compareValues(value, edge) < 0);
    if (above > 0) return boundaries[above - 1];
    if (spec.has("default")) return spec.get("default");
    throw new CommandError(
      40066,
      "$switch could not find a matching branch for an input, and no default was specified.",
    );
  };
  return (docs) =>
    [...grouped(docs, place, { outputs, context }).values()]
      .sort((a, b) => compareValues(a.id, b.id))
      .map((each) => resultOf(each, outputs));
}

export function bucketAuto(operand: Value, context: StageContext): Stage {
  const spec = named("$bucketAuto", operand, {
    required: ["groupBy", "buckets"],
    optional: ["output", "granularity"],
  });
  if (spec.has("granularity")) {
    throw new CommandError("NotImplemented", "$bucketAuto's granularity is not supported");
  }
  const wanted = spec.get("buckets");
  const buckets = isNumeric(wanted) ? approximate(wanted) : 0;
  if (!Number.isInteger(buckets) || buckets < 1) {
    throw new CommandError(
      40243,
      `The $bucketAuto 'buckets' field must be greater than 0, but found: ${typeName(wanted)}`,
    );
  }
  const by = compileExpression(spec.get("groupBy"), context);
  const outputs = outputsOf(spec, context);
  return function* (docs) {
    const sorted = heldAll(docs)
      .map((doc) => ({ doc, value: by({ root: doc, variables: context.variables }) ?? null }))
      .sort((a, b) => compareValues(a.value, b.value));
    const size = Math.max(1, Math.round(sorted.length / buckets));
    for (let start = 0, made = 1; start < sorted.length; made += 1) {
      let end = made === buckets ? sorted.length : Math.min(sorted.length, start + size);
      while (
        end < sorted.length &&
        compareValues(sorted[end - 1]?.value, sorted[end]?.value) === 0
      ) {
        end += 1;
      }
      const part = sorted.slice(start, end);
      const id = docOf({
        min: part[0]?.value,
        max: sorted[end]?.value ?? part.at(-1)?.value,
      });
      const rows = grouped(
        part.map(({ doc }) => doc),
        () => id,
        { outputs, context },
      );
      for (const each of rows.values()) yield resultOf(each, outputs);
      start = end;
    }
  };
}
