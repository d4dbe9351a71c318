import { CommandError } from "../command-error.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import { FORMS } from "./expression-forms.js";
import type { Compile, Expression, ExpressionContext } from "./expression-types.js";
import { ARITHMETIC } from "./arithmetic-operators.js";
import { ARRAYS } from "./array-operators.js";
import { SCALARS } from "./scalar-operators.js";

const VALUE_OPERATORS = new Map([...ARITHMETIC, ...SCALARS, ...ARRAYS]);
const SYSTEM_VARIABLES = new Set(["ROOT", "CURRENT", "REMOVE", "NOW"]);

/** Compiles an aggregation expression. Throws MongoDB's error for operators that are unknown. */
export function compileExpression(value: Value, context: ExpressionContext): Expression {
  const compile: Compile = (part) => compilePart(part, context, compile);
  return compile(value);
}

function compilePart(value: Value, context: ExpressionContext, compile: Compile): Expression {
  if (typeof value === "string" && value.startsWith("$$")) return variable(value.slice(2));
  if (typeof value === "string" && value.startsWith("$")) return fieldPath(value.slice(1));
  if (Array.isArray(value)) {
    const items = value.map(compile);
    return (scope) => items.map((item) => item(scope) ?? null);
  }
  if (!isDoc(value)) return () => value;
  const [first] = value.keys();
  if (first?.startsWith("$")) return operation(value, { name: first, context, compile });
  const fields = [...value].map(([name, part]): [string, Expression] => {
    checkFieldName(name);
    return [name, compile(part)];
  });
  return (scope) => {
    const doc: Doc = new Map();
    for (const [name, field] of fields) {
      const result = field(scope);
      if (result !== undefined) doc.set(name, result);
    }
    return doc;
  };
}

function checkFieldName(name: string): void {
  if (name.includes(".")) {
    throw new CommandError(16412, "FieldPath field names may not contain '.'.");
  }
  if (name.startsWith("$")) {
    throw new CommandError(16410, `FieldPath field names may not start with '$'.`);
  }
}

function operation(
  value: Doc,
  { name, context, compile }: { name: string; context: ExpressionContext; compile: Compile },
): Expression {
  if (value.size !== 1) {
    throw new CommandError(
      15983,
      `An object representing an expression must have exactly one field: ${[...value.keys()].join(", ")}`,
    );
  }
  const operand = value.get(name);
  context.seen("expression", name);
  const form = FORMS.get(name);
  if (form) return form(operand, compile, context);
  const operator = VALUE_OPERATORS.get(name);
  if (!operator) {
    throw new CommandError("InvalidPipelineOperator", `Unrecognized expression '${name}'`);
  }
  const args = (Array.isArray(operand) ? operand : [operand]).map(compile);
  const { least, most, apply } = operator;
  if (args.length < least || args.length > most) {
    const wanted = least === most ? `takes exactly ${least} arguments` : `takes at least ${least}`;
    throw new CommandError(16020, `Expression ${name} ${wanted}. ${args.length} were passed in.`);
  }
  const { collation } = context;
  return (scope) =>
    apply(
      args.map((arg) => arg(scope)),
      collation,
    );
}

function variable(text: string): Expression {
  const [name = "", ...parts] = text.split(".");
  const path = parts.length > 0 ? parts : undefined;
  if (!SYSTEM_VARIABLES.has(name) && !/^[a-z\u0080-\uffff]/.test(name)) {
    throw new CommandError(17276, `Use of undefined variable: ${name}`);
  }
  const lookUp: Expression =
    name === "ROOT" || name === "CURRENT"
      ? ({ root, variables }) => variables.get(name) ?? root
      : name === "REMOVE"
        ? () => undefined
        : name === "NOW"
          ? ({ variables }) => variables.get(name) ?? new Date()
          : ({ variables }) => {
              if (variables.has(name)) return variables.get(name);
              throw new CommandError(17276, `Use of undefined variable: ${name}`);
            };
  return path ? (scope) => resolvePath(lookUp(scope), path, 0) : lookUp;
}

function fieldPath(text: string): Expression {
  const parts = text.split(".");
  if (parts.some((part) => part === "")) {
    throw new CommandError(
      text === "" ? 16872 : 15998,
      text === ""
        ? "'$' by itself is not a valid FieldPath"
        : "FieldPath field names may not be empty strings.",
    );
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    return ({ root, variables }) => {
      const current = variables.get("CURRENT");
      return isDoc(current) ? current.get(only) : root.get(only);
    };
  }
  return ({ root, variables }) => resolvePath(variables.get("CURRENT") ?? root, parts, 0);
}

/** Follows a path; an array on the way stands for the array of its documents' values. */
export function resolvePath(value: Value, parts: readonly string[], depth: number): Value {
  const part = parts[depth];
  if (part === undefined) return value;
  if (isDoc(value)) return resolvePath(value.get(part), parts, depth + 1);
  if (!Array.isArray(value)) return undefined;
  return value
    .map((item) =>
      isDoc(item) || Array.isArray(item) ? resolvePath(item, parts, depth) : undefined,
    )
    .filter((item) => item !== undefined);
}
