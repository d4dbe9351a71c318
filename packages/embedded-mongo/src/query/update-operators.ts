import { CommandError } from "../command-error.js";
import { sortItems } from "../aggregate/expression-forms.js";
import { compareValues, equalValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { calculate, toBigInt } from "../values/number.js";
import { show, showDoc } from "../values/show.js";
import {
  copyValue,
  Dec,
  Double,
  isDoc,
  isNumeric,
  Stamp,
  typeName,
  type Doc,
  type Value,
} from "../values/value.js";
import { compileElement, compileMatch, isOperatorDoc, type QueryContext } from "./match.js";

/** What an operator leaves the field as it is with. */
export const UNCHANGED = Symbol("unchanged");
/** What removes the field. */
export const REMOVED = Symbol("removed");
type Outcome = Value | typeof UNCHANGED | typeof REMOVED;

/** The field an operator works on. */
type Target = { path: string; name: string; doc: Doc };
export type Operation = (current: Value, target: Target) => Outcome;
export type MakeOperation = (operand: Value, path: string, context: QueryContext) => Operation;

function idOf({ doc }: Target): string {
  return `{_id: ${show(doc.get("_id"))}}`;
}

function arithmetic(operator: "$inc" | "$mul"): MakeOperation {
  const verb = operator === "$inc" ? "increment" : "multiply";
  return (operand, path) => {
    if (!isNumeric(operand)) {
      throw new CommandError(
        "TypeMismatch",
        `Cannot ${verb} with non-numeric argument: {${path}: ${show(operand)}}`,
      );
    }
    const kind = operator === "$inc" ? "add" : "multiply";
    return (current, target) => {
      if (current === undefined) return operator === "$inc" ? operand : calculate(kind, operand, 0);
      if (!isNumeric(current)) {
        throw new CommandError(
          "TypeMismatch",
          `Cannot apply ${operator} to a value of non-numeric type. ${idOf(target)} has the field '${target.name}' of non-numeric type ${typeName(current)}`,
        );
      }
      const result = calculate(kind, current, operand);
      if (result !== undefined) return result;
      throw new CommandError(
        "BadValue",
        `Failed to apply ${operator} operations to current value (${show(current)}) for document ${idOf(target)}`,
      );
    };
  };
}

function extreme(sign: 1 | -1): MakeOperation {
  return (operand, _path, { collation }) =>
    (current) =>
      current === undefined || sign * compareValues(operand, current, collation) > 0
        ? copyValue(operand)
        : UNCHANGED;
}

function currentDate(operand: Value, path: string, context: QueryContext): Operation {
  const type = isDoc(operand) ? operand.get("$type") : "date";
  if (!isDoc(operand) && typeof operand !== "boolean") {
    throw new CommandError(
      "BadValue",
      `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  }
  if (type !== "date" && type !== "timestamp") {
    throw new CommandError(
      "BadValue",
      `The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {${path}: {$type: 'date'}}}`,
    );
  }
  const now = context.variables.get("NOW");
  const date = now instanceof Date ? now : new Date();
  return () =>
    type === "date" ? date : new Stamp((BigInt(Math.floor(date.getTime() / 1000)) << 32n) | 1n);
}

function bit(operand: Value): Operation {
  if (!isDoc(operand) || operand.size === 0) {
    throw new CommandError(
      "BadValue",
      `The $bit modifier is not compatible with a ${typeName(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  }
  for (const [name, mask] of operand) {
    if (name !== "and" && name !== "or" && name !== "xor") {
      throw new CommandError(
        "BadValue",
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${name}: ${show(mask)}}`,
      );
    }
    if (!isInteger(mask)) {
      throw new CommandError(
        "BadValue",
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeName(mask)}' is not supported here: {${name}: ${show(mask)}}`,
      );
    }
  }
  return (current = 0, target) => {
    if (!isInteger(current)) {
      throw new CommandError(
        "BadValue",
        `Cannot apply $bit to a value of non-integral type.${idOf(target)} has the field ${target.name} of non-integer type ${typeName(current)}`,
      );
    }
    let [bits, wide] = [toBigInt(current as number), typeof current === "bigint"];
    for (const [name, mask] of operand) {
      const other = toBigInt(mask as number);
      wide ||= typeof mask === "bigint";
      bits = name === "and" ? bits & other : name === "or" ? bits | other : bits ^ other;
    }
    return wide ? bits : Number(bits);
  };
}

function isInteger(value: Value): boolean {
  return isNumeric(value) && !(value instanceof Double) && !(value instanceof Dec)
    ? Number.isInteger(approximate(value))
    : false;
}

function listArgument(operator: string, operand: Value): Value[] {
  if (Array.isArray(operand)) return operand;
  throw new CommandError(
    "BadValue",
    `${operator} requires an array argument but was given a ${typeName(operand)}`,
  );
}

function addToSet(operand: Value, _path: string, { collation }: QueryContext): Operation {
  const each = isDoc(operand) && operand.has("$each");
  if (each && operand.size > 1) {
    throw new CommandError(
      "BadValue",
      `Found unexpected fields after $each in $addToSet: ${showDoc(operand)}`,
    );
  }
  const items = each ? eachList("$addToSet", operand.get("$each")) : [operand];
  return (current, target) => {
    if (current !== undefined && !Array.isArray(current)) {
      throw new CommandError(
        "BadValue",
        `Cannot apply $addToSet to non-array field. Field named '${target.name}' has non-array type ${typeName(current)}`,
      );
    }
    const list = [...(current ?? [])];
    for (const item of items) {
      if (!list.some((have) => equalValues(have, item, collation))) list.push(copyValue(item));
    }
    return current && list.length === current.length ? UNCHANGED : list;
  };
}

function eachList(operator: string, value: Value): Value[] {
  if (Array.isArray(value)) return value;
  throw new CommandError(
    operator === "$push" ? "BadValue" : "TypeMismatch",
    operator === "$push"
      ? `The argument to $each in $push must be an array but it was of type: ${typeName(value)}`
      : `The argument to $each in $addToSet must be an array but it was of type ${typeName(value)}`,
  );
}

type PushModifiers = {
  items: Value[];
  position: number | undefined;
  slice: number | undefined;
  sort: Value;
};

function modifierNumber(operand: Doc, name: string): number | undefined {
  const value = operand.get(name);
  if (value === undefined) return undefined;
  if (isNumeric(value) && Number.isInteger(approximate(value))) return approximate(value);
  throw new CommandError(
    "BadValue",
    `The value for ${name} must be an integer value but was given type: ${typeName(value)}`,
  );
}

function pushModifiers(operand: Value): PushModifiers {
  if (!isDoc(operand) || !operand.has("$each")) {
    return { items: [operand], position: undefined, slice: undefined, sort: undefined };
  }
  for (const name of operand.keys()) {
    if (!["$each", "$position", "$slice", "$sort"].includes(name)) {
      throw new CommandError("BadValue", `Unrecognized clause in $push: ${name}`);
    }
  }
  const sort = operand.get("$sort");
  if (sort !== undefined && !isDoc(sort) && !isNumeric(sort)) {
    throw new CommandError(
      "BadValue",
      "The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields",
    );
  }
  return {
    items: eachList("$push", operand.get("$each")),
    position: modifierNumber(operand, "$position"),
    slice: modifierNumber(operand, "$slice"),
    sort,
  };
}

function push(operand: Value, _path: string, context: QueryContext): Operation {
  const { items, position, slice, sort } = pushModifiers(operand);
  return (current, target) => {
    if (current !== undefined && !Array.isArray(current)) {
      throw new CommandError(
        "BadValue",
        `The field '${target.name}' must be an array but is of type ${typeName(current)} in document ${idOf(target)}`,
      );
    }
    let list = [...(current ?? [])];
    list.splice(position ?? list.length, 0, ...items.map(copyValue));
    if (sort !== undefined) list = sortItems(list, sort, context);
    if (slice !== undefined) list = slice < 0 ? list.slice(slice) : list.slice(0, slice);
    return list;
  };
}

function pullTest(operand: Value, context: QueryContext): (item: Value) => boolean {
  if (isOperatorDoc(operand)) return compileElement(operand, context);
  if (isDoc(operand)) {
    const { test } = compileMatch(operand, context);
    return (item) => isDoc(item) && test(item);
  }
  const { test } = compileMatch(new Map([["v", operand]]), context);
  // An array is pulled when it equals the operand, not when it contains it.
  return (item) =>
    Array.isArray(item)
      ? equalValues(item, operand, context.collation)
      : test(new Map([["v", item]]));
}

function removing(
  operator: string,
  make: (operand: Value, context: QueryContext) => (item: Value) => boolean,
): MakeOperation {
  return (operand, _path, context) => {
    const unwanted = make(operand, context);
    return (current) => {
      if (current === undefined) return UNCHANGED;
      if (!Array.isArray(current)) {
        throw new CommandError("BadValue", `Cannot apply ${operator} to a non-array value`);
      }
      const kept = current.filter((item) => !unwanted(item));
      return kept.length === current.length ? UNCHANGED : kept;
    };
  };
}

function pop(operand: Value, path: string): Operation {
  const side = isNumeric(operand) ? approximate(operand) : NaN;
  if (side !== 1 && side !== -1) {
    throw new CommandError("FailedToParse", `$pop expects 1 or -1, found: ${show(operand)}`);
  }
  return (current) => {
    if (current === undefined) return UNCHANGED;
    if (!Array.isArray(current)) {
      throw new CommandError(
        "TypeMismatch",
        `Path '${path}' contains an element of non-array type '${typeName(current)}'`,
      );
    }
    if (current.length === 0) return UNCHANGED;
    return side === 1 ? current.slice(0, -1) : current.slice(1);
  };
}

const set: MakeOperation = (operand) => () => copyValue(operand);

/** The update operators that change one field each ($rename changes two). */
export const OPERATIONS: ReadonlyMap<string, MakeOperation> = new Map<string, MakeOperation>([
  ["$set", set],
  ["$setOnInsert", set],
  ["$unset", () => (current) => (current === undefined ? UNCHANGED : REMOVED)],
  ["$inc", arithmetic("$inc")],
  ["$mul", arithmetic("$mul")],
  ["$min", extreme(-1)],
  ["$max", extreme(1)],
  ["$currentDate", currentDate],
  ["$bit", bit],
  ["$addToSet", addToSet],
  ["$push", push],
  ["$pull", removing("$pull", pullTest)],
  [
    "$pullAll",
    removing("$pullAll", (operand, { collation }) => {
      const items = listArgument("$pullAll", operand);
      return (item) => items.some((unwanted) => equalValues(item, unwanted, collation));
    }),
  ],
  ["$pop", pop],
]);

/** Operators that never make the field they do not find. */
export const NEEDS_FIELD: ReadonlySet<string> = new Set(["$unset", "$pull", "$pullAll", "$pop"]);
