import { CommandError } from "../command-error.js";
import type { QueryContext } from "../query/matcher.js";
import { compileProjection } from "../query/project.js";
import { setPath, unsetPath } from "../query/set-path.js";
import { isDoc, typeName, type Doc, type Value } from "../values/value.js";
import { compileExpression } from "./expression.js";
import type { Expression } from "./expression-types.js";

export type DocStage = (doc: Doc) => Doc;

function fieldsOf(name: string, operand: Value): Doc {
  if (isDoc(operand)) return operand;
  throw new CommandError(
    40272,
    `${name} specification stage must be an object, got ${typeName(operand)}`,
  );
}

// {a: {b: expr}} sets the path a.b; an expression's own document starts with $.
function assignments(spec: Doc, context: QueryContext, prefix: string[] = []) {
  const found: { parts: string[]; value: Expression }[] = [];
  for (const [name, value] of spec) {
    if (name === "" || name.startsWith("$")) {
      throw new CommandError(16410, `FieldPath field names may not start with '$'.`);
    }
    const parts = [...prefix, ...name.split(".")];
    const [first] = isDoc(value) ? value.keys() : [];
    if (isDoc(value) && value.size > 0 && first?.startsWith("$") !== true) {
      found.push(...assignments(value, context, parts));
    } else {
      found.push({ parts, value: compileExpression(value, context) });
    }
  }
  return found;
}

function addFields(name: string, operand: Value, context: QueryContext): DocStage {
  const list = assignments(fieldsOf(name, operand), context);
  return (doc) => {
    let result: Doc = new Map(doc);
    for (const { parts, value } of list) {
      const outcome = value({ root: doc, variables: context.variables });
      if (outcome === undefined) result = unsetPath(result, parts);
      else setPath(result, parts, outcome);
    }
    return result;
  };
}

function unset(operand: Value): DocStage {
  const names = Array.isArray(operand) ? operand : [operand];
  const paths = names.map((name) => {
    if (typeof name === "string" && name !== "") return name.split(".");
    throw new CommandError(
      31002,
      "$unset specification must be a string or an array containing only string values",
    );
  });
  if (paths.length === 0) {
    throw new CommandError(
      31119,
      "$unset specification must be a string or an array with at least one field",
    );
  }
  return (doc) => paths.reduce((current, parts) => unsetPath(current, parts), doc);
}

function replaceWith(name: string, operand: Value, context: QueryContext): DocStage {
  const value = compileExpression(operand, context);
  return (doc) => {
    const result = value({ root: doc, variables: context.variables });
    if (isDoc(result)) return result;
    throw new CommandError(
      40228,
      `'${name === "$replaceRoot" ? "newRoot" : "replacement document"}' expression must evaluate to an object, but resulting value was of type: ${typeName(result)}`,
    );
  };
}

/** Stages that make one document out of each; undefined for every other stage. */
export function compileDocStage(
  name: string,
  operand: Value,
  context: QueryContext,
): DocStage | undefined {
  switch (name) {
    case "$set":
    case "$addFields":
      return addFields(name, operand, context);
    case "$unset":
      return unset(operand);
    case "$project": {
      const spec = fieldsOf(name, operand);
      if (spec.size === 0) {
        throw new CommandError(
          51272,
          "Invalid $project :: caused by :: projection specification must have at least one field",
        );
      }
      return compileProjection(spec, context, { find: false });
    }
    case "$replaceWith":
      return replaceWith(name, operand, context);
    case "$replaceRoot": {
      const spec = fieldsOf(name, operand);
      if (!spec.has("newRoot")) {
        throw new CommandError(
          40414,
          "BSON field '$replaceRoot.newRoot' is missing but a required field",
        );
      }
      return replaceWith(name, spec.get("newRoot"), context);
    }
    default:
      return undefined;
  }
}
