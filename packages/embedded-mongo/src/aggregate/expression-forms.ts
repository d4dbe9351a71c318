import { CommandError } from "../command-error.js";
import { isTrue } from "../values/number.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
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

function getField(operand: Value, compile: Compile): Expression {
  const given: Doc =
    isDoc(operand) && operand.has("field") ? operand : new Map([["field", operand]]);
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
      return setField(new Map<string, Value>([...given, ["value", "$$REMOVE"]]), compile);
    },
  ],
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
