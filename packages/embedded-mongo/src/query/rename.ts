import { CommandError } from "../command-error.js";
import { show } from "../values/show.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import { erase, placeOf, put, read } from "./update-path.js";

export type Rename = { from: string; to: string };

/** Reads `from: to` of $rename. */
export function renameOf(from: string, to: Value): Rename {
  if (typeof to !== "string") {
    throw refusal(`The 'to' field for $rename must be a string: ${from}: ${show(to)}`);
  }
  if (from.split(".").includes("$") || to.split(".").includes("$")) {
    throw refusal(`The source field for $rename may not be dynamic: ${from}`);
  }
  if (from === to) {
    throw refusal(`The source and target field for $rename must differ: ${from}: ${show(to)}`);
  }
  return { from, to };
}

/** Moves a field, if it is there; its old and new places are in no array. */
export function rename(doc: Doc, { from, to }: Rename): void {
  const [parts, targetParts] = [from.split("."), to.split(".")];
  const place = placeOf(doc, parts, false);
  if (!place) return;
  checkNoArray(doc, parts, "source");
  const value = read(place);
  if (value === undefined) return;
  checkNoArray(doc, targetParts, "destination");
  const target = placeOf(doc, targetParts, true);
  erase(place);
  if (target) put(target, value);
}

function checkNoArray(doc: Doc, parts: readonly string[], end: "source" | "destination"): void {
  let holder: Value = doc;
  for (const part of parts.slice(0, -1)) {
    holder = isDoc(holder) ? holder.get(part) : undefined;
    if (!Array.isArray(holder)) continue;
    const where = `'${parts.join(".")}' in doc with _id: ${show(doc.get("_id"))}`;
    throw refusal(
      `The ${end} field cannot be an array element, ${where}, which has an array field called '${part}'`,
    );
  }
}

function refusal(message: string): CommandError {
  return new CommandError("BadValue", message);
}
