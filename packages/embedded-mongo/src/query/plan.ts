import { CommandError } from "../command-error.js";
import type { CollectionIndex } from "../index/collection-index.js";
import type { KeyField } from "../index/index-keys.js";
import type { KeyRange } from "../index/sorted-chunks.js";
import type { Collation } from "../values/collation.js";
import { equalValues } from "../values/compare.js";
import { RANK } from "../values/key.js";
import { showDoc } from "../values/show.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import {
  conjunctsOf,
  covers,
  EVERYTHING,
  intersection,
  invertedInterval,
  type Conjuncts,
  type Interval,
} from "./interval.js";
import { isOperatorDoc } from "./operands.js";

/** How the documents that may match are found. */
export type Plan =
  | { kind: "scan"; backwards: boolean }
  | {
      kind: "index";
      index: CollectionIndex;
      ranges: KeyRange[];
      backwards: boolean;
      /** The documents come in the order asked for. */
      sorted: boolean;
      estimate: number;
    }
  | { kind: "union"; plans: Plan[]; estimate: number };

export type PlanRequest = {
  filter: Doc;
  sort: readonly KeyField[];
  collation: Collation | undefined;
  hint: Value;
  limit: number;
};

export type Planned = { indexes: readonly CollectionIndex[]; size: number; namespace: string };

const MAX_RANGES = 2000;
const SAMPLED_RANGES = 16;

/** Chooses an index, or a scan of the collection. */
export function choosePlan(collection: Planned, request: PlanRequest): Plan {
  const { hint } = request;
  if (hint !== undefined && hint !== null && !(isDoc(hint) && hint.size === 0)) {
    return hintedPlan(collection, request);
  }
  return (
    bestIndex(collection, request) ??
    unionPlan(collection, request) ?? { kind: "scan", backwards: false }
  );
}

/** The index that a hint names, by its name or its key; a hidden one cannot be named. */
function hintedIndex(indexes: Iterable<CollectionIndex>, hint: Value): CollectionIndex | undefined {
  for (const index of indexes) {
    const { name, key, hidden } = index.definition;
    if (hidden) continue;
    if (hint === name || (isDoc(hint) && showDoc(hint) === showDoc(key))) return index;
  }
  return undefined;
}

function hintedPlan(collection: Planned, request: PlanRequest): Plan {
  const { hint } = request;
  if (isDoc(hint) && hint.has("$natural")) {
    return { kind: "scan", backwards: equalValues(hint.get("$natural"), -1) };
  }
  const index = hintedIndex(collection.indexes, hint);
  if (index) return indexPlan(index, conjunctsOf(request.filter, request.collation), request);
  throw new CommandError(
    "BadValue",
    `error processing query: ns=${collection.namespace} planner returned error :: caused by :: hint provided does not correspond to an existing index`,
  );
}

function bestIndex(collection: Planned, request: PlanRequest): Plan | undefined {
  const conjuncts = conjunctsOf(request.filter, request.collation);
  let best: { plan: Plan; cost: number } | undefined;
  for (const index of collection.indexes) {
    if (index.definition.hidden || !isUsable(index, conjuncts, request)) continue;
    const plan = indexPlan(index, conjuncts, request);
    if (plan.kind !== "index") continue;
    const bounded = plan.ranges.some(({ low, high }) => low !== "" || high !== EVERYTHING.high);
    const sorts = plan.sorted && request.sort.length > 0;
    // A partial index that holds whatever may match is shorter than the collection.
    const isShort = index.definition.partial !== undefined && plan.estimate <= collection.size;
    if (!bounded && !sorts && !isShort) continue;
    const cost = sorts ? plan.estimate * (request.limit > 0 ? 0.3 : 0.8) : plan.estimate;
    if (!best || cost < best.cost) best = { plan, cost };
    // Nothing is found sooner than one document by its unique key.
    if (best.cost <= 1) break;
  }
  return best?.plan;
}

function unionPlan(collection: Planned, request: PlanRequest): Plan | undefined {
  const clauses = request.filter.get("$or");
  if (!Array.isArray(clauses) || collection.size < 64) return undefined;
  const plans: Plan[] = [];
  let estimate = 0;
  for (const clause of clauses) {
    if (!isDoc(clause)) return undefined;
    const plan = bestIndex(collection, { ...request, filter: clause, sort: [] });
    if (plan?.kind !== "index") return undefined;
    estimate += plan.estimate;
    plans.push(plan);
  }
  return estimate < collection.size ? { kind: "union", plans, estimate } : undefined;
}

/** Whether the index holds every document that may match. */
function isUsable(index: CollectionIndex, conjuncts: Conjuncts, request: PlanRequest): boolean {
  const { sparse, partial, fields } = index.definition;
  if (partial && !implies(request, conjuncts, partial.filter)) return false;
  if (!sparse) return true;
  return fields.some(({ path }) => excludesMissing(conjuncts.get(path)));
}

function excludesMissing(conjuncts: Interval[][] | undefined): boolean {
  return (conjuncts ?? []).some((intervals) =>
    intervals.every(({ low, high }) => low > RANK.null || high <= RANK.null),
  );
}

function implies(request: PlanRequest, conjuncts: Conjuncts, partial: Doc): boolean {
  return [...partial].every(([path, operand]) => {
    const stated = request.filter.get(path);
    if (stated !== undefined && equalValues(stated, operand)) return true;
    if (path.startsWith("$")) return false;
    const have = conjuncts.get(path);
    if (!have) return false;
    if (isDoc(operand) && operand.size === 1 && operand.get("$exists") === true) {
      return excludesMissing(have);
    }
    if (isOperatorDoc(operand) && ![...operand.keys()].every((name) => BOUNDING.has(name))) {
      return false;
    }
    const needed = conjunctsOf(new Map([[path, operand]]), request.collation).get(path) ?? [];
    return needed.every((outer) => have.some((inner) => covers(outer, inner)));
  });
}

const BOUNDING = new Set(["$eq", "$in", "$gt", "$gte", "$lt", "$lte"]);

/** The bounds that apply to one field of the index. */
function boundsOf(index: CollectionIndex, path: string, conjuncts: Conjuncts, same: boolean) {
  const list = (conjuncts.get(path) ?? []).filter((intervals) => same || isUncollated(intervals));
  const [first] = list;
  if (!first) return undefined;
  // In an array different elements may satisfy different conjuncts.
  if (index.multikey) return list.reduce((a, b) => (b.length < a.length ? b : a), first);
  return list.slice(1).reduce((a, b) => intersection(a, b), first);
}

function isUncollated(intervals: readonly Interval[]): boolean {
  return intervals.every(({ low, high }) => {
    const rank = low.charAt(0);
    return rank > RANK.array || high <= RANK.string;
  });
}

function indexPlan(index: CollectionIndex, conjuncts: Conjuncts, request: PlanRequest): Plan {
  const { fields, collation } = index.definition;
  const same = collation?.id === request.collation?.id;
  let ranges: KeyRange[] = [{ low: "", high: EVERYTHING.high }];
  let prefixes: string[] = [""];
  const fixed = new Set<string>();
  let used = 0;
  let points = 0;
  for (const field of fields) {
    const bounds = boundsOf(index, field.path, conjuncts, same);
    if (!bounds || prefixes.length * bounds.length > MAX_RANGES) break;
    // Different elements of one array may satisfy the conditions on two of its fields.
    const [first] = field.parts;
    if (index.multikey && fields.slice(0, used).some(({ parts }) => parts[0] === first)) break;
    const oriented = field.descending ? bounds.map(invertedInterval).reverse() : bounds;
    ranges = prefixes.flatMap((prefix) =>
      oriented.map(({ low, high }) => ({ low: prefix + low, high: prefix + high })),
    );
    used += 1;
    if (!bounds.every(({ point }) => point)) break;
    points += 1;
    if (bounds.length === 1) fixed.add(field.path);
    prefixes = prefixes.flatMap((prefix) => oriented.map(({ low }) => prefix + low));
  }
  const order = same ? orderOf(index, request.sort, { fixed, used, ranges }) : undefined;
  const isOneEach = index.definition.unique && points === fields.length;
  const estimate = isOneEach ? ranges.length : estimateOf(index, used, ranges);
  const backwards = order === -1;
  return {
    kind: "index",
    index,
    ranges: backwards ? ranges.reverse() : ranges,
    backwards,
    sorted: order !== undefined,
    estimate,
  };
}

/** About how many entries: of many ranges a few are looked at, spread over all. */
function estimateOf({ entries }: CollectionIndex, used: number, ranges: KeyRange[]): number {
  if (used === 0) return entries.size;
  const step = Math.max(1, Math.floor(ranges.length / SAMPLED_RANGES));
  let [sum, count] = [0, 0];
  for (let at = 0; at < ranges.length; at += step, count += 1) {
    const range = ranges[at];
    if (range) sum += entries.estimate(range);
  }
  return count === 0 ? 0 : (sum * ranges.length) / count;
}

type Use = { fixed: ReadonlySet<string>; used: number; ranges: readonly KeyRange[] };

/** 1 or -1 when scanning forwards or backwards gives the order asked for. */
function orderOf(
  index: CollectionIndex,
  sort: readonly KeyField[],
  { fixed, ranges }: Use,
): 1 | -1 | undefined {
  const wanted = sort.filter(({ path }) => !fixed.has(path));
  if (sort.length === 0) return 1;
  if (index.multikey) return undefined;
  const rest = index.definition.fields.filter(({ path }) => !fixed.has(path));
  let direction: 1 | -1 | undefined;
  for (const [i, field] of wanted.entries()) {
    const offered = rest[i];
    if (offered?.path !== field.path) return undefined;
    const needed = offered.descending === field.descending ? 1 : -1;
    if (direction !== undefined && direction !== needed) return undefined;
    direction = needed;
  }
  if (ranges.length > 1 && wanted.length > 0) {
    const first = index.definition.fields[0];
    // Several ranges follow each other in order only when they are of the first field.
    if (first?.path !== wanted[0]?.path) return undefined;
  }
  return direction ?? 1;
}
