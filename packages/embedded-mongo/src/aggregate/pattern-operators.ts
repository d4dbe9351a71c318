import { CommandError } from "../command-error.js";
import { compileRegex, mayBacktrack } from "../query/regex.js";
import { watched } from "../query/watch.js";
import { docOf, Regex, typeName, type Value } from "../values/value.js";
import type { Form } from "./expression-types.js";
import { withNamed, type Arguments } from "./named-arguments.js";

/** A document holds no longer text. */
const MOST_CHARS = 16 * 1024 * 1024;

function patternIn(operator: string, args: Arguments): RegExp | null {
  const [regex, options] = [args.get("regex"), args.get("options")];
  if (regex === null || regex === undefined) return null;
  if (!(regex instanceof Regex) && typeof regex !== "string") {
    throw new CommandError(51105, `${operator} needs 'regex' to be of type string or regex`);
  }
  if (options !== null && options !== undefined && typeof options !== "string") {
    throw new CommandError(51106, `${operator} needs 'options' to be of type string`);
  }
  if (regex instanceof Regex && regex.flags !== "" && options) {
    throw new CommandError(51107, `${operator}: found regex option(s) specified in both places`);
  }
  const [pattern, own] = regex instanceof Regex ? [regex.pattern, regex.flags] : [regex, ""];
  const { source, flags } = compileRegex(new Regex(pattern, options ?? own));
  return new RegExp(source, `${flags}g`);
}

const codePoints = (text: string) => Array.from(text).length;

function found(match: RegExpExecArray): Value {
  return docOf({
    match: match[0],
    idx: codePoints(match.input.slice(0, match.index)),
    captures: match.slice(1).map((capture: string | undefined) => capture ?? null),
  });
}

/** An operator that finds a pattern in a text; `of` makes its answer of all or the first match. */
function finding(
  operator: string,
  none: Value,
  of: (matches: Iterable<RegExpExecArray>) => Value,
): [string, Form] {
  const find = (args: Arguments): Value => {
    const [input, pattern] = [args.get("input"), patternIn(operator, args)];
    if (input === null || input === undefined || !pattern) return none;
    if (typeof input !== "string") {
      throw new CommandError(51104, `${operator} needs 'input' to be of type string`);
    }
    return watched(mayBacktrack(pattern.source), () => of(input.matchAll(pattern)));
  };
  return [
    operator,
    withNamed(operator, { required: ["input", "regex"], optional: ["options"] }, find),
  ];
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}

function replacing(
  operator: string,
  replace: (texts: { input: string; find: string; replacement: string }) => string,
): [string, Form] {
  const names = ["input", "find", "replacement"] as const;
  const apply = (args: Arguments): Value => {
    const texts = names.map((name, i) => {
      const value = args.get(name) ?? null;
      if (value === null || typeof value === "string") return value;
      throw new CommandError(
        51746 - i,
        `${operator} requires that '${name}' be a string, found: ${typeName(value)}`,
      );
    });
    const [input, find, replacement] = texts;
    if (input == null || find == null || replacement == null) return null;
    const result = replace({ input, find, replacement });
    if (result.length <= MOST_CHARS) return result;
    throw new CommandError(146, `${operator} would use too much memory`);
  };
  return [operator, withNamed(operator, { required: names }, apply)];
}

/** The operators that look for patterns and texts in texts. */
export const PATTERNS: readonly [string, Form][] = [
  finding("$regexMatch", false, (matches) => firstOf(matches) !== undefined),
  finding("$regexFind", null, (matches) => {
    const first = firstOf(matches);
    return first ? found(first) : null;
  }),
  finding("$regexFindAll", [], (matches) => Array.from(matches, found)),
  replacing("$replaceOne", ({ input, find, replacement }) =>
    input.replace(find, () => replacement),
  ),
  replacing("$replaceAll", ({ input, find, replacement }) =>
    input.replaceAll(find, () => replacement),
  ),
];
