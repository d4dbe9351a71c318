import { CommandError } from "../command-error.js";
import { compareValues, equalValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { calculate, toBigInt } from "../values/number.js";
import { show } from "../values/show.js";
import {
  copyValue,
  Dec,
  Double,
  isDoc,
  isNumeric,
  Stamp,
  typeName,
  type Value,
} from "../values/value.js";
import { addToSet, listArgument, pop, pullTest, push, removing } from "./array-operations.js";
import type { QueryContext } from "./matcher.js";
import { idOf, REMOVED, UNCHANGED, type MakeOperation, type Operation } from "./operation.js";

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
