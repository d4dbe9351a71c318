import { CommandError } from "../command-error.js";
import { compileExpression } from "../aggregate/expression.js";
import { isDoc, Regex, type Doc, type Value } from "../values/value.js";
import { isTrue } from "../values/number.js";
import { equalLeaf, inLeaf, operatorLeaf, regexLeaf, sizeLeaf } from "./match-operators.js";
import { schemaRule } from "./json-schema.js";
import type { Matcher, QueryContext, Test } from "./matcher.js";
import { isOperatorDoc, regexOf } from "./operands.js";
import { anyAtPath, throughArray, type Leaf, type Position } from "./path.js";
import { mayBacktrack } from "./regex.js";

class Compiler {
  readonly context: QueryContext;
  fields: Set<string> | undefined = new Set();
  hostile = false;
  /** Whether an array stands for its elements; not for an element met by $elemMatch. */
  expands = true;

  constructor(context: QueryContext) {
    this.context = context;
  }

  all(filter: Doc): Test {
    const tests: Test[] = [];
    for (const [name, operand] of filter) {
      if (name.startsWith("$")) this.top(name, operand, tests);
      else tests.push(this.field(name, operand));
    }
    return conjunction(tests);
  }

  top(name: string, operand: Value, tests: Test[]): void {
    switch (name) {
      case "$and":
        tests.push(conjunction(this.clauses(name, operand)));
        break;
      case "$or":
      case "$nor": {
        const clauses = this.clauses(name, operand);
        tests.push((doc) => clauses.some((clause) => clause(doc)) === (name === "$or"));
        break;
      }
      case "$expr": {
        const expression = compileExpression(operand, this.context);
        this.fields = undefined;
        const { variables } = this.context;
        tests.push((doc) => isTrue(expression({ root: doc, variables })));
        break;
      }
      case "$comment":
        return;
      case "$jsonSchema":
        this.fields = undefined;
        tests.push(schemaRule(operand));
        break;
      case "$where":
      case "$text":
        throw new CommandError("NotImplemented", `${name} is not supported by this engine`);
      default:
        throw new CommandError(
          "BadValue",
          `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
        );
    }
    this.context.seen("query", name);
  }

  clauses(name: string, operand: Value): Test[] {
    if (!Array.isArray(operand))
      throw new CommandError("BadValue", `${name} argument must be an array`);
    if (operand.length === 0) {
      throw new CommandError("BadValue", "$and/$or/$nor must be a nonempty array");
    }
    return operand.map((clause) => {
      if (!isDoc(clause)) {
        throw new CommandError("BadValue", "$or/$and/$nor entries need to be full objects");
      }
      return this.all(clause);
    });
  }

  field(path: string, operand: Value): Test {
    const parts = path.split(".");
    this.fields?.add(parts[0] ?? path);
    if (!isOperatorDoc(operand)) return this.leafTest(parts, this.through(this.equal(operand)));
    return conjunction(this.operators(parts, operand));
  }

  through(leaf: Leaf): (value: Value, position?: Position) => boolean {
    return this.expands ? throughArray(leaf) : leaf;
  }

  equal(operand: Value): Leaf {
    if (operand instanceof Regex) return this.regex(operand);
    return equalLeaf(operand, this.context.collation);
  }

  regex(regex: Regex): Leaf {
    if (mayBacktrack(regex.pattern)) this.hostile = true;
    return regexLeaf(regex);
  }

  leafTest(parts: readonly string[], leaf: (value: Value, position?: Position) => boolean): Test {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) {
      return (doc, position) => leaf(doc.get(only), position);
    }
    return (doc, position) => anyAtPath(doc, parts, leaf, position);
  }

  operators(parts: readonly string[], operand: Doc): Test[] {
    const tests: Test[] = [];
    for (const [name, value] of operand) {
      this.context.seen("query", name);
      if (name === "$options") {
        if (!operand.has("$regex")) throw new CommandError("BadValue", "$options needs a $regex");
        continue;
      }
      const argument = name === "$regex" ? regexOf(value, operand.get("$options")) : value;
      tests.push(this.operator(parts, name, argument));
    }
    return tests;
  }

  operator(parts: readonly string[], name: string, operand: Value): Test {
    switch (name) {
      case "$ne":
        return negated(this.leafTest(parts, this.through(this.notEqual(operand))));
      case "$nin":
        return negated(this.leafTest(parts, this.through(this.in(name, operand))));
      case "$not":
        return negated(conjunction(this.not(parts, operand)));
      case "$exists": {
        const present = this.leafTest(parts, (value) => value !== undefined);
        return isTrue(operand) ? present : negated(present);
      }
      case "$size":
        return this.leafTest(parts, sizeLeaf(operand));
      case "$all":
        return this.allOf(parts, operand);
      case "$elemMatch":
        return this.elemMatch(parts, operand);
      default:
        return this.leafTest(parts, this.through(this.leaf(name, operand)));
    }
  }

  notEqual(operand: Value): Leaf {
    if (operand instanceof Regex)
      throw new CommandError("BadValue", "Can't have regex as arg to $ne.");
    return this.equal(operand);
  }

  in(name: string, operand: Value): Leaf {
    if (Array.isArray(operand)) {
      for (const item of operand) if (item instanceof Regex) this.regex(item);
    }
    return inLeaf(operand, name, this.context.collation);
  }

  not(parts: readonly string[], operand: Value): Test[] {
    if (operand instanceof Regex) return [this.leafTest(parts, this.through(this.regex(operand)))];
    if (!isDoc(operand)) throw new CommandError("BadValue", "$not needs a regex or a document");
    if (operand.size === 0) throw new CommandError("BadValue", "$not cannot be empty");
    if (!isOperatorDoc(operand)) {
      throw new CommandError("BadValue", `unknown operator: ${[...operand.keys()][0] ?? ""}`);
    }
    return this.operators(parts, operand);
  }

  leaf(name: string, operand: Value): Leaf {
    if (name === "$in") return this.in(name, operand);
    if (name === "$regex") return this.regex(operand as Regex);
    return operatorLeaf(name, operand, this.context.collation);
  }

  allOf(parts: readonly string[], operand: Value): Test {
    if (!Array.isArray(operand)) throw new CommandError("BadValue", "$all needs an array");
    if (operand.length === 0) return () => false;
    const tests = operand.map((item) => {
      if (isDoc(item) && item.has("$elemMatch"))
        return this.elemMatch(parts, item.get("$elemMatch"));
      if (isOperatorDoc(item)) throw new CommandError("BadValue", "no $ expressions in $all");
      return this.leafTest(parts, this.through(this.equal(item)));
    });
    return conjunction(tests);
  }

  elemMatch(parts: readonly string[], operand: Value): Test {
    const leaf = this.elementTest(operand);
    return this.leafTest(parts, (value, position) => {
      if (!Array.isArray(value)) return false;
      const index = value.findIndex(leaf);
      if (index < 0) return false;
      if (position) position.index = index;
      return true;
    });
  }

  /** The test of one array element by the operand of $elemMatch. */
  elementTest(operand: Value): (item: Value) => boolean {
    if (!isDoc(operand)) throw new CommandError("BadValue", "$elemMatch needs an Object");
    const [outer, expands] = [this.fields, this.expands];
    this.fields = new Set();
    try {
      if (isOperatorDoc(operand) && !LOGICAL.has([...operand.keys()][0] ?? "")) {
        // Operators on the element itself: it is put where a one-field document has it.
        this.expands = false;
        const test = conjunction(this.operators([""], operand));
        return (item) => test(new Map([["", item]]));
      }
      this.expands = true;
      const test = this.all(operand);
      return (item) => {
        if (isDoc(item)) return test(item);
        return Array.isArray(item) && test(new Map(item.map((value, i) => [String(i), value])));
      };
    } finally {
      this.fields = outer;
      this.expands = expands;
    }
  }
}

const LOGICAL = new Set(["$and", "$or", "$nor", "$expr", "$where"]);

function conjunction(tests: readonly Test[]): Test {
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (tests.length === 2) return (doc, position) => first(doc, position) && second(doc, position);
  return (doc, position) => tests.every((test) => test(doc, position));
}

function negated(test: Test): Test {
  return (doc) => !test(doc);
}

/** Compiles a filter. Throws MongoDB's error for an operator that is unknown or misused. */
export function compileMatch(filter: Doc, context: QueryContext): Matcher {
  const compiler = new Compiler(context);
  const test = compiler.all(filter);
  return { test, fields: compiler.fields, hostile: compiler.hostile };
}

/** Compiles the operand of $elemMatch or $pull into a test of one element. */
export function compileElement(operand: Doc, context: QueryContext): (item: Value) => boolean {
  return new Compiler(context).elementTest(operand);
}
