import { compileUpdatePipeline } from "../aggregate/update-pipeline.js";
import { CommandError } from "../command-error.js";
import { equalValues } from "../values/compare.js";
import { show } from "../values/show.js";
import type { UpdateKind } from "../storage/access.js";
import { copyDoc, isDoc, typeName, type Doc, type Value } from "../values/value.js";
import type { QueryContext } from "./matcher.js";
import { arrayIndex } from "./path.js";
import { NEEDS_FIELD, OPERATIONS } from "./update-operators.js";
import { compileArrayFilters } from "./array-filters.js";
import { rename, renameOf, type Rename } from "./rename.js";
import { REMOVED, UNCHANGED, type Operation } from "./operation.js";
import { concretePaths, erase, placeOf, put, read, type ArrayFilters } from "./update-path.js";

/** One application of an update: where the query matched, and whether this is an insert. */
type Application = { matched: number | undefined; inserting: boolean };

/** A compiled update. `apply` may change the document it gets and returns the new one. */
export type Update = {
  kind: UpdateKind;
  /** Whether it needs to know where in an array the filter matched. */
  positional: boolean;
  apply(doc: Doc, application: Application): Doc;
};

type Step = { operator: string; path: string; parts: readonly string[]; run: Operation };

export type UpdateContext = QueryContext & { readonly arrayFilters: Value };

/** Compiles `u` of an update: a replacement, operators or a pipeline. */
export function compileUpdate(update: Value, context: UpdateContext): Update {
  if (Array.isArray(update)) {
    return {
      kind: "pipeline",
      positional: false,
      apply: checked(compileUpdatePipeline(update, context)),
    };
  }
  if (!isDoc(update)) {
    throw new CommandError("FailedToParse", "Update argument must be either an object or an array");
  }
  const [first] = update.keys();
  if (first?.startsWith("$")) return compileOperators(update, context);
  for (const name of update.keys()) {
    if (name.startsWith("$")) {
      throw new CommandError(
        52,
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
      );
    }
  }
  return { kind: "replacement", positional: false, apply: (doc) => replaced(doc, update) };
}

function replaced(doc: Doc, replacement: Doc): Doc {
  const id = doc.get("_id");
  const given = replacement.get("_id");
  if (given !== undefined && id !== undefined && !equalValues(given, id)) {
    throw new CommandError(
      "ImmutableField",
      `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${show(given)}`,
    );
  }
  const result: Doc = new Map();
  if (id !== undefined || given !== undefined) result.set("_id", id ?? given);
  for (const [name, value] of replacement) if (name !== "_id") result.set(name, value);
  return copyDoc(result);
}

function checked(run: (doc: Doc) => Doc): Update["apply"] {
  return (doc, { inserting }) => {
    const id = doc.get("_id");
    const result = run(doc);
    const now = result.get("_id");
    if (inserting && id === undefined) return result;
    if (now === undefined && id !== undefined) {
      return new Map<string, Value>([["_id", id], ...result]);
    }
    if (!equalValues(now, id)) {
      throw new CommandError(
        "ImmutableField",
        `Performing an update on the path '_id' would modify the immutable field '_id'`,
      );
    }
    return result;
  };
}

function compileOperators(update: Doc, context: UpdateContext): Update {
  const steps: Step[] = [];
  const renames: Rename[] = [];
  for (const [operator, fields] of update) {
    const known = OPERATIONS.has(operator) || operator === "$rename";
    if (!known) {
      throw new CommandError(
        "FailedToParse",
        operator.startsWith("$")
          ? `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`
          : `The dollar ($) prefixed field or modifier is expected, found '${operator}'`,
      );
    }
    context.seen("update", operator);
    if (!isDoc(fields)) {
      throw new CommandError(
        "FailedToParse",
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${show(fields)}}`,
      );
    }
    for (const [path, operand] of fields) {
      if (operator === "$rename") renames.push(renameOf(path, operand));
      else steps.push(compileStep({ operator, path, operand }, context));
    }
  }
  const renamed = renames.flatMap(({ from, to }) => [from, to]);
  checkConflicts([...steps.map(({ path }) => path), ...renamed]);
  const filters = compileArrayFilters(context, steps);
  steps.sort((a, b) => comparePaths(a.parts, b.parts));
  return {
    kind: "operators",
    positional: steps.some(({ parts }) => parts.includes("$")),
    apply: (doc, application) => {
      const id = doc.get("_id");
      for (const each of renames) rename(doc, each);
      for (const step of steps) applyStep(doc, step, { filters, ...application });
      checkId(id, doc, application);
      return doc;
    },
  };
}

function compileStep(
  given: { operator: string; path: string; operand: Value },
  context: UpdateContext,
): Step {
  const { operator, path, operand } = given;
  const parts = path.split(".");
  if (parts.includes("")) {
    throw new CommandError(
      "EmptyFieldName",
      path === ""
        ? "An empty update path is not valid."
        : `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  const dollar = parts.find(
    (part) => part.startsWith("$") && part !== "$" && !/^\$\[.*\]$/.test(part),
  );
  if (dollar !== undefined) {
    throw new CommandError(
      52,
      `The dollar ($) prefixed field '${dollar}' in '${path}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  if (parts[0]?.startsWith("$") === true) {
    throw new CommandError(
      "BadValue",
      `Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '${path}'`,
    );
  }
  const run = OPERATIONS.get(operator)?.(operand, path, context);
  if (!run) throw new CommandError("FailedToParse", `Unknown modifier: ${operator}`);
  return { operator, path, parts, run };
}

function checkConflicts(given: readonly string[]): void {
  const paths = given.toSorted();
  for (const [i, path] of paths.entries()) {
    for (const later of paths.slice(i + 1)) {
      if (!later.startsWith(path)) break;
      if (later === path || later.startsWith(`${path}.`)) {
        const first = given.find((each) => each === later || each === path);
        const last = first === later ? path : later;
        throw new CommandError(
          "ConflictingUpdateOperators",
          `Updating the path '${last}' would create a conflict at '${path}'`,
        );
      }
    }
  }
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const [x, y] = [a[i] ?? "", b[i] ?? ""];
    if (x === y) continue;
    const [m, n] = [arrayIndex(x), arrayIndex(y)];
    if (m !== undefined && n !== undefined) return m - n;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

function applyStep(
  doc: Doc,
  step: Step,
  application: Application & { filters: ArrayFilters },
): void {
  if (step.operator === "$setOnInsert" && !application.inserting) return;
  for (const parts of concretePaths(doc, step.parts, application)) {
    const path = parts.join(".");
    const name = parts.at(-1) ?? "";
    const existing = placeOf(doc, parts, false);
    const current = existing ? read(existing) : undefined;
    if (current === undefined && NEEDS_FIELD.has(step.operator)) continue;
    const outcome = step.run(current, { path, name, doc });
    if (outcome === UNCHANGED) continue;
    if (outcome === REMOVED) {
      if (existing) erase(existing);
      continue;
    }
    const place = placeOf(doc, parts, true);
    if (place) put(place, outcome);
  }
}

function checkId(before: Value, doc: Doc, { inserting }: Application): void {
  const after = doc.get("_id");
  if (inserting && before === undefined) return;
  if (after === undefined || !equalValues(before, after)) {
    throw new CommandError(
      "ImmutableField",
      `Performing an update on the path '_id' would modify the immutable field '_id'`,
    );
  }
}
