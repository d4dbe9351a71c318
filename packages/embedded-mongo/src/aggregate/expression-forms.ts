import { CommandError } from "../command-error.js";
import { isTrue } from "../values/number.js";
import { isDoc, type Value } from "../values/value.js";
import { DATES } from "./date-operators.js";
import type { Compile, Expression, Form } from "./expression-types.js";
import { filterForm, mapForm, reduceForm, withVariable } from "./list-forms.js";
import { named } from "./named-arguments.js";

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
  ...DATES,
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
