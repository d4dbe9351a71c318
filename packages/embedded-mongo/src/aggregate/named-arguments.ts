import { CommandError } from "../command-error.js";
import { isDoc, typeName, type Doc, type Value } from "../values/value.js";
import type { Expression, Form } from "./expression-types.js";

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

/** Named arguments that were evaluated; a given one that is missing is there as undefined. */
export type Arguments = ReadonlyMap<string, Value>;

/** The form of an operator that evaluates all its named arguments and then does its work. */
export function withNamed(
  operator: string,
  fields: { required: readonly string[]; optional?: readonly string[] },
  apply: (args: Arguments) => Value,
): Form {
  return (operand, compile) => {
    const parts = [...named(operator, operand, fields)].map(
      ([name, part]): [string, Expression] => [name, compile(part)],
    );
    return (scope) => apply(new Map(parts.map(([name, part]) => [name, part(scope)])));
  };
}
