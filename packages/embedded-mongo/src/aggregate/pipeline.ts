import { CommandError } from "../command-error.js";
import { compileMatch } from "../query/match.js";
import { valueAtPath } from "../query/path.js";
import { setPath, unsetPath } from "../query/set-path.js";
import { filterOf } from "../query/operands.js";
import { sortByKeys, sortFieldsOf } from "../query/search.js";
import { checkTime, heldAll, noteHeld } from "../query/watch.js";
import { sortKey } from "../index/index-keys.js";
import { show } from "../values/show.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import { compileDocStage } from "./doc-stages.js";
import { stagesOf, type NamedStage, type Stage, type StageContext } from "./stage.js";
import { group, sortByCount } from "./group-stages.js";
import { graphLookup, lookup, unionWith } from "./join-stages.js";
import { named } from "./named-arguments.js";

type MakeStage = (operand: Value, context: StageContext) => Stage;

function match(operand: Value, context: StageContext): Stage {
  if (!isDoc(operand)) {
    throw new CommandError(15959, "the match filter must be an expression in an object");
  }
  const { test } = compileMatch(filterOf(operand, "$match"), context);
  const { deadline } = context;
  return function* (docs) {
    for (const doc of docs) {
      deadline.check();
      if (test(doc)) yield doc;
    }
  };
}

function sort(operand: Value, context: StageContext): Stage {
  if (!isDoc(operand))
    throw new CommandError(15973, "the $sort key specification must be an object");
  if (operand.size === 0)
    throw new CommandError(15976, "$sort stage must have at least one sort key");
  const fields = sortFieldsOf(operand);
  return (docs) => {
    const keyed: { item: Doc; keys: string[] }[] = [];
    for (const item of docs) {
      context.deadline.check();
      noteHeld();
      keyed.push({ item, keys: fields.map((field) => sortKey(item, field, context.collation)) });
    }
    return sortByKeys(keyed, fields);
  };
}

function count(stage: string, operand: Value, least: number): number {
  const number = isNumeric(operand) ? approximate(operand) : NaN;
  if (Number.isInteger(number) && number >= least) return number;
  if (stage === "$limit" && number === 0)
    throw new CommandError(15958, "the limit must be positive");
  throw new CommandError(
    stage === "$limit" ? 2107201 : 5107200,
    `invalid argument to ${stage} stage: Expected ${least === 0 ? "a non-negative" : "a positive"} number in: ${stage}: ${show(operand)}`,
  );
}

function limit(operand: Value): Stage {
  const most = count("$limit", operand, 1);
  return function* (docs) {
    let left = most;
    for (const doc of docs) {
      yield doc;
      left -= 1;
      if (left <= 0) return;
    }
  };
}

function skip(operand: Value): Stage {
  const first = count("$skip", operand, 0);
  return function* (docs) {
    let left = first;
    for (const doc of docs) {
      if (left > 0) left -= 1;
      else yield doc;
    }
  };
}

function countStage(operand: Value): Stage {
  if (typeof operand !== "string" || operand === "") {
    throw new CommandError(40156, `the count field must be a non-empty string`);
  }
  if (operand.startsWith("$") || operand.includes(".")) {
    throw new CommandError(40158, `the count field cannot be a $-prefixed path or contain '.'`);
  }
  return function* (docs) {
    let total = 0;
    const input = docs[Symbol.iterator]();
    while (!input.next().done) {
      checkTime();
      total += 1;
    }
    if (total > 0) yield new Map([[operand, total]]);
  };
}

function facet(operand: Value, context: StageContext): Stage {
  if (!isDoc(operand) || operand.size === 0) {
    throw new CommandError(40169, "the $facet specification must be a non-empty object");
  }
  const facets = [...operand].map(([name, pipeline]): [string, Stage] => {
    const stages = stagesOf(pipeline);
    for (const stage of stages) {
      if (["$facet", "$out", "$merge", "$collStats", "$indexStats"].includes(stage.name)) {
        throw new CommandError(
          40600,
          `${stage.name} is not allowed to be used within a $facet stage`,
        );
      }
    }
    return [name, compileStages(stages, context)];
  });
  return (docs) => {
    const input = heldAll(docs);
    const result: Doc = new Map();
    for (const [name, stage] of facets) result.set(name, [...stage(input)]);
    return [result];
  };
}

function unwind(operand: Value): Stage {
  const spec = isDoc(operand) ? operand : new Map([["path", operand]]);
  const path = spec.get("path");
  if (typeof path !== "string") {
    throw new CommandError(28808, "expected a string as the path for $unwind stage");
  }
  if (!path.startsWith("$")) {
    throw new CommandError(
      28818,
      `path option to $unwind stage should be prefixed with a '$': ${path}`,
    );
  }
  const parts = path.slice(1).split(".");
  const index = spec.get("includeArrayIndex");
  const keep = spec.get("preserveNullAndEmptyArrays") === true;
  const place = (doc: Doc, value: Value, at: bigint | null): Doc => {
    const result: Doc = new Map(doc);
    if (value !== undefined) setPath(result, parts, value);
    if (typeof index === "string") setPath(result, index.split("."), at);
    return result;
  };
  return function* (docs) {
    for (const doc of docs) {
      const value = valueAtPath(doc, parts);
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i += 1) {
          checkTime();
          yield place(doc, value[i], BigInt(i));
        }
        if (value.length === 0 && keep) yield place(unsetPath(doc, parts), undefined, null);
      } else if ((value !== null && value !== undefined) || keep) {
        yield place(doc, value, null);
      }
    }
  };
}

function sample(operand: Value): Stage {
  const spec = named("$sample", operand, { required: ["size"] });
  const wanted = spec.get("size");
  const size = isNumeric(wanted) ? approximate(wanted) : -1;
  if (size < 0) throw new CommandError(28747, "size argument to $sample must not be negative");
  return (docs) => {
    const all = heldAll(docs);
    for (let i = 0; i < Math.min(size, all.length); i += 1) {
      const j = i + Math.floor(Math.random() * (all.length - i));
      const [a, b] = [all[i], all[j]];
      if (a && b) [all[i], all[j]] = [b, a];
    }
    return all.slice(0, size);
  };
}

/** The stages this engine knows; all others are refused. */
const STAGES: Readonly<Record<string, MakeStage>> = {
  $match: match,
  $sort: sort,
  $limit: limit,
  $skip: skip,
  $count: countStage,
  $facet: facet,
  $group: group,
  $sortByCount: sortByCount,
  $lookup: lookup,
  $graphLookup: graphLookup,
  $unionWith: unionWith,
  $unwind: unwind,
  $sample: sample,
};

/** Compiles one stage. */
function compileStage({ name, operand }: NamedStage, context: StageContext): Stage {
  const make = STAGES[name];
  const docStage = make ? undefined : compileDocStage(name, operand, context);
  if (!make && !docStage) {
    throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
  }
  context.seen("stage", name);
  if (make) return make(operand, context);
  return function* (docs) {
    for (const doc of docs) {
      context.deadline.check();
      if (docStage) yield docStage(doc);
    }
  };
}

/** Compiles stages into one. */
export function compileStages(stages: readonly NamedStage[], context: StageContext): Stage {
  const compiled = stages.map((stage) => compileStage(stage, context));
  return (docs) => compiled.reduce<Iterable<Doc>>((input, stage) => stage(input), docs);
}
