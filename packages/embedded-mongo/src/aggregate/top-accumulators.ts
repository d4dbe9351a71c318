import { CommandError } from "../command-error.js";
import { sortKey } from "../index/index-keys.js";
import { sortByKeys, sortFieldsOf } from "../query/search.js";
import { compareValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import type { Accumulator } from "./accumulators.js";
import { compileExpression } from "./expression.js";
import { named } from "./named-arguments.js";
import type { StageContext } from "./stage.js";

/** Accumulators that choose among a group's documents. */
export const TOP_ACCUMULATORS: ReadonlySet<string> = new Set([
  "$top",
  "$bottom",
  "$topN",
  "$bottomN",
  "$firstN",
  "$lastN",
  "$maxN",
  "$minN",
]);

/** Gathers the group's documents (as values) and chooses at the end. */
export function topAccumulator(name: string, operand: Value, context: StageContext): Accumulator {
  const many = name.endsWith("N");
  const sorts = name.startsWith("$top") || name.startsWith("$bottom");
  const spec = named(name, operand, {
    required: [...(sorts ? ["sortBy", "output"] : ["input"]), ...(many ? ["n"] : [])],
  });
  const output = compileExpression(spec.get(sorts ? "output" : "input"), context);
  const docs: Doc[] = [];
  const evaluate = (doc: Doc) => output({ root: doc, variables: context.variables }) ?? null;
  const most = many ? wholeNumber(name, spec.get("n")) : 1;
  return {
    add(value) {
      if (isDoc(value)) docs.push(value);
    },
    result() {
      const values = sorts
        ? chosen(docs, spec.get("sortBy"), context).map(evaluate)
        : ordered(name, docs.map(evaluate));
      const fromEnd = name.startsWith("$bottom") || name === "$lastN";
      const kept = fromEnd ? values.slice(-most) : values.slice(0, most);
      return many ? kept : (kept[0] ?? null);
    },
  };
}

function wholeNumber(name: string, value: Value): number {
  const number = isNumeric(value) ? approximate(value) : 0;
  if (Number.isInteger(number) && number > 0) return number;
  throw new CommandError(5787908, `'n' must be greater than 0 for ${name}`);
}

function chosen(docs: readonly Doc[], by: Value, { collation }: StageContext): Doc[] {
  const fields = sortFieldsOf(by);
  const keyed = docs.map((item) => ({
    item,
    keys: fields.map((field) => sortKey(item, field, collation)),
  }));
  return sortByKeys(keyed, fields);
}

function ordered(name: string, values: Value[]): Value[] {
  if (name === "$maxN") return present(values).sort((a, b) => compareValues(b, a));
  if (name === "$minN") return present(values).sort((a, b) => compareValues(a, b));
  return values;
}

function present(values: readonly Value[]): Value[] {
  return values.filter((value) => value !== null);
}
