import { CommandError } from "../command-error.js";
import { aligned, approximate, partsOf } from "../values/decimal.js";
import { keyOf } from "../values/key.js";
import { compareNumbers } from "../values/number.js";
import {
  isDoc,
  isNumeric,
  Regex,
  typeCode,
  type Doc,
  type Numeric,
  type Value,
} from "../values/value.js";
import { typeCodes } from "./match-operators.js";
import { compileRegex, mayBacktrack } from "./regex.js";
import { watched } from "./watch.js";

/** Whether a value is as a part of a schema asks; what the part is not about is as it asks. */
export type Rule = (value: Value) => boolean;

/** Compiles what a keyword of a schema is given; some look at what else is in the schema. */
export type Keyword = (operand: Value, schema: Doc) => Rule;

const JSON_TYPES = new Map<string, readonly number[]>([
  ["array", [4]],
  ["boolean", [8]],
  ["null", [10]],
  ["number", [1, 16, 18, 19]],
  ["object", [3]],
  ["string", [2]],
]);
const onNumbers =
  (of: (operand: Numeric, schema: Doc) => (value: Numeric) => boolean, keyword: string) =>
  (operand: Value, schema: Doc): Rule => {
    if (!isNumeric(operand)) throw wrongType(keyword, "a number");
    const test = of(operand, schema);
    return (value) => !isNumeric(value) || test(value);
  };

const onLength =
  (lengthOf: (value: Value) => number | undefined, keyword: string, most: boolean) =>
  (operand: Value): Rule => {
    const bound = isNumeric(operand) ? approximate(operand) : NaN;
    if (!Number.isInteger(bound) || bound < 0) {
      throw malformed(`$jsonSchema keyword '${keyword}' must be a non-negative integer`);
    }
    return (value) => {
      const length = lengthOf(value);
      return length === undefined || (most ? length <= bound : length >= bound);
    };
  };

const charsOf = (value: Value) =>
  typeof value === "string" ? Array.from(value).length : undefined;
const itemsOf = (value: Value) => (Array.isArray(value) ? value.length : undefined);
const fieldsOf = (value: Value) => (isDoc(value) ? value.size : undefined);

/** The keywords about a value itself: its type, size and content, but for what is inside it. */
export const VALUE_KEYWORDS: readonly [string, Keyword][] = [
  ["bsonType", (operand) => typeRule(namesOf(operand, "bsonType"), (name) => typeCodes(name))],
  ["type", (operand) => typeRule(namesOf(operand, "type"), codesOfJsonType)],
  ["enum", enumRule],
  ["minimum", onNumbers((least, schema) => boundRule(least, schema, -1), "minimum")],
  ["maximum", onNumbers((most, schema) => boundRule(most, schema, 1), "maximum")],
  ["exclusiveMinimum", (operand, schema) => exclusive(operand, schema, "minimum")],
  ["exclusiveMaximum", (operand, schema) => exclusive(operand, schema, "maximum")],
  ["multipleOf", onNumbers(multipleRule, "multipleOf")],
  ["minLength", onLength(charsOf, "minLength", false)],
  ["maxLength", onLength(charsOf, "maxLength", true)],
  ["pattern", patternRule],
  ["minItems", onLength(itemsOf, "minItems", false)],
  ["maxItems", onLength(itemsOf, "maxItems", true)],
  ["uniqueItems", uniqueRule],
  ["minProperties", onLength(fieldsOf, "minProperties", false)],
  ["maxProperties", onLength(fieldsOf, "maxProperties", true)],
];

/** One name or several, as a keyword has them. */
export function namesOf(operand: Value, keyword: string): string[] {
  const names = Array.isArray(operand) || keyword === "required" ? operand : [operand];
  if (!Array.isArray(names)) throw wrongType(keyword, "an array");
  const strings = names.filter((name) => typeof name === "string");
  if (strings.length < names.length) throw wrongType(keyword, "a string or an array of strings");
  if (strings.length === 0) throw malformed(`$jsonSchema keyword '${keyword}' must not be empty`);
  if (new Set(strings).size < strings.length) {
    throw malformed(`$jsonSchema keyword '${keyword}' has duplicate value`);
  }
  return strings;
}

function codesOfJsonType(name: string): Iterable<number> {
  const codes = JSON_TYPES.get(name);
  if (codes) return codes;
  if (name === "integer") throw malformed("$jsonSchema type 'integer' is not currently supported.");
  throw new CommandError("BadValue", `Unknown type name alias: ${name}`);
}

function typeRule(names: readonly string[], codesOf: (name: string) => Iterable<number>): Rule {
  const codes = new Set(names.flatMap((name) => [...codesOf(name)]));
  return (value) => codes.has(typeCode(value));
}

function enumRule(operand: Value): Rule {
  if (!Array.isArray(operand)) throw wrongType("enum", "an array");
  const keys = new Set(operand.map((item) => keyOf(item)));
  if (keys.size === 0) throw malformed("$jsonSchema keyword 'enum' cannot be an empty array");
  if (keys.size < operand.length) throw malformed("$jsonSchema keyword 'enum' has duplicates");
  return (value) => keys.has(keyOf(value));
}

function boundRule(bound: Numeric, schema: Doc, side: 1 | -1): (value: Numeric) => boolean {
  const strict = schema.get(side < 0 ? "exclusiveMinimum" : "exclusiveMaximum") === true;
  return (value) => {
    const order = compareNumbers(value, bound);
    return order !== side && !(strict && order === 0);
  };
}

function exclusive(operand: Value, schema: Doc, bound: string): Rule {
  const keyword = bound === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum";
  if (typeof operand !== "boolean") throw wrongType(keyword, "a boolean");
  if (!schema.has(bound)) {
    throw malformed(`$jsonSchema keyword '${bound}' must be a number if ${keyword} is present`);
  }
  return () => true;
}

function multipleRule(divisor: Numeric): (value: Numeric) => boolean {
  if (!(approximate(divisor) > 0)) {
    throw malformed("$jsonSchema keyword 'multipleOf' must have a positive value");
  }
  return (value) => {
    const [a, b] = [partsOf(value), partsOf(divisor)];
    if (a.kind !== "finite" || b.kind !== "finite") return false;
    const both = aligned(a.exact, b.exact);
    return both.a % both.b === 0n;
  };
}

/** The test of a text by a pattern. */
export function matching(pattern: string): (text: string) => boolean {
  const compiled = compileRegex(new Regex(pattern, ""));
  const hostile = mayBacktrack(pattern);
  return (text) => watched(hostile, () => compiled.test(text));
}

function patternRule(operand: Value): Rule {
  if (typeof operand !== "string") throw wrongType("pattern", "a string");
  const matches = matching(operand);
  return (value) => typeof value !== "string" || matches(value);
}

function uniqueRule(operand: Value): Rule {
  if (typeof operand !== "boolean") throw wrongType("uniqueItems", "a boolean");
  return (value) =>
    !operand ||
    !Array.isArray(value) ||
    new Set(value.map((item) => keyOf(item))).size === value.length;
}

export function malformed(message: string): CommandError {
  return new CommandError("FailedToParse", message);
}

export function wrongType(keyword: string, wanted: string): CommandError {
  return new CommandError("TypeMismatch", `$jsonSchema keyword '${keyword}' must be ${wanted}`);
}
