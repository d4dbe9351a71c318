import { CommandError } from "../command-error.js";
import { schemaRules } from "../query/json-schema.js";
import { compileMatch } from "../query/match.js";
import type { Test } from "../query/matcher.js";
import type { Collection, CollectionOptions } from "../storage/collection.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import { isTrue } from "../values/number.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";
import type { CommandContext } from "./context.js";

const compiled = new WeakMap<CollectionOptions, Test>();

function validatorOf(collection: Collection): Test | undefined {
  const { options } = collection;
  const validator = options.shown.get("validator");
  if (!isDoc(validator) || validator.size === 0) return undefined;
  if (options.shown.get("validationAction") === "warn") return undefined;
  if (options.shown.get("validationLevel") === "off") return undefined;
  let test = compiled.get(options);
  if (!test) {
    test = compileMatch(validator, {
      collation: undefined,
      variables: new Map(),
      seen: () => undefined,
    }).test;
    compiled.set(options, test);
  }
  return test;
}

/** Throws unless the document is one that the collection's validator lets in. */
export function validateDoc(
  context: CommandContext,
  collection: Collection,
  { doc, before }: { doc: Doc; before?: StoredDoc },
): void {
  const test = validatorOf(collection);
  if (!test || test(doc) || isTrue(context.command.get("bypassDocumentValidation"))) return;
  const moderate = collection.options.shown.get("validationLevel") === "moderate";
  if (moderate && before && !test(before.decode())) return;
  const validator = collection.options.shown.get("validator");
  throw new CommandError("DocumentValidationFailure", "Document failed validation", {
    errInfo: docOf({ failingDocumentId: doc.get("_id"), details: detailsOf(validator, doc) }),
  });
}

function detailsOf(validator: Value, doc: Doc): Doc {
  const [operatorName] = isDoc(validator) ? validator.keys() : [];
  const schema =
    isDoc(validator) && validator.size === 1 ? validator.get("$jsonSchema") : undefined;
  if (!isDoc(schema)) {
    return docOf({ operatorName, specifiedAs: validator, reason: "expression did not match" });
  }
  const broken = schemaRules(schema).filter(({ holds }) => !holds(doc));
  return docOf({
    operatorName,
    schemaRulesNotSatisfied: broken.map(({ keyword }) =>
      docOf({ operatorName: keyword, specifiedAs: docOf({ [keyword]: schema.get(keyword) }) }),
    ),
  });
}

/** Refuses a validator that this engine cannot evaluate. */
export function checkValidator(options: Doc): void {
  const validator = options.get("validator");
  if (validator === undefined) return;
  if (!isDoc(validator)) throw new CommandError("TypeMismatch", "'validator' must be a document");
  compileMatch(validator, { collation: undefined, variables: new Map(), seen: () => undefined });
}
