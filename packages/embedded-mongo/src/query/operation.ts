import { show } from "../values/show.js";
import type { Doc, Value } from "../values/value.js";
import type { QueryContext } from "./matcher.js";

/** What an operator leaves the field as it is with. */
export const UNCHANGED = Symbol("unchanged");
/** What removes the field. */
export const REMOVED = Symbol("removed");
type Outcome = Value | typeof UNCHANGED | typeof REMOVED;

/** The field an operator works on. */
type Target = { path: string; name: string; doc: Doc };
export type Operation = (current: Value, target: Target) => Outcome;
export type MakeOperation = (operand: Value, path: string, context: QueryContext) => Operation;

/** How messages name the document. */
export function idOf({ doc }: Target): string {
  return `{_id: ${show(doc.get("_id"))}}`;
}
