import { ARITHMETIC } from "./arithmetic-operators.js";
import { ARRAYS } from "./array-operators.js";
import type { ValueOperator } from "./expression-types.js";
import { SCALARS } from "./scalar-operators.js";

/** All of them, by name. */
export const VALUE_OPERATORS: ReadonlyMap<string, ValueOperator> = new Map([
  ...ARITHMETIC,
  ...SCALARS,
  ...ARRAYS,
]);
