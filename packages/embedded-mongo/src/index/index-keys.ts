import { CommandError } from "../command-error.js";
import { arrayIndex } from "../query/path.js";
import type { Collation } from "../values/collation.js";
import { inverted, keyOf, RANK } from "../values/key.js";
import { isDoc, type Doc, type Value } from "../values/value.js";

/** One field of an index or of a sort. */
export type KeyField = { path: string; parts: readonly string[]; descending: boolean };

export function keyField(path: string, descending: boolean): KeyField {
  return { path, parts: path.split("."), descending };
}

/** What an index holds of a document. `present`: at least one of the fields exists. */
export type DocKeys = { keys: string[]; multikey: boolean; present: boolean };

// How far one field has been followed: to an array with components left, or to its value.
type Cursor = { array: Value[] | undefined; rest: number; value: Value; path: readonly string[] };

const EMPTY_ARRAY = Symbol("empty array");

function follow(start: Value, parts: readonly string[], from: number): Cursor {
  let value = start;
  for (let i = from; i < parts.length; i += 1) {
    const part = parts[i] ?? "";
    if (isDoc(value)) {
      value = value.get(part);
    } else if (Array.isArray(value)) {
      const index = arrayIndex(part);
      const named = value.some((item) => isDoc(item) && item.has(part));
      if (index === undefined || named) {
        return { array: value, rest: i, value: undefined, path: parts };
      }
      value = value[index];
    } else {
      return { array: undefined, rest: parts.length, value: undefined, path: parts };
    }
  }
  if (Array.isArray(value)) return { array: value, rest: parts.length, value, path: parts };
  return { array: undefined, rest: parts.length, value, path: parts };
}

type Slot = Value | typeof EMPTY_ARRAY;

function expand(cursors: readonly Cursor[], emit: (slots: Slot[]) => void): boolean {
  const open = cursors.filter(({ array }) => array !== undefined);
  const array = open[0]?.array;
  if (array === undefined) {
    emit(cursors.map(({ value }) => value));
    return false;
  }
  const other = open.find((cursor) => cursor.array !== array);
  if (other) {
    const names = [other.path[other.path.length - 1] ?? "", open[0]?.path[0] ?? ""];
    throw new CommandError(
      171,
      `cannot index parallel arrays [${names[0] ?? ""}] [${names[1] ?? ""}]`,
    );
  }
  const items: Slot[] = array.length === 0 ? [EMPTY_ARRAY] : array;
  for (const item of items) {
    const next = cursors.map((cursor) => (cursor.array === array ? enter(cursor, item) : cursor));
    expand(next, emit);
  }
  return true;
}

function enter(cursor: Cursor, item: Slot): Cursor {
  const { path, rest } = cursor;
  if (rest >= path.length) {
    return { array: undefined, rest, path, value: item as Value };
  }
  if (typeof item === "symbol" || !isDoc(item)) {
    return { array: undefined, rest, path, value: undefined };
  }
  return follow(item, path, rest);
}

function keyOfSlot(slot: Slot, collation: Collation | undefined): string {
  return (slot as unknown) === EMPTY_ARRAY ? RANK.undefined : keyOf(slot as Value, collation);
}

/** The keys of a document for the fields of an index, arrays expanded. */
export function docKeys(
  doc: Doc,
  fields: readonly KeyField[],
  collation: Collation | undefined,
): DocKeys {
  const [only] = fields;
  if (fields.length === 1 && only?.parts.length === 1) {
    const value = doc.get(only.path);
    if (!Array.isArray(value)) {
      const key = keyOf(value, collation);
      return {
        keys: [only.descending ? inverted(key) : key],
        multikey: false,
        present: value !== undefined,
      };
    }
  }
  const keys = new Set<string>();
  let present = false;
  const cursors = fields.map(({ parts }) => follow(doc, parts, 0));
  const multikey = expand(cursors, (slots) => {
    let key = "";
    slots.forEach((slot, i) => {
      if (slot !== undefined) present = true;
      const part = keyOfSlot(slot, collation);
      key += fields[i]?.descending ? inverted(part) : part;
    });
    keys.add(key);
  });
  return { keys: [...keys], multikey, present };
}

/** The key a document is sorted by in one field: the least of an array, or the greatest. */
export function sortKey(doc: Doc, field: KeyField, collation: Collation | undefined): string {
  const { keys } = docKeys(doc, [{ ...field, descending: false }], collation);
  let chosen = keys[0] ?? RANK.null;
  for (const key of keys) {
    if (field.descending ? key > chosen : key < chosen) chosen = key;
  }
  return chosen;
}
