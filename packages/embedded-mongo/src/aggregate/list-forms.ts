import { CommandError } from "../command-error.js";
import { keyField, sortKey } from "../index/index-keys.js";
import { compareValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { checkTime } from "../query/watch.js";
import { isTrue } from "../values/number.js";
import { isDoc, isNumeric, typeName, type Doc, type Value } from "../values/value.js";
import type { Compile, Expression, ExpressionContext, Scope } from "./expression-types.js";
import { named } from "./named-arguments.js";

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
