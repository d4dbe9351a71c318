import { CommandError } from "../command-error.js";
import { showDoc } from "../values/show.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import { compileMatch } from "./match.js";
import type { QueryContext } from "./matcher.js";
import type { ArrayFilters } from "./update-path.js";

type Step = { path: string; parts: readonly string[] };

/** Compiles `arrayFilters`; each must be used by a path, and each `$[id]` must have one. */
export function compileArrayFilters(
  context: QueryContext & { readonly arrayFilters: Value },
  steps: readonly Step[],
): ArrayFilters {
  const filters = new Map<string, (item: Value) => boolean>();
  const given = Array.isArray(context.arrayFilters) ? context.arrayFilters : [];
  for (const filter of given) {
    if (!isDoc(filter)) throw new CommandError("TypeMismatch", "array filters must be documents");
    const id = identifierOf(filter);
    if (filters.has(id)) {
      throw new CommandError(
        "FailedToParse",
        `Found multiple array filters with the same top-level field name ${id}`,
      );
    }
    const { test } = compileMatch(filter, context);
    filters.set(id, (item) => test(new Map([[id, item]])));
    if (!steps.some(({ parts }) => parts.includes(`$[${id}]`))) {
      throw new CommandError(
        "FailedToParse",
        `The array filter for identifier '${id}' was not used in the update ${showDoc(new Map(steps.map(({ path }) => [path, null])))}`,
      );
    }
  }
  for (const { path, parts } of steps) {
    const unknown = parts.find(
      (part) => /^\$\[.+\]$/.test(part) && !filters.has(part.slice(2, -1)),
    );
    if (unknown !== undefined) {
      throw new CommandError(
        "BadValue",
        `No array filter found for identifier '${unknown.slice(2, -1)}' in path '${path}'`,
      );
    }
  }
  return filters;
}

function identifierOf(filter: Doc): string {
  for (const [name, value] of filter) {
    if (!name.startsWith("$")) return name.split(".")[0] ?? name;
    const [clause] = Array.isArray(value) ? value : [];
    if (isDoc(clause)) return identifierOf(clause);
  }
  throw new CommandError(
    "FailedToParse",
    "Cannot use an expression without a top-level field name in arrayFilters",
  );
}
