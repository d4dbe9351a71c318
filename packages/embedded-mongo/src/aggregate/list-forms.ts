import { CommandError } from "../command-error.js";
import { keyField, sortKey } from "../index/index-keys.js";
import { compareValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { checkTime } from "../query/watch.js";
import { isTrue } from "../values/number.js";
import { isDoc, isNumeric, typeName, type Doc, type Value } from "../values/value.js";
import type { Compile, Expression, ExpressionContext, Scope } from "./expression-types.js";
import { named, withNamed } from "./named-arguments.js";

/** The scope with more variables in it. */
export function withVariable(scope: Scope, values: Iterable<[string, Value]>): Scope {
  return { root: scope.root, variables: new Map([...scope.variables, ...values]) };
}

function arrayOf(operator: string, value: Value): Value[] | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value;
  throw new CommandError(28651, `input to ${operator} must be an array not ${typeName(value)}`);
}

function nameOf(value: Value): string {
  return typeof value === "string" ? value : "this";
}

export function mapForm(operand: Value, compile: Compile): Expression {
  const given = named("$map", operand, { required: ["input", "in"], optional: ["as"] });
  const [input, body] = [compile(given.get("input")), compile(given.get("in"))];
  const name = nameOf(given.get("as"));
  return (scope) =>
    arrayOf("$map", input(scope))?.map((item) => {
      checkTime();
      return body(withVariable(scope, [[name, item]])) ?? null;
    }) ?? null;
}

export function filterForm(operand: Value, compile: Compile): Expression {
  const given = named("$filter", operand, {
    required: ["input", "cond"],
    optional: ["as", "limit"],
  });
  const [input, test] = [compile(given.get("input")), compile(given.get("cond"))];
  const limit = given.has("limit") ? compile(given.get("limit")) : undefined;
  const name = nameOf(given.get("as"));
  return (scope) => {
    const kept = arrayOf("$filter", input(scope))?.filter((item) => {
      checkTime();
      return isTrue(test(withVariable(scope, [[name, item]])));
    });
    const most = limit?.(scope);
    return (isNumeric(most) ? kept?.slice(0, approximate(most)) : kept) ?? null;
  };
}

export function reduceForm(operand: Value, compile: Compile): Expression {
  const given = named("$reduce", operand, { required: ["input", "initialValue", "in"] });
  const input = compile(given.get("input"));
  const start = compile(given.get("initialValue"));
  const body = compile(given.get("in"));
  return (scope) => {
    const items = arrayOf("$reduce", input(scope));
    if (!items) return null;
    return items.reduce<Value>((value, item) => {
      checkTime();
      return body(
        withVariable(scope, [
          ["value", value],
          ["this", item],
        ]),
      );
    }, start(scope));
  };
}

export function sortArray(
  operand: Value,
  compile: Compile,
  context: ExpressionContext,
): Expression {
  const given = named("$sortArray", operand, { required: ["input", "sortBy"] });
  const input = compile(given.get("input"));
  const by = given.get("sortBy");
  return (scope) => {
    const items = arrayOf("$sortArray", input(scope));
    return items ? sortItems(items, by, context) : null;
  };
}

export const zipForm = withNamed(
  "$zip",
  { required: ["inputs"], optional: ["useLongestLength", "defaults"] },
  (args) => {
    const [inputs, longest = false] = [args.get("inputs"), args.get("useLongestLength")];
    const defaults = args.get("defaults") ?? [];
    if (!Array.isArray(inputs) || inputs.length === 0) {
      throw new CommandError(34461, "$zip's inputs must be an array of expressions");
    }
    if (typeof longest !== "boolean")
      throw new CommandError(34463, "useLongestLength must be a bool");
    if (!Array.isArray(defaults)) throw new CommandError(34462, "$zip's defaults must be an array");
    if (defaults.length > 0 && !longest) {
      throw new CommandError(34466, "cannot specify defaults unless useLongestLength is true");
    }
    if (defaults.length > 0 && defaults.length !== inputs.length) {
      throw new CommandError(34467, "defaults and inputs must have the same length");
    }
    const lists: Value[][] = [];
    for (const input of inputs) {
      if (input === null || input === undefined) return null;
      if (!Array.isArray(input))
        throw new CommandError(34468, "$zip found a non-array in its inputs");
      lists.push(input);
    }
    const lengths = lists.map((list) => list.length);
    const length = longest ? Math.max(...lengths) : Math.min(...lengths);
    return Array.from({ length }, (_, i) =>
      lists.map((list, at) => (i < list.length ? list[i] : defaults[at]) ?? null),
    );
  },
);

const NO_FIELDS: Doc = new Map();

/** Sorts an array by whole values (1, -1) or by fields of its documents. */
export function sortItems(
  items: readonly Value[],
  by: Value,
  { collation }: Pick<ExpressionContext, "collation">,
): Value[] {
  if (!isDoc(by)) {
    const sign = isNumeric(by) && approximate(by) < 0 ? -1 : 1;
    return [...items].sort((a, b) => sign * compareValues(a, b, collation));
  }
  const fields = [...by].map(([path, direction]) =>
    keyField(path, isNumeric(direction) && approximate(direction) < 0),
  );
  const keyed = items.map((item) => ({
    item,
    keys: fields.map((field) => sortKey(isDoc(item) ? item : NO_FIELDS, field, collation)),
  }));
  keyed.sort((a, b) => {
    for (const [i, { descending }] of fields.entries()) {
      const [x, y] = [a.keys[i] ?? "", b.keys[i] ?? ""];
      if (x !== y) return x < y === descending ? 1 : -1;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}
