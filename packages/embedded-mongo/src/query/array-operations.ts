import { sortItems } from "../aggregate/list-forms.js";
import { CommandError } from "../command-error.js";
import { equalValues } from "../values/compare.js";
import { approximate } from "../values/decimal.js";
import { show, showDoc } from "../values/show.js";
import { copyValue, isDoc, isNumeric, typeName, type Doc, type Value } from "../values/value.js";
import { compileElement, compileMatch } from "./match.js";
import type { QueryContext } from "./matcher.js";
import { isOperatorDoc } from "./operands.js";
import { idOf, UNCHANGED, type MakeOperation, type Operation } from "./operation.js";

export function listArgument(operator: string, operand: Value): Value[] {
  if (Array.isArray(operand)) return operand;
  throw new CommandError(
    "BadValue",
    `${operator} requires an array argument but was given a ${typeName(operand)}`,
  );
}

export function addToSet(operand: Value, _path: string, { collation }: QueryContext): Operation {
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
    return list.length === current?.length ? UNCHANGED : list;
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

export function push(operand: Value, _path: string, context: QueryContext): Operation {
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

export function pullTest(operand: Value, context: QueryContext): (item: Value) => boolean {
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

export function removing(
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

export function pop(operand: Value, path: string): Operation {
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
