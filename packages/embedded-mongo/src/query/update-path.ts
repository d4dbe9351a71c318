import { CommandError } from "../command-error.js";
import { show } from "../values/show.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import { arrayIndex } from "./path.js";

const MAX_PADDING = 1_500_000;

export type ArrayFilters = ReadonlyMap<string, (item: Value) => boolean>;

/** What positional components of a path stand for in one document. */
export type Positions = { matched: number | undefined; filters: ArrayFilters };

/** The place of a field: what holds it, and its name or index there. */
export type Place = { holder: Doc | Value[]; name: string };

/** The concrete paths that one with `$`, `$[]` or `$[id]` stands for in a document. */
export function concretePaths(
  doc: Doc,
  parts: readonly string[],
  positions: Positions,
): string[][] {
  if (!parts.some((part) => part.startsWith("$"))) return [[...parts]];
  const found: string[][] = [];
  spread({ value: doc, done: [] }, { parts, positions, found });
  return found;
}

type Spread = { parts: readonly string[]; positions: Positions; found: string[][] };

function spread(at: { value: Value; done: string[] }, search: Spread): void {
  const part = search.parts[at.done.length];
  if (part === undefined) {
    search.found.push(at.done);
    return;
  }
  if (part === "$") {
    const { matched } = search.positions;
    if (matched === undefined) {
      throw new CommandError(
        "BadValue",
        "The positional operator did not find the match needed from the query.",
      );
    }
    descend(at, String(matched), search);
  } else if (/^\$\[.*\]$/.test(part)) {
    spreadArray(at, part.slice(2, -1), search);
  } else {
    descend(at, part, search);
  }
}

function descend(at: { value: Value; done: string[] }, part: string, search: Spread): void {
  spread({ value: childOf(at.value, part), done: [...at.done, part] }, search);
}

function spreadArray(at: { value: Value; done: string[] }, id: string, search: Spread): void {
  const { value, done } = at;
  const path = done.join(".");
  if (value === undefined) {
    throw new CommandError(
      "BadValue",
      `The path '${path}' must exist in the document in order to apply array updates.`,
    );
  }
  if (!Array.isArray(value)) {
    throw new CommandError(
      "BadValue",
      `Cannot apply array updates to non-array element ${done.at(-1) ?? ""}: ${show(value)}`,
    );
  }
  const wanted = id === "" ? () => true : search.positions.filters.get(id);
  if (!wanted) {
    throw new CommandError(
      "BadValue",
      `No array filter found for identifier '${id}' in path '${search.parts.join(".")}'`,
    );
  }
  value.forEach((item, i) => {
    if (wanted(item)) descend(at, String(i), search);
  });
}

function childOf(value: Value, part: string): Value {
  if (isDoc(value)) return value.get(part);
  const index = Array.isArray(value) ? arrayIndex(part) : undefined;
  return Array.isArray(value) && index !== undefined ? value[index] : undefined;
}

/** Finds the place of a path; with `create`, makes the documents on the way. */
export function placeOf(doc: Doc, parts: readonly string[], create: boolean): Place | undefined {
  let holder: Doc | Value[] = doc;
  for (let i = 0; i < parts.length - 1; i += 1) {
    const part = parts[i] ?? "";
    let next: Value = childOf(holder, part);
    if (next === undefined) {
      if (!create) return undefined;
      next = new Map();
      put({ holder, name: part }, next);
    }
    if (!isDoc(next) && !Array.isArray(next)) {
      if (!create) return undefined;
      throw new CommandError(
        "PathNotViable",
        `Cannot create field '${parts[i + 1] ?? ""}' in element {${part}: ${show(next)}}`,
      );
    }
    holder = next;
  }
  const name = parts.at(-1) ?? "";
  if (create && Array.isArray(holder) && arrayIndex(name) === undefined) {
    throw new CommandError(
      "PathNotViable",
      `Cannot create field '${name}' in element {${parts.at(-2) ?? ""}: ${show(holder)}}`,
    );
  }
  return { holder, name };
}

export function read({ holder, name }: Place): Value {
  return childOf(holder, name);
}

export function put({ holder, name }: Place, value: Value): void {
  if (isDoc(holder)) {
    holder.set(name, value);
    return;
  }
  const index = arrayIndex(name);
  if (index === undefined) {
    throw new CommandError(
      "PathNotViable",
      `Cannot create field '${name}' in element {: ${show(holder)}}`,
    );
  }
  if (index - holder.length > MAX_PADDING) {
    throw new CommandError("CannotCreateIndex", `can't backfill more than ${MAX_PADDING} elements`);
  }
  while (holder.length < index) holder.push(null);
  holder[index] = value;
}

/** Takes the field away; an array's element becomes null. */
export function erase({ holder, name }: Place): void {
  if (isDoc(holder)) {
    holder.delete(name);
    return;
  }
  const index = arrayIndex(name);
  if (index !== undefined && index < holder.length) holder[index] = null;
}
