import { CommandError } from "../command-error.js";
import { isDoc, Regex, typeName, type Doc, type Value } from "../values/value.js";

/** Whether a document is made of operators. */
export function isOperatorDoc(value: Value): value is OperatorDoc {
  if (!isDoc(value) || value.size === 0) return false;
  const [first] = value.keys();
  // A DBRef is a value, not a set of operators.
  return first !== undefined && first.startsWith("$") && first !== "$ref" && first !== "$id";
}

/** A document of operators, as opposed to one that is a value. */
export type OperatorDoc = Doc & { readonly operators?: true };

/** The pattern of $regex and $options. */
export function regexOf(value: Value, options: Value): Regex {
  if (options !== undefined && typeof options !== "string") {
    throw new CommandError("BadValue", "$options has to be a string");
  }
  if (value instanceof Regex) {
    if (options !== undefined && value.flags !== "") {
      throw new CommandError(51075, "options set in both $regex and $options");
    }
    return new Regex(value.pattern, options ?? value.flags);
  }
  if (typeof value !== "string") throw new CommandError("BadValue", "$regex has to be a string");
  return new Regex(value, options ?? "");
}

/** Reads a filter argument. */
export function filterOf(value: Value, field: string): Doc {
  if (value === undefined || value === null) return new Map();
  if (isDoc(value)) return value;
  throw new CommandError(
    "TypeMismatch",
    `BSON field '${field}' is the wrong type '${typeName(value)}', expected type 'object'`,
  );
}
