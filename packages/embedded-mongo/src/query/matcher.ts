import type { Variables } from "../aggregate/expression-types.js";
import type { Collation } from "../values/collation.js";
import type { Doc } from "../values/value.js";
import type { Position } from "./path.js";

/** What compiling a filter, an update or a pipeline needs to know. */
export type QueryContext = {
  readonly collation: Collation | undefined;
  readonly variables: Variables;
  /** Told of every operator met, for the log of what an application uses. */
  readonly seen: (kind: string, name: string) => void;
};

export type Test = (doc: Doc, position?: Position) => boolean;

/** A compiled filter: its test, the top-level fields it reads, whether it may run very long. */
export type Matcher = {
  test: Test;
  fields: ReadonlySet<string> | undefined;
  hostile: boolean;
};
