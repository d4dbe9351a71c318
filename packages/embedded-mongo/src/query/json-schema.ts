import { CommandError } from "../command-error.js";
import { keyOf } from "../values/key.js";
import { isDoc, typeCode, type Doc, type Value } from "../values/value.js";
import { typeCodes } from "./match-operators.js";

/** Whether a value is as a part of a schema asks; what the part is not about is as it asks. */
type Rule = (value: Value) => boolean;
/** One keyword of a schema, compiled. */
export type SchemaRule = { keyword: string; holds: Rule };

const JSON_TYPES = new Map<string, readonly number[]>([
  ["array", [4]],
  ["boolean", [8]],
  ["null", [10]],
  ["number", [1, 16, 18, 19]],
  ["object", [3]],
  ["string", [2]],
]);
const NOTES = new Set(["title", "description"]);

/** The keywords of JSON Schema draft 4, with `bsonType`, that Mongoose's schemas come out as. */
const KEYWORDS: ReadonlyMap<string, (operand: Value, schema: Doc) => Rule> = new Map([
  ["bsonType", (operand: Value) => typeRule(namesOf(operand, "bsonType"), typeCodes)],
  ["type", (operand: Value) => typeRule(namesOf(operand, "type"), codesOfJsonType)],
  ["enum", enumRule],
  ["anyOf", anyOfRule],
  ["items", itemsRule],
  ["required", requiredRule],
  ["properties", propertiesRule],
  ["additionalProperties", additionalPropertiesRule],
]);

/** The rules of a schema, one for each keyword. */
export function schemaRules(schema: Value): SchemaRule[] {
  if (!isDoc(schema)) throw wrongType("$jsonSchema", "an object");
  if (schema.has("type") && schema.has("bsonType")) {
    throw malformed("Cannot specify both $jsonSchema keywords 'type' and 'bsonType'");
  }
  return [...schema].flatMap(([keyword, operand]) => {
    const compile = KEYWORDS.get(keyword);
    if (compile) return [{ keyword, holds: compile(operand, schema) }];
    if (!NOTES.has(keyword)) {
      throw malformed(`$jsonSchema keyword '${keyword}' is not currently supported`);
    }
    if (typeof operand !== "string") throw wrongType(keyword, "a string");
    return [];
  });
}

/** Compiles the operand of $jsonSchema, or a schema in it. */
export function schemaRule(schema: Value): Rule {
  const rules = schemaRules(schema);
  return (value) => rules.every(({ holds }) => holds(value));
}

function namesOf(operand: Value, keyword: string): string[] {
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

function anyOfRule(operand: Value): Rule {
  if (!Array.isArray(operand)) throw wrongType("anyOf", "an array");
  if (operand.length === 0) throw new CommandError("BadValue", "anyOf must not be empty");
  const rules = operand.map((schema) => schemaRule(schema));
  return (value) => rules.some((holds) => holds(value));
}

function itemsRule(operand: Value): Rule {
  const holds = schemaRule(operand);
  return (value) => !Array.isArray(value) || value.every((item) => holds(item));
}

function requiredRule(operand: Value): Rule {
  const names = namesOf(operand, "required");
  return (value) => !isDoc(value) || names.every((name) => value.has(name));
}

function propertiesRule(operand: Value): Rule {
  if (!isDoc(operand)) throw wrongType("properties", "an object");
  const rules = [...operand].map(([name, schema]) => ({ name, holds: schemaRule(schema) }));
  return (value) =>
    !isDoc(value) || rules.every(({ name, holds }) => !value.has(name) || holds(value.get(name)));
}

function additionalPropertiesRule(operand: Value, schema: Doc): Rule {
  if (typeof operand !== "boolean" && !isDoc(operand)) {
    throw wrongType("additionalProperties", "either an object or a boolean");
  }
  const holds = typeof operand === "boolean" ? () => operand : schemaRule(operand);
  const properties = schema.get("properties");
  const named = new Set(isDoc(properties) ? properties.keys() : []);
  return (value) =>
    !isDoc(value) || [...value].every(([name, item]) => named.has(name) || holds(item));
}

function malformed(message: string): CommandError {
  return new CommandError("FailedToParse", message);
}

function wrongType(keyword: string, wanted: string): CommandError {
  return new CommandError("TypeMismatch", `$jsonSchema keyword '${keyword}' must be ${wanted}`);
}
