import { compileExpression } from "../aggregate/expression.js";
import type { Expression } from "../aggregate/expression-types.js";
import { CommandError } from "../command-error.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import { compileElement } from "./match.js";
import type { QueryContext, Test } from "./matcher.js";
import { isTrue } from "../values/number.js";
import { setPath } from "./set-path.js";

export type Projection = (doc: Doc) => Doc;

/** One step into the fields of a document, as the projection's paths branch. */
type Node = {
  children: Map<string, Node>;
  /** What happens to the field itself; undefined for a mere way to others. */
  leaf: "keep" | "drop" | ((value: Value, doc: Doc) => Value) | undefined;
};

type Plan = {
  inclusive: boolean;
  root: Node;
  computed: { parts: readonly string[]; value: Expression }[];
};

/** What differs between find's projection and the $project stage. */
export type ProjectionKind = { find: boolean; filter?: Test };

const newNode = (): Node => ({ children: new Map(), leaf: undefined });

function nodeAt(root: Node, path: string): Node {
  let node = root;
  for (const part of path.split(".")) {
    if (node.leaf !== undefined) throw collision(path);
    let child = node.children.get(part);
    if (!child) {
      child = newNode();
      node.children.set(part, child);
    }
    node = child;
  }
  if (node.leaf !== undefined || node.children.size > 0) throw collision(path);
  return node;
}

function collision(path: string): CommandError {
  return new CommandError(31250, `Path collision at ${path}`);
}

function isFlag(value: Value): boolean {
  return typeof value === "boolean" || isNumeric(value);
}

/** Compiles a projection. Inclusion and exclusion do not mix, but for `_id`. */
export function compileProjection(
  spec: Doc,
  context: QueryContext,
  kind: ProjectionKind,
): Projection {
  const flat = kind.find ? spec : flattened(spec);
  const inclusive = isInclusive(flat, kind);
  const plan: Plan = { inclusive, root: newNode(), computed: [] };
  for (const [path, value] of flat) addPath(plan, { path, value }, { context, kind });
  if (inclusive && !flat.has("_id")) nodeAt(plan.root, "_id").leaf = "keep";
  return (doc) => {
    const result = applyNode(doc, plan.root, plan);
    for (const { parts, value } of plan.computed) {
      const outcome = value({ root: doc, variables: context.variables });
      if (outcome !== undefined) setPath(result, parts, outcome);
    }
    return result;
  };
}

// {a: {b: 1}} is {"a.b": 1} where it holds no expression.
function flattened(spec: Doc, prefix = ""): Doc {
  const flat: Doc = new Map();
  for (const [name, value] of spec) {
    const path = prefix + name;
    if (isDoc(value) && value.size > 0 && ![...value.keys()][0]?.startsWith("$")) {
      for (const [inner, part] of flattened(value, `${path}.`)) flat.set(inner, part);
    } else {
      flat.set(path, value);
    }
  }
  return flat;
}

function isInclusive(spec: Doc, kind: ProjectionKind): boolean {
  let found: boolean | undefined;
  for (const [path, value] of spec) {
    if (isFlag(value)) {
      if (path === "_id") continue;
      const include = isTrue(value);
      if (found !== undefined && found !== include) {
        throw new CommandError(
          include ? 31253 : 31254,
          `Cannot do ${include ? "inclusion" : "exclusion"} on field ${path} in ${include ? "exclusion" : "inclusion"} projection`,
        );
      }
      found = include;
    } else if (!isNeutral(value, kind)) {
      if (found === false && !kind.find) {
        throw new CommandError(
          31310,
          `Cannot use an expression ${path} in an exclusion projection`,
        );
      }
      found ??= true;
    }
  }
  const id = spec.get("_id");
  if (found !== undefined) return found;
  return isFlag(id) ? isTrue(id) : false;
}

// $slice alone neither includes nor excludes the other fields.
function isNeutral(value: Value, { find }: ProjectionKind): boolean {
  return find && isDoc(value) && (value.has("$slice") || value.has("$meta"));
}

function addPath(
  plan: Plan,
  { path, value }: { path: string; value: Value },
  { context, kind }: { context: QueryContext; kind: ProjectionKind },
): void {
  if (path === "" || path.split(".").includes("")) {
    throw new CommandError(40352, "FieldPath cannot be constructed with empty string");
  }
  if (kind.find && path.endsWith(".$")) {
    nodeAt(plan.root, path.slice(0, -2)).leaf = positional(kind);
    return;
  }
  if (path.startsWith("$")) {
    throw new CommandError(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  }
  if (isFlag(value)) {
    nodeAt(plan.root, path).leaf = isTrue(value) ? "keep" : "drop";
    return;
  }
  const special = kind.find && isDoc(value) ? specialLeaf(value, context) : undefined;
  if (special) {
    nodeAt(plan.root, path).leaf = special;
    return;
  }
  const literal = kind.find && typeof value === "string" && !value.startsWith("$");
  nodeAt(plan.root, path).leaf = "drop";
  plan.computed.push({
    parts: path.split("."),
    value: literal ? () => value : compileExpression(value, context),
  });
}

/** The operators that only find's projection has. */
function specialLeaf(value: Doc, context: QueryContext): ((value: Value) => Value) | undefined {
  if (value.has("$elemMatch")) {
    context.seen("projection", "$elemMatch");
    return elemMatch(value.get("$elemMatch"), context);
  }
  if (!isSlice(value.get("$slice"))) return undefined;
  context.seen("projection", "$slice");
  return slice(value.get("$slice"));
}

function isSlice(value: Value): boolean {
  return isNumeric(value) || (Array.isArray(value) && value.every(isNumeric));
}

function slice(operand: Value): (value: Value) => Value {
  const [first, second] = (Array.isArray(operand) ? operand : [operand]).map((part) =>
    isNumeric(part) ? Math.trunc(approximate(part)) : 0,
  );
  const start = first ?? 0;
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (second === undefined) return start < 0 ? value.slice(start) : value.slice(0, start);
    const from = start < 0 ? Math.max(0, value.length + start) : start;
    return value.slice(from, from + second);
  };
}

function elemMatch(operand: Value, context: QueryContext): (value: Value) => Value {
  if (!isDoc(operand)) {
    throw new CommandError(31274, "elemMatch: Invalid argument, object required");
  }
  const test = compileElement(operand, context);
  return (value) => {
    const found = Array.isArray(value) ? value.find(test) : undefined;
    return found === undefined ? undefined : [found];
  };
}

function positional({ filter }: ProjectionKind): (value: Value, doc: Doc) => Value {
  return (value, doc) => {
    if (!Array.isArray(value)) return value;
    const position = { index: undefined as number | undefined };
    filter?.(doc, position);
    if (position.index === undefined || position.index >= value.length) {
      throw new CommandError(
        51246,
        `Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array`,
      );
    }
    return [value[position.index]];
  };
}

function applyNode(doc: Doc, node: Node, plan: Plan, top = doc): Doc {
  const result: Doc = new Map();
  for (const [name, value] of doc) {
    const child = node.children.get(name);
    const outcome = child
      ? applyField(value, child, plan, top)
      : plan.inclusive
        ? undefined
        : value;
    if (outcome !== undefined) result.set(name, outcome);
  }
  return result;
}

function applyField(value: Value, node: Node, plan: Plan, top: Doc): Value {
  const { leaf } = node;
  if (leaf === "keep") return value;
  if (leaf === "drop") return undefined;
  if (leaf !== undefined) return leaf(value, top);
  return applyInside(value, node, plan, top);
}

function applyInside(value: Value, node: Node, plan: Plan, top: Doc): Value {
  if (isDoc(value)) return applyNode(value, node, plan, top);
  if (!Array.isArray(value)) return plan.inclusive ? undefined : value;
  return value
    .map((item) => applyInside(item, node, plan, top))
    .filter((item) => item !== undefined);
}
