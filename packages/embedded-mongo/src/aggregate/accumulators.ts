import { CommandError } from "../command-error.js";
import { noteHeld } from "../query/watch.js";
import type { Collation } from "../values/collation.js";
import { compareValues } from "../values/compare.js";
import { approximate, toDecimal } from "../values/decimal.js";
import { keyOf } from "../values/key.js";
import {
  Dec,
  isDoc,
  isNumeric,
  toDouble,
  type Doc,
  type Numeric,
  type Value,
} from "../values/value.js";
import { calculateOrWiden } from "./arithmetic-operators.js";

/** Takes a group's values one by one and then says what they come to. */
export type Accumulator = { add(value: Value): void; result(): Value };

function sum(): Accumulator {
  let total: Numeric = 0;
  return {
    add(value) {
      if (isNumeric(value)) total = calculateOrWiden("add", total, value);
    },
    result: () => total,
  };
}

function average(): Accumulator {
  let [total, count]: [Numeric, number] = [0, 0];
  return {
    add(value) {
      if (!isNumeric(value)) return;
      total = calculateOrWiden("add", total, value);
      count += 1;
    },
    result() {
      if (count === 0) return null;
      if (!(total instanceof Dec)) return toDouble(approximate(total) / count);
      return toDecimal({
        kind: "finite",
        exact: decimalQuotient(total, count),
        negativeZero: false,
      });
    },
  };
}

function decimalQuotient(total: Dec, count: number) {
  const text = (approximate(total) / count).toPrecision(15);
  const [digits = "0", power = "0"] = Number(text).toExponential().split("e");
  const places = digits.split(".")[1]?.length ?? 0;
  return { coefficient: BigInt(digits.replace(".", "")), exponent: Number(power) - places };
}

function extreme(sign: 1 | -1, collation: Collation | undefined): Accumulator {
  let best: Value;
  return {
    add(value) {
      if (value === undefined || value === null) return;
      if (best === undefined || sign * compareValues(value, best, collation) > 0) best = value;
    },
    result: () => best ?? null,
  };
}

function ends(last: boolean): Accumulator {
  let [held, started]: [Value, boolean] = [null, false];
  return {
    add(value) {
      if (last || !started) held = value ?? null;
      started = true;
    },
    result: () => held,
  };
}

function push(): Accumulator {
  const items: Value[] = [];
  return {
    add(value) {
      if (value === undefined) return;
      noteHeld();
      items.push(value);
    },
    result: () => items,
  };
}

function addToSet(collation: Collation | undefined): Accumulator {
  const items = new Map<string, Value>();
  return {
    add(value) {
      if (value === undefined) return;
      noteHeld();
      items.set(keyOf(value, collation), value);
    },
    result: () => [...items.values()],
  };
}

function mergeObjects(): Accumulator {
  const merged: Doc = new Map();
  return {
    add(value) {
      if (isDoc(value)) for (const [name, item] of value) merged.set(name, item);
    },
    result: () => merged,
  };
}

function count(): Accumulator {
  let total = 0;
  return {
    add() {
      total += 1;
    },
    result: () => total,
  };
}

const MAKERS: Readonly<Record<string, (collation: Collation | undefined) => Accumulator>> = {
  $sum: sum,
  $avg: average,
  $max: (collation) => extreme(1, collation),
  $min: (collation) => extreme(-1, collation),
  $first: () => ends(false),
  $last: () => ends(true),
  $push: push,
  $addToSet: addToSet,
  $mergeObjects: mergeObjects,
  $count: count,
};

export function newAccumulator(name: string, collation: Collation | undefined): Accumulator {
  const make = MAKERS[name];
  if (!make) throw new CommandError(15952, `unknown group operator '${name}'`);
  return make(collation);
}

/** One accumulator over a whole list. */
export function accumulate(
  name: string,
  items: readonly Value[],
  collation: Collation | undefined,
): Value {
  const accumulator = newAccumulator(name, collation);
  for (const item of items) accumulator.add(item);
  return accumulator.result();
}
