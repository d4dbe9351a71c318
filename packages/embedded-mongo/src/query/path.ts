import { isDoc, type Doc, type Value } from "../values/value.js";

/** A test of one value; `undefined` is a missing one. */
export type Leaf = (value: Value) => boolean;

/** Where in an array the last match was: what the positional operator `$` stands for. */
export type Position = { index: number | undefined };

const INDEX = /^(?:0|[1-9]\d*)$/;

/** The array index that a path component stands for, if it can be one. */
export function arrayIndex(part: string): number | undefined {
  return INDEX.test(part) ? Number(part) : undefined;
}

/**
 * Whether the leaf holds for a value at the path. Arrays on the way stand for each of their
 * documents and, for a numeric component, for the element there.
 */
export function anyAtPath(
  value: Value,
  parts: readonly string[],
  leaf: (value: Value, position: Position | undefined) => boolean,
  position: Position | undefined,
): boolean {
  return walk(value, 0, { parts, leaf, position });
}

type Walk = {
  parts: readonly string[];
  leaf: (value: Value, position: Position | undefined) => boolean;
  position: Position | undefined;
};

function walk(value: Value, depth: number, search: Walk): boolean {
  const part = search.parts[depth];
  if (part === undefined) return search.leaf(value, search.position);
  if (isDoc(value)) return walk(value.get(part), depth + 1, search);
  if (!Array.isArray(value)) {
    return search.leaf(undefined, search.position);
  }
  const index = arrayIndex(part);
  if (index !== undefined && index < value.length && walk(value[index], depth + 1, search)) {
    return true;
  }
  for (let i = 0; i < value.length; i += 1) {
    const item = value[i];
    if (isDoc(item) && walk(item, depth, search)) {
      if (search.position) search.position.index = i;
      return true;
    }
  }
  return false;
}

/** A leaf that holds for an array when it holds for one of its elements or for the whole. */
export function throughArray(leaf: Leaf): (value: Value, position?: Position) => boolean {
  return (value, position) => {
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i += 1) {
        if (leaf(value[i])) {
          if (position) position.index = i;
          return true;
        }
      }
    }
    return leaf(value);
  };
}

/** The value at a path without looking into arrays; undefined when there is none. */
export function valueAtPath(doc: Doc, parts: readonly string[]): Value {
  let value: Value = doc;
  for (const part of parts) {
    if (!isDoc(value)) return undefined;
    value = value.get(part);
  }
  return value;
}
