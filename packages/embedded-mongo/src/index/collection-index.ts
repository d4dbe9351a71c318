import { CommandError } from "../command-error.js";
import type { Matcher } from "../query/matcher.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import type { Collation } from "../values/collation.js";
import { approximate } from "../values/decimal.js";
import { show } from "../values/show.js";
import { Bin, isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import { docKeys, keyField, type KeyField } from "./index-keys.js";
import { SortedChunks } from "./sorted-chunks.js";

/** How an index is made: its specification as listIndexes shows it, read once. */
export type IndexDefinition = {
  spec: Doc;
  name: string;
  key: Doc;
  fields: readonly KeyField[];
  unique: boolean;
  /** New duplicates are refused, older ones are let be. */
  prepareUnique: boolean;
  sparse: boolean;
  hidden: boolean;
  partial: { filter: Doc; matcher: Matcher } | undefined;
  collation: Collation | undefined;
  expireAfterSeconds: number | undefined;
};

export function keyFieldsOf(key: Doc): KeyField[] {
  return [...key].map(([path, direction]) =>
    keyField(path, isNumeric(direction) && approximate(direction) < 0),
  );
}

/** An index and its entries. */
export class CollectionIndex {
  readonly definition: IndexDefinition;
  readonly entries = new SortedChunks();
  /** Top-level fields that its keys and its partial filter need. */
  readonly needs: ReadonlySet<string> | undefined;
  /** Set once a document had several keys: an array is in an indexed field. */
  multikey = false;

  constructor(definition: IndexDefinition) {
    this.definition = definition;
    const needs = new Set(definition.fields.map(({ parts }) => parts[0] ?? ""));
    const filtered = definition.partial?.matcher.fields;
    for (const name of filtered ?? []) needs.add(name);
    this.needs = definition.partial && filtered === undefined ? undefined : needs;
  }

  /** Whether a second document with a key is refused. */
  get isExclusive(): boolean {
    return this.definition.unique || this.definition.prepareUnique;
  }

  /** The keys under which the document is found here; none when the index leaves it out. */
  keysOf(doc: Doc): string[] {
    const { fields, partial, sparse, collation } = this.definition;
    if (partial && !partial.matcher.test(doc)) return [];
    const { keys, multikey, present } = docKeys(doc, fields, collation);
    if (sparse && !present) return [];
    if (multikey) this.multikey = true;
    return keys;
  }

  /** Another document that has this key, when the index is unique. */
  findOther(key: string, number: number): StoredDoc | undefined {
    if (!this.isExclusive) return undefined;
    for (const doc of this.entries.scan({ low: key, high: `${key}\0` })) {
      if (doc.number !== number) return doc;
    }
    return undefined;
  }

  /** The error a second document with the same key is refused with. */
  duplicateError(doc: Doc, namespace: string): CommandError {
    return duplicateKeyError(this.definition, doc, namespace);
  }
}

function keyValueOf(definition: IndexDefinition, doc: Doc): Doc {
  const values: Doc = new Map();
  for (const { path, parts } of definition.fields) values.set(path, firstValue(doc, parts) ?? null);
  return values;
}

// The value a message names: the first one when there are arrays on the way.
function firstValue(start: Value, parts: readonly string[]): Value {
  let value = start;
  for (const part of parts) {
    if (Array.isArray(value)) value = value.find(isDoc);
    value = isDoc(value) ? value.get(part) : undefined;
  }
  return Array.isArray(value) && value.length > 0 ? value[0] : value;
}

function duplicateKeyError(definition: IndexDefinition, doc: Doc, namespace: string): CommandError {
  const keyValue = keyValueOf(definition, doc);
  const shown = [...keyValue].map(([name, value]) => `${name}: ${shownKey(value)}`).join(", ");
  const collation = definition.collation
    ? ` collation: { locale: ${show(definition.collation.spec.get("locale"))} }`
    : "";
  return new CommandError(
    "DuplicateKey",
    `E11000 duplicate key error collection: ${namespace} index: ${definition.name}${collation} dup key: { ${shown} }`,
    { keyPattern: definition.key, keyValue },
  );
}

function shownKey(value: Value): string {
  return value instanceof Bin && value.subtype === 4
    ? `UUID("${value.bytes.toString("hex")}")`
    : show(value);
}
