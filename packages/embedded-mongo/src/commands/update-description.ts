import { equalValues } from "../values/compare.js";
import type { UpdateKind } from "../storage/access.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";

type Path = readonly (string | number)[];
type Found = {
  computed: boolean;
  updated: [Path, Value][];
  removed: Path[];
  truncated: [Path, number][];
};

/** What an update changed, by paths, as change streams tell it. */
export function updateDescription(
  before: Doc,
  after: Doc,
  { kind, expanded }: { kind: UpdateKind | undefined; expanded: boolean },
): Doc {
  const found: Found = {
    computed: kind === "pipeline",
    updated: [],
    removed: [],
    truncated: [],
  };
  compareDocs(before, after, { path: [], found });
  const paths = [...found.updated, ...found.truncated].map(([path]) => path);
  return docOf({
    updatedFields: new Map(found.updated.map(([path, value]) => [path.join("."), value])),
    removedFields: found.removed.map((path) => path.join(".")),
    truncatedArrays: found.truncated.map(([path, newSize]) =>
      docOf({ field: path.join("."), newSize }),
    ),
    disambiguatedPaths: expanded ? disambiguated([...paths, ...found.removed]) : undefined,
  });
}

type Place = { path: Path; found: Found };

function compareDocs(before: Doc, after: Doc, { path, found }: Place): void {
  for (const name of before.keys()) if (!after.has(name)) found.removed.push([...path, name]);
  for (const [name, value] of after) {
    compareValues(before.get(name), value, { path: [...path, name], found });
  }
}

function compareValues(before: Value, after: Value, place: Place): void {
  if (before !== undefined && isSame(before, after)) return;
  if (isDoc(before) && isDoc(after)) compareDocs(before, after, place);
  else if (Array.isArray(before) && Array.isArray(after)) compareArrays(before, after, place);
  else place.found.updated.push([place.path, after]);
}

function isSame(a: Value, b: Value): boolean {
  return equalValues(a, b) && typeof a === typeof b;
}

// Operators write an array anew or add to its end; a pipeline's result is compared item by item.
function compareArrays(before: Value[], after: Value[], { path, found }: Place): void {
  const common = Math.min(before.length, after.length);
  const grown = before.every((item, i) => isSame(item, after[i]));
  if (!found.computed && !grown && before.length !== after.length) {
    found.updated.push([path, after]);
    return;
  }
  for (let i = 0; i < common; i += 1) {
    compareValues(before[i], after[i], { path: [...path, i], found });
  }
  for (let i = common; i < after.length; i += 1) found.updated.push([[...path, i], after[i]]);
  if (after.length < before.length) found.truncated.push([path, after.length]);
}

// Paths whose dots and numbers could be read in more than one way, by their components.
function disambiguated(paths: readonly Path[]): Doc {
  const ambiguous = paths.filter((path) =>
    path.some((part) => typeof part === "string" && /^\d+$|\./.test(part)),
  );
  return new Map(ambiguous.map((path) => [path.join("."), [...path]]));
}
