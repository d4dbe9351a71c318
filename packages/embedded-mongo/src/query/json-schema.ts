import { CommandError } from "../command-error.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import {
  malformed,
  matching,
  namesOf,
  VALUE_KEYWORDS,
  wrongType,
  type Keyword,
  type Rule,
} from "./schema-values.js";

/** One keyword of a schema, compiled. */
export type SchemaRule = { keyword: string; holds: Rule };

const UNSUPPORTED = new Set(["$ref", "$schema", "default", "definitions", "format", "id"]);
const NOTES = new Set(["title", "description"]);

/** The rules of a schema (JSON Schema draft 4 with `bsonType`), one for each keyword. */
export function schemaRules(schema: Value): SchemaRule[] {
  if (!isDoc(schema)) throw wrongType("$jsonSchema", "an object");
  if (schema.has("type") && schema.has("bsonType")) {
    throw malformed("Cannot specify both $jsonSchema keywords 'type' and 'bsonType'");
  }
  const rules: SchemaRule[] = [];
  for (const [keyword, operand] of schema) {
    const compile = KEYWORDS.get(keyword);
    if (compile) rules.push({ keyword, holds: compile(operand, schema) });
    else if (!NOTES.has(keyword)) throw unknownKeyword(keyword);
    else if (typeof operand !== "string") throw wrongType(keyword, "a string");
  }
  return rules;
}

function unknownKeyword(keyword: string): CommandError {
  return malformed(
    UNSUPPORTED.has(keyword)
      ? `$jsonSchema keyword '${keyword}' is not currently supported`
      : `Unknown $jsonSchema keyword: ${keyword}`,
  );
}

/** Compiles the operand of $jsonSchema, or a schema in it. */
export function schemaRule(schema: Value): Rule {
  const rules = schemaRules(schema);
  return (value) => rules.every(({ holds }) => holds(value));
}

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...VALUE_KEYWORDS,
  ["allOf", combined("allOf", (held, of) => held === of)],
  ["anyOf", combined("anyOf", (held) => held > 0)],
  ["oneOf", combined("oneOf", (held) => held === 1)],
  ["not", notRule],
  ["items", itemsRule],
  ["additionalItems", additionalItemsRule],
  ["required", requiredRule],
  ["properties", propertiesRule],
  ["patternProperties", patternPropertiesRule],
  ["additionalProperties", additionalPropertiesRule],
  ["dependencies", dependenciesRule],
]);

function schemasOf(operand: Value, keyword: string): Rule[] {
  if (!Array.isArray(operand)) throw wrongType(keyword, "an array");
  if (operand.length === 0) throw new CommandError("BadValue", `${keyword} must not be empty`);
  return operand.map((schema) => schemaRule(schema));
}

function combined(keyword: string, fits: (held: number, of: number) => boolean) {
  return (operand: Value): Rule => {
    const rules = schemasOf(operand, keyword);
    return (value) => fits(rules.filter((holds) => holds(value)).length, rules.length);
  };
}

function notRule(operand: Value): Rule {
  const holds = schemaRule(operand);
  return (value) => !holds(value);
}

function itemsRule(operand: Value): Rule {
  if (Array.isArray(operand)) {
    const rules = operand.map((schema) => schemaRule(schema));
    return (value) =>
      !Array.isArray(value) ||
      rules.every((holds, index) => index >= value.length || holds(value[index]));
  }
  const holds = schemaRule(operand);
  return (value) => !Array.isArray(value) || value.every((item) => holds(item));
}

function additionalItemsRule(operand: Value, schema: Doc): Rule {
  const holds = booleanOrSchema(operand, "additionalItems");
  const items = schema.get("items");
  if (!Array.isArray(items)) return () => true;
  return (value) => !Array.isArray(value) || value.slice(items.length).every((item) => holds(item));
}

function booleanOrSchema(operand: Value, keyword: string): Rule {
  if (typeof operand === "boolean") return () => operand;
  if (!isDoc(operand)) throw wrongType(keyword, "either an object or a boolean");
  return schemaRule(operand);
}

function requiredRule(operand: Value): Rule {
  const names = namesOf(operand, "required");
  return (value) => !isDoc(value) || names.every((name) => value.has(name));
}

function schemasByName(operand: Value, keyword: string): [string, Rule][] {
  if (!isDoc(operand)) throw wrongType(keyword, "an object");
  return [...operand].map(([name, schema]) => [name, schemaRule(schema)]);
}

function propertiesRule(operand: Value): Rule {
  const rules = schemasByName(operand, "properties");
  return (value) =>
    !isDoc(value) || rules.every(([name, holds]) => !value.has(name) || holds(value.get(name)));
}

function patternsOf(operand: Value): ((name: string) => Rule | undefined)[] {
  return schemasByName(operand ?? new Map(), "patternProperties").map(([pattern, holds]) => {
    const matches = matching(pattern);
    return (name) => (matches(name) ? holds : undefined);
  });
}

function patternPropertiesRule(operand: Value): Rule {
  const patterns = patternsOf(operand);
  return (value) =>
    !isDoc(value) ||
    [...value].every(([name, item]) => patterns.every((of) => of(name)?.(item) ?? true));
}

function additionalPropertiesRule(operand: Value, schema: Doc): Rule {
  const holds = booleanOrSchema(operand, "additionalProperties");
  const properties = schema.get("properties");
  const named = new Set(isDoc(properties) ? properties.keys() : []);
  const patterns = patternsOf(schema.get("patternProperties"));
  return (value) =>
    !isDoc(value) ||
    [...value].every(
      ([name, item]) => named.has(name) || patterns.some((of) => of(name)) || holds(item),
    );
}

function dependenciesRule(operand: Value): Rule {
  if (!isDoc(operand)) throw wrongType("dependencies", "an object");
  const rules = [...operand].map(([name, needs]): [string, Rule] => [
    name,
    Array.isArray(needs) ? requiredRule(needs) : schemaRule(needs),
  ]);
  return (value) =>
    !isDoc(value) || rules.every(([name, holds]) => !value.has(name) || holds(value));
}
