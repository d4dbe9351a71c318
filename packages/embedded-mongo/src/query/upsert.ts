import { CommandError } from "../command-error.js";
import { copyDoc, isDoc, Oid, Regex, type Doc, type Value } from "../values/value.js";
import { isOperatorDoc } from "./operands.js";
import { placeOf, put } from "./update-path.js";

/** The document an upsert starts from: the filter's equalities. */
export function upsertSeed(filter: Doc): Doc {
  const seed: Doc = new Map();
  const paths: string[] = [];
  const collect = (part: Doc) => {
    for (const [path, operand] of part) {
      if (path === "$and" && Array.isArray(operand)) {
        for (const clause of operand) if (isDoc(clause)) collect(clause);
      } else if (path === "$or" && Array.isArray(operand) && operand.length === 1) {
        for (const clause of operand) if (isDoc(clause)) collect(clause);
      } else if (!path.startsWith("$")) {
        const value = equalityOf(operand);
        if (value === undefined) continue;
        checkPaths(paths, path);
        paths.push(path);
        const place = placeOf(seed, path.split("."), true);
        if (place) put(place, isDoc(value) ? copyDoc(value) : value);
      }
    }
  };
  collect(filter);
  return seed;
}

function equalityOf(operand: Value): Value {
  if (!isOperatorDoc(operand)) return operand instanceof Regex ? undefined : operand;
  if (operand.has("$eq")) return operand.get("$eq");
  const list = operand.get("$in") ?? operand.get("$all");
  return Array.isArray(list) && list.length === 1 && !isDoc(list[0]) ? list[0] : undefined;
}

function checkPaths(paths: readonly string[], path: string): void {
  for (const other of paths) {
    if (other === path) {
      throw new CommandError(
        54,
        `cannot infer query fields to set, path '${path}' is matched twice`,
      );
    }
    if (path.startsWith(`${other}.`) || other.startsWith(`${path}.`)) {
      throw new CommandError(
        54,
        `cannot infer query fields to set, both paths '${path}' and '${other}' are matched`,
      );
    }
  }
}

/** The document with `_id` first, made when there is none. */
export function withId(doc: Doc): Doc {
  const [first] = doc.keys();
  if (first === "_id") return doc;
  const id = doc.has("_id") ? doc.get("_id") : Oid.generate();
  const result: Doc = new Map([["_id", id]]);
  for (const [name, value] of doc) if (name !== "_id") result.set(name, value);
  return result;
}
