import { CommandError } from "../command-error.js";
import { noteHeld } from "../query/watch.js";
import { compareValues } from "../values/compare.js";
import { keyOf } from "../values/key.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";
import { newAccumulator, type Accumulator } from "./accumulators.js";
import { compileExpression } from "./expression.js";
import type { Expression } from "./expression-types.js";
import { type Stage, type StageContext } from "./stage.js";

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
