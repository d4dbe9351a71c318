import { CommandError } from "../command-error.js";
import { keyFieldsOf, type IndexDefinition } from "../index/collection-index.js";
import { compileMatch } from "../query/match.js";
import { isTrue } from "../values/number.js";
import { collationOf } from "../values/collation.js";
import { approximate } from "../values/decimal.js";
import { show, showDoc } from "../values/show.js";
import { docOf, isDoc, isNumeric, Regex, type Doc, type Value } from "../values/value.js";
import { wordSet } from "../words.js";

const OPTIONS = wordSet(`
  v key name ns unique prepareUnique sparse hidden background expireAfterSeconds
  partialFilterExpression collation comment
`);
const REFUSED_KINDS = new Set(["2d", "2dsphere", "text", "geoHaystack", "columnstore"]);
const MAX_TTL_SECONDS = 2_147_483_647;

/** The name MongoDB gives an index: field, direction, field, direction. */
export function indexNameOf(key: Doc): string {
  return [...key]
    .map(
      ([path, kind]) =>
        `${path}_${isNumeric(kind) ? approximate(kind) : typeof kind === "string" ? kind : show(kind)}`,
    )
    .join("_");
}

function checkKey(key: Doc): void {
  if (key.size === 0) throw new CommandError("CannotCreateIndex", "Index keys cannot be empty.");
  for (const [path, kind] of key) {
    if (path === "" || path.startsWith("$") || path.split(".").includes("")) {
      throw new CommandError("CannotCreateIndex", "Index keys cannot contain an empty field.");
    }
    if (path.includes("$**")) {
      throw new CommandError("NotImplemented", "wildcard indexes are not supported by this engine");
    }
    if (typeof kind === "string") checkKind(kind, key);
    else if (!isNumeric(kind) || approximate(kind) === 0) {
      throw new CommandError(
        "CannotCreateIndex",
        `Values in v:2 index key pattern cannot be of type ${typeof kind}. Only numbers > 0, numbers < 0, and strings are allowed.`,
      );
    }
  }
}

function checkKind(kind: string, key: Doc): void {
  if (kind === "hashed") return;
  if (REFUSED_KINDS.has(kind)) {
    throw new CommandError("NotImplemented", `${kind} indexes are not supported by this engine`);
  }
  throw new CommandError("CannotCreateIndex", `Unknown index plugin '${kind}': ${showDoc(key)}`);
}

function ttlOf(value: Value): number | undefined {
  if (value === undefined) return undefined;
  const seconds = isNumeric(value) ? approximate(value) : NaN;
  if (Number.isNaN(seconds)) {
    throw new CommandError("CannotCreateIndex", "TTL index 'expireAfterSeconds' must be numeric");
  }
  if (seconds < 0 || seconds > MAX_TTL_SECONDS) {
    throw new CommandError(
      "CannotCreateIndex",
      `TTL index 'expireAfterSeconds' option must be within an acceptable range, try a different number than ${seconds}.`,
    );
  }
  return Math.trunc(seconds);
}

/** Reads one element of createIndexes' `indexes`. */
export function indexDefinitionOf(given: Doc, inherited: Value): IndexDefinition {
  for (const name of given.keys()) {
    if (!OPTIONS.has(name)) {
      throw new CommandError(
        "InvalidOptions",
        `The field '${name}' is not valid for an index specification. Specification: ${showDoc(given)}`,
      );
    }
  }
  const key = given.get("key");
  if (!isDoc(key))
    throw new CommandError("FailedToParse", "The 'key' field is a required property");
  checkKey(key);
  const name = nameOf(given, key);
  const filter = given.get("partialFilterExpression");
  const collation = collationOf(given.get("collation") ?? inherited);
  const expireAfterSeconds = ttlOf(given.get("expireAfterSeconds"));
  const isId = key.size === 1 && key.has("_id");
  const flags = readFlags(given, isId);
  return {
    ...flags,
    name: isId ? "_id_" : name,
    key,
    fields: keyFieldsOf(key),
    partial: partialOf(filter, flags.sparse),
    collation,
    expireAfterSeconds,
    spec: docOf({
      v: 2,
      key,
      name: isId ? "_id_" : name,
      unique: flags.unique && !isId ? true : undefined,
      prepareUnique: flags.prepareUnique ? true : undefined,
      sparse: given.get("sparse") === undefined ? undefined : flags.sparse,
      hidden: flags.hidden ? true : undefined,
      background: given.get("background"),
      expireAfterSeconds,
      partialFilterExpression: filter,
      collation: collation?.spec,
    }),
  };
}

function nameOf(given: Doc, key: Doc): string {
  const name = given.get("name") ?? indexNameOf(key);
  if (typeof name === "string" && name !== "" && name !== "*") return name;
  throw new CommandError("CannotCreateIndex", "The index name is not valid");
}

function readFlags(given: Doc, isId: boolean) {
  return {
    unique: isId || isTrue(given.get("unique")),
    prepareUnique: isTrue(given.get("prepareUnique")),
    sparse: isTrue(given.get("sparse")),
    hidden: isTrue(given.get("hidden")),
  };
}

function partialOf(filter: Value, sparse: boolean): IndexDefinition["partial"] {
  if (filter === undefined) return undefined;
  if (!isDoc(filter)) {
    throw new CommandError(
      "CannotCreateIndex",
      '"partialFilterExpression" for an index must be a document',
    );
  }
  if (sparse) {
    throw new CommandError(
      "CannotCreateIndex",
      'cannot mix "partialFilterExpression" and "sparse" options',
    );
  }
  refusePatterns(filter);
  const matcher = compileMatch(filter, {
    collation: undefined,
    variables: new Map(),
    seen: (_kind, name) => {
      if (REFUSED_IN_PARTIAL.has(name)) {
        throw new CommandError(
          "CannotCreateIndex",
          `Expression not supported in partial index: ${name}`,
        );
      }
    },
  });
  return { filter, matcher };
}

function refusePatterns(filter: Doc): void {
  for (const [path, operand] of filter) {
    const clauses = Array.isArray(operand) ? operand : [operand];
    for (const clause of clauses) {
      if (clause instanceof Regex) {
        throw new CommandError(
          "CannotCreateIndex",
          `Expression not supported in partial index: ${path} $regex`,
        );
      }
      if (isDoc(clause)) refusePatterns(clause);
    }
  }
}

const REFUSED_IN_PARTIAL = new Set(["$ne", "$nin", "$not", "$nor", "$regex", "$expr", "$all"]);
