import type { Collation } from "../values/collation.js";
import type { Value } from "../values/value.js";
import { ARITHMETIC } from "./arithmetic-operators.js";
import { ARRAYS } from "./array-operators.js";
import { SCALARS } from "./scalar-operators.js";

/** An operator that takes its evaluated arguments, between `least` and `most` of them. */
export type ValueOperator = {
  least: number;
  most: number;
  apply: (args: readonly Value[], collation: Collation | undefined) => Value;
};

export const VALUE_OPERATORS: ReadonlyMap<string, ValueOperator> = new Map([
  ...ARITHMETIC,
  ...SCALARS,
  ...ARRAYS,
]);
