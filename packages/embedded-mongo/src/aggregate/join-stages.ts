import { CommandError } from "../command-error.js";
import { setPath } from "../query/set-path.js";
import { show } from "../values/show.js";
import { keyOf } from "../values/key.js";
import { approximate } from "../values/decimal.js";
import { heldAll } from "../query/watch.js";
import { docOf, isDoc, isNumeric, Regex, type Doc, type Value } from "../values/value.js";
import { compileExpression, resolvePath } from "./expression.js";
import { named } from "./named-arguments.js";
import { type NamedStage, stagesOf, type Stage, type StageContext } from "./stage.js";

function textField(spec: Doc, name: string, stage: string): string {
  const value = spec.get(name);
  if (typeof value === "string") return value;
  throw new CommandError(
    "FailedToParse",
    `${stage} argument '${name}' must be a string, found ${show(value)}`,
  );
}

const match = (filter: Doc): NamedStage => ({ name: "$match", operand: filter });

/** The filter that finds the foreign documents of one local value. */
function joinFilter(foreignField: string, local: Value): Doc {
  const values = Array.isArray(local) ? local : [local ?? null];
  const literal = values.map((value) => (value instanceof Regex ? null : value));
  return new Map([[foreignField, docOf({ $in: literal })]]);
}

export function lookup(operand: Value, context: StageContext): Stage {
  const spec = named("$lookup", operand, {
    required: ["as"],
    optional: ["from", "localField", "foreignField", "let", "pipeline"],
  });
  const as = textField(spec, "as", "$lookup").split(".");
  const byField = spec.has("localField") || spec.has("foreignField");
  const stages = spec.has("pipeline") ? stagesOf(spec.get("pipeline")) : undefined;
  if (!byField && !stages) {
    throw new CommandError(
      "FailedToParse",
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  const variables = spec.get("let");
  const bindings = isDoc(variables)
    ? [...variables].map(([name, value]) => ({ name, value: compileExpression(value, context) }))
    : [];
  const join = byField
    ? {
        local: textField(spec, "localField", "$lookup").split("."),
        foreign: textField(spec, "foreignField", "$lookup"),
      }
    : undefined;
  const from = spec.has("from") ? textField(spec, "from", "$lookup") : undefined;
  return function* (docs) {
    for (const doc of docs) {
      context.deadline.check();
      const scope = { root: doc, variables: context.variables };
      const joining = join
        ? [match(joinFilter(join.foreign, resolvePath(doc, join.local, 0)))]
        : [];
      const inner: StageContext = {
        ...context,
        variables: new Map([
          ...context.variables,
          ...bindings.map(({ name, value }): [string, Value] => [name, value(scope)]),
        ]),
      };
      const joined =
        from === undefined
          ? context.compile(stages ?? [], inner)([])
          : context.source.read(from, [...joining, ...(stages ?? [])], inner);
      const result: Doc = new Map(doc);
      setPath(result, as, heldAll(joined));
      yield result;
    }
  };
}

export function unionWith(operand: Value, context: StageContext): Stage {
  const spec =
    typeof operand === "string"
      ? docOf({ coll: operand })
      : named("$unionWith", operand, { required: ["coll"], optional: ["pipeline"] });
  const from = textField(spec, "coll", "$unionWith");
  const stages = spec.has("pipeline") ? stagesOf(spec.get("pipeline")) : [];
  // A stage that is wrong is an error, whether or not a document ever reaches it.
  context.compile(stages, context);
  return function* (docs) {
    yield* docs;
    yield* context.source.read(from, stages, context);
  };
}

export function graphLookup(operand: Value, context: StageContext): Stage {
  const spec = named("$graphLookup", operand, {
    required: ["from", "startWith", "connectFromField", "connectToField", "as"],
    optional: ["maxDepth", "depthField", "restrictSearchWithMatch"],
  });
  const start = compileExpression(spec.get("startWith"), context);
  const from = textField(spec, "from", "$graphLookup");
  const to = textField(spec, "connectToField", "$graphLookup");
  const connect = textField(spec, "connectFromField", "$graphLookup").split(".");
  const as = textField(spec, "as", "$graphLookup").split(".");
  const most = spec.get("maxDepth");
  const maxDepth = isNumeric(most) ? approximate(most) : Infinity;
  const depthField = spec.get("depthField");
  const restrict = spec.get("restrictSearchWithMatch");
  const walk = (doc: Doc): Doc[] => {
    const found = new Map<string, Doc>();
    const asked = new Set<string>();
    let values = listOf(start({ root: doc, variables: context.variables }));
    for (let depth = 0; depth <= maxDepth && values.length > 0; depth += 1) {
      const filter = joinFilter(to, values);
      if (isDoc(restrict)) filter.set("$and", [restrict]);
      for (const value of values) asked.add(keyOf(value));
      values = [];
      for (const next of context.source.read(from, [match(filter)], context)) {
        context.deadline.check();
        const id = keyOf(next.get("_id"));
        if (found.has(id)) continue;
        const result: Doc = new Map(next);
        if (typeof depthField === "string") setPath(result, depthField.split("."), BigInt(depth));
        found.set(id, result);
        const more = listOf(resolvePath(next, connect, 0));
        values.push(...more.filter((value) => !asked.has(keyOf(value))));
      }
    }
    return [...found.values()];
  };
  return function* (docs) {
    for (const doc of docs) {
      const result: Doc = new Map(doc);
      setPath(result, as, walk(doc));
      yield result;
    }
  };
}

function listOf(value: Value): Value[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
