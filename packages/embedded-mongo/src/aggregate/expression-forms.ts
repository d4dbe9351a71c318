import { CommandError } from "../command-error.js";
import { isTrue } from "../query/match.js";
import { compareValues } from "../values/compare.js";
import { keyField, sortKey } from "../index/index-keys.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, typeName, type Doc, type Value } from "../values/value.js";
import type { Compile, Expression, ExpressionContext, Scope } from "./expression.js";
import { convertTo } from "./convert.js";

export type Form = (operand: Value, compile: Compile, context: ExpressionContext) => Expression;

/** Reads an operator's named arguments, refusing unknown and missing ones. */
export function named(
  operator: string,
  operand: Value,
  fields: { required: readonly string[]; optional?: readonly string[] },
): Doc {
  if (!isDoc(operand)) {
    throw new CommandError(
      "FailedToParse",
      `${operator} only supports an object as its argument, not ${typeName(operand)}`,
    );
  }
  for (const name of operand.keys()) {
    if (!fields.required.includes(name) && !fields.optional?.includes(name)) {
      throw new CommandError("FailedToParse", `Unrecognized parameter to ${operator}: ${name}`);
    }
  }
  for (const name of fields.required) {
    if (!operand.has(name)) {
      throw new CommandError("FailedToParse", `Missing '${name}' parameter to ${operator}`);
    }
  }
  return operand;
}

function withVariable(scope: Scope, values: Iterable<[string, Value]>): Scope {
  return { root: scope.root, variables: new Map([...scope.variables, ...values]) };
}

function arrayOf(operator: string, value: Value): Value[] | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value;
  throw new CommandError(28651, `input to ${operator} must be an array not ${typeName(value)}`);
}

function list(operand: Value): Value[] {
  return Array.isArray(operand) ? operand : [operand];
}

function cond(operand: Value, compile: Compile): Expression {
  let parts: Value[];
  if (isDoc(operand)) {
    const given = named("$cond", operand, { required: ["if", "then", "else"] });
    parts = [given.get("if"), given.get("then"), given.get("else")];
  } else {
    parts = list(operand);
    if (parts.length !== 3) {
      throw new CommandError(
        16020,
        `Expression $cond takes exactly 3 arguments. ${parts.length} were passed in.`,
      );
    }
  }
  const [test, yes, no] = parts.map(compile) as [Expression, Expression, Expression];
  return (scope) => (isTrue(test(scope)) ? yes(scope) : no(scope));
}

function switchForm(operand: Value, compile: Compile): Expression {
  const given = named("$switch", operand, { required: ["branches"], optional: ["default"] });
  const branches = list(given.get("branches")).map((branch) => {
    const parts = named("$switch", branch, { required: ["case", "then"] });
    return { test: compile(parts.get("case")), then: compile(parts.get("then")) };
  });
  const otherwise = given.has("default") ? compile(given.get("default")) : undefined;
  return (scope) => {
    const branch = branches.find(({ test }) => isTrue(test(scope)));
    if (branch) return branch.then(scope);
    if (otherwise) return otherwise(scope);
    throw new CommandError(
      40066,
      "$switch could not find a matching branch for an input, and no default was specified.",
    );
  };
}

function letForm(operand: Value, compile: Compile): Expression {
  const given = named("$let", operand, { required: ["vars", "in"] });
  const vars = given.get("vars");
  if (!isDoc(vars)) throw new CommandError(16876, "invalid parameter: expected an object (vars)");
  const bindings = [...vars].map(([name, value]): [string, Expression] => [name, compile(value)]);
  const body = compile(given.get("in"));
  return (scope) =>
    body(
      withVariable(
        scope,
        bindings.map(([name, value]): [string, Value] => [name, value(scope)]),
      ),
    );
}

function nameOf(value: Value): string {
  return typeof value === "string" ? value : "this";
}

function mapForm(operand: Value, compile: Compile): Expression {
  const given = named("$map", operand, { required: ["input", "in"], optional: ["as"] });
  const [input, body] = [compile(given.get("input")), compile(given.get("in"))];
  const name = nameOf(given.get("as"));
  return (scope) =>
    arrayOf("$map", input(scope))?.map(
      (item) => body(withVariable(scope, [[name, item]])) ?? null,
    ) ?? null;
}

function filterForm(operand: Value, compile: Compile): Expression {
  const given = named("$filter", operand, {
    required: ["input", "cond"],
    optional: ["as", "limit"],
  });
  const [input, test] = [compile(given.get("input")), compile(given.get("cond"))];
  const limit = given.has("limit") ? compile(given.get("limit")) : undefined;
  const name = nameOf(given.get("as"));
  return (scope) => {
    const kept = arrayOf("$filter", input(scope))?.filter((item) =>
      isTrue(test(withVariable(scope, [[name, item]]))),
    );
    const most = limit?.(scope);
    return (isNumeric(most) ? kept?.slice(0, approximate(most)) : kept) ?? null;
  };
}

function reduceForm(operand: Value, compile: Compile): Expression {
  const given = named("$reduce", operand, { required: ["input", "initialValue", "in"] });
  const input = compile(given.get("input"));
  const start = compile(given.get("initialValue"));
  const body = compile(given.get("in"));
  return (scope) => {
    const items = arrayOf("$reduce", input(scope));
    if (!items) return null;
    return items.reduce<Value>(
      (value, item) =>
        body(
          withVariable(scope, [
            ["value", value],
            ["this", item],
          ]),
        ),
      start(scope),
    );
  };
}

function getField(operand: Value, compile: Compile): Expression {
  const given = isDoc(operand) && operand.has("field") ? operand : new Map([["field", operand]]);
  const field = compile(given.get("field"));
  const input = given.has("input") ? compile(given.get("input")) : compile("$$CURRENT");
  return (scope) => {
    const [name, value] = [field(scope), input(scope)];
    return isDoc(value) && typeof name === "string" ? value.get(name) : undefined;
  };
}

function setField(operand: Value, compile: Compile): Expression {
  const given = named("$setField", operand, { required: ["field", "input", "value"] });
  const field = compile(given.get("field"));
  const [input, value] = [compile(given.get("input")), compile(given.get("value"))];
  return (scope) => {
    const [name, doc, result] = [field(scope), input(scope), value(scope)];
    if (!isDoc(doc) || typeof name !== "string") return null;
    const copy: Doc = new Map(doc);
    if (result === undefined) copy.delete(name);
    else copy.set(name, result);
    return copy;
  };
}

function sortArray(operand: Value, compile: Compile, context: ExpressionContext): Expression {
  const given = named("$sortArray", operand, { required: ["input", "sortBy"] });
  const input = compile(given.get("input"));
  const by = given.get("sortBy");
  return (scope) => {
    const items = arrayOf("$sortArray", input(scope));
    return items ? sortItems(items, by, context) : null;
  };
}

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
    keys: fields.map((field) => sortKey(isDoc(item) ? item : new Map(), field, collation)),
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

function convertForm(operand: Value, compile: Compile): Expression {
  const given = named("$convert", operand, {
    required: ["input", "to"],
    optional: ["onError", "onNull", "format"],
  });
  const [input, to] = [compile(given.get("input")), compile(given.get("to"))];
  const onError = given.has("onError") ? compile(given.get("onError")) : undefined;
  const onNull = given.has("onNull") ? compile(given.get("onNull")) : undefined;
  return (scope) => {
    const value = input(scope);
    if (value === null || value === undefined) return onNull ? onNull(scope) : null;
    try {
      return convertTo(value, to(scope));
    } catch (error) {
      if (onError) return onError(scope);
      throw error;
    }
  };
}

/** Operators that decide themselves what they evaluate. */
export const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["$literal", (operand) => () => operand],
  ["$const", (operand) => () => operand],
  ["$expr", (operand, compile) => compile(operand)],
  ["$cond", cond],
  ["$switch", switchForm],
  ["$let", letForm],
  ["$map", mapForm],
  ["$filter", filterForm],
  ["$reduce", reduceForm],
  ["$getField", getField],
  ["$setField", setField],
  [
    "$unsetField",
    (operand, compile) => {
      const given = named("$unsetField", operand, { required: ["field", "input"] });
      return setField(new Map([...given, ["value", "$$REMOVE"]]), compile);
    },
  ],
  ["$sortArray", sortArray],
  ["$convert", convertForm],
  [
    "$and",
    (operand, compile) => {
      const parts = list(operand).map(compile);
      return (scope) => parts.every((part) => isTrue(part(scope)));
    },
  ],
  [
    "$or",
    (operand, compile) => {
      const parts = list(operand).map(compile);
      return (scope) => parts.some((part) => isTrue(part(scope)));
    },
  ],
  [
    "$ifNull",
    (operand, compile) => {
      const parts = list(operand).map(compile);
      if (parts.length < 2) {
        throw new CommandError(
          1257300,
          `$ifNull needs at least two arguments, had: ${parts.length}`,
        );
      }
      return (scope) => {
        let value: Value;
        for (const part of parts) {
          value = part(scope);
          if (value !== null && value !== undefined) return value;
        }
        return value;
      };
    },
  ],
]);
