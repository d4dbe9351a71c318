import jsonld from "jsonld";
import { loadBundledContext } from "./bundled-contexts.js";
import { canonicalForm } from "./canonical-form.js";
import {
  type CanonicalTemplate,
  compileTemplate,
  fillTemplate,
  type Slot,
} from "./canonical-template.js";
import type { Canonicalise } from "./data-integrity.js";

/** Kinds of documents that are remembered: some for each edition of an achievement. */
const MOST_TEMPLATES = 500;

type Places = { [key: string]: Slot["kind"] | Places };

const identity: Places = { identityHash: "literal", salt: "literal" };
const evidence: Places = { id: "iri", name: "literal", narrative: "literal" };
const status: Places = { id: "iri", statusListIndex: "literal", statusListCredential: "iri" };

/** Where credentials for one edition of an achievement differ, and the options of their proofs. */
const places: Places = {
  id: "iri",
  validFrom: "literal",
  awardedDate: "literal",
  credentialSubject: { id: "iri", identifier: identity, result: { value: "literal" } },
  credentialStatus: status,
  evidence,
  created: "literal",
  verificationMethod: "iri",
};

/**
 * Addresses that mean themselves in every context: nothing in them is escaped, and their scheme
 * is no term that a context could define away, as the sentinel of the same scheme shows.
 */
const plainIri = /^(https?:\/\/|urn:uuid:|did:[a-z0-9]+:)[A-Za-z0-9._~:/?#%=&-]+$/;

/** A document's kind, with sentinels in its slots, and what stands there in this one. */
type Kind = { skeleton: object; slots: Slot[]; values: string[] };

function kindOf(document: object): Kind {
  const slots: Slot[] = [];
  const values: string[] = [];

  function take(value: string, kind: Slot["kind"]): string {
    const scheme = kind === "iri" ? plainIri.exec(value)?.[1] : "slot-";
    if (scheme === undefined || /\p{Surrogate}/u.test(value)) return value;
    const sentinel = `${scheme}sentinel-${slots.length}-of-a-template`;
    slots.push({ sentinel, kind });
    values.push(value);
    return sentinel;
  }

  function skeletonOf(value: unknown, place: Slot["kind"] | Places): unknown {
    if (Array.isArray(value)) return value.map((item) => skeletonOf(item, place));
    if (typeof place === "string") return typeof value === "string" ? take(value, place) : value;
    if (typeof value !== "object" || value === null) return value;
    const copy: Record<string, unknown> = { ...value };
    for (const [key, inner] of Object.entries(place)) {
      if (Object.hasOwn(copy, key)) copy[key] = skeletonOf(copy[key], inner);
    }
    return copy;
  }

  return { skeleton: skeletonOf(document, places) as object, slots, values };
}

/**
 * Canonicalises credentials quickly: the first of a kind goes through the JSON-LD library with
 * sentinels where the kind's documents differ, and the rest are filled in. Whatever that does not
 * cover goes the long way, so the result is always the library's.
 */
export function createFastCanonicaliser(): Canonicalise {
  const templates = new Map<string, CanonicalTemplate | "none">();

  async function templateFor(kind: Kind): Promise<CanonicalTemplate | "none"> {
    const key = JSON.stringify(kind.skeleton);
    const known = templates.get(key);
    if (known !== undefined) return known;
    const nQuads = await jsonld.toRDF(kind.skeleton, {
      format: "application/n-quads",
      safe: true,
      base: null,
      documentLoader: loadBundledContext,
    });
    const template = compileTemplate(nQuads, kind.slots) ?? "none";
    const [oldest] = templates.keys();
    if (templates.size >= MOST_TEMPLATES && oldest !== undefined) templates.delete(oldest);
    templates.set(key, template);
    return template;
  }

  return async (document) => {
    // Each holds other credentials, with their proofs: no two are of a kind.
    if ("type" in document && [document.type].flat().includes("ClrCredential")) {
      return await canonicalForm(document);
    }
    const kind = kindOf(document);
    const template = await templateFor(kind);
    const filled = template === "none" ? undefined : fillTemplate(template, kind.values);
    return filled ?? (await canonicalForm(document));
  };
}
