import type { Collation } from "../values/collation.js";
import type { Doc, Value } from "../values/value.js";

/** The variables in scope, by name. */
export type Variables = ReadonlyMap<string, Value>;
/** What an expression is evaluated against: the document and the variables in scope. */
export type Scope = { root: Doc; variables: Variables };
export type Expression = (scope: Scope) => Value;

export type ExpressionContext = {
  readonly collation: Collation | undefined;
  readonly variables: Variables;
  readonly seen: (kind: string, name: string) => void;
};

/** What special forms need to compile their parts. */
export type Compile = (value: Value) => Expression;

/** An operator that takes its evaluated arguments, between `least` and `most` of them. */
export type ValueOperator = {
  least: number;
  most: number;
  apply: (args: readonly Value[], collation: Collation | undefined) => Value;
};

/** An operator that decides itself what it evaluates. */
export type Form = (operand: Value, compile: Compile, context: ExpressionContext) => Expression;
