import { isDoc, type Doc, type Value } from "../values/value.js";

/** Sets a path as $addFields does: in every document of an array on the way. */
export function setPath(doc: Doc, parts: readonly string[], value: Value): void {
  const [name = "", ...rest] = parts;
  if (rest.length === 0) {
    doc.set(name, value);
    return;
  }
  doc.set(name, withPath(doc.get(name), rest, value));
}

function withPath(held: Value, parts: readonly string[], value: Value): Value {
  if (Array.isArray(held)) return held.map((item) => withPath(item, parts, value));
  const inner: Doc = new Map(isDoc(held) ? held : []);
  setPath(inner, parts, value);
  return inner;
}

/** Removes a path as $unset does. */
export function unsetPath(doc: Doc, parts: readonly string[]): Doc {
  const [name = "", ...rest] = parts;
  const held = doc.get(name);
  if (held === undefined) return doc;
  const copy: Doc = new Map(doc);
  if (rest.length === 0) copy.delete(name);
  else copy.set(name, without(held, rest));
  return copy;
}

function without(held: Value, parts: readonly string[]): Value {
  if (Array.isArray(held)) return held.map((item) => without(item, parts));
  return isDoc(held) ? unsetPath(held, parts) : held;
}
