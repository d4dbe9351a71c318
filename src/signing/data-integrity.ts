import { createHash, type KeyObject, sign, verify } from "node:crypto";
import { fromMultibase, toMultibase } from "./multikey.js";

/** A proof of cryptosuite `eddsa-rdfc-2022` (W3C Data Integrity EdDSA Cryptosuites 1.0 §3.2). */
export type DataIntegrityProof = {
  type: "DataIntegrityProof";
  cryptosuite: "eddsa-rdfc-2022";
  created: string;
  /** DID URL of the key. */
  verificationMethod: string;
  proofPurpose: "assertionMethod";
  proofValue: string;
};

/** RDFC-1.0 of a JSON-LD document. */
export type Canonicalise = (document: object) => Promise<string>;

/** SHA-256 of the proof's options, then of the document (§3.3.4). */
const hashOf = (options: string, document: string): Buffer =>
  Buffer.concat([options, document].map((text) => createHash("sha256").update(text).digest()));

/**
 * Signs a document. The proof stands in a list, as one of the published schemas wants it.
 * @param key.url DID URL under which verifiers find the public key
 * @param created XML Schema dateTime
 */
export async function signDataIntegrity<T extends { "@context": unknown }>(
  document: T,
  key: { url: string; privateKey: KeyObject },
  needs: { canonicalise: Canonicalise; created: string },
): Promise<T & { proof: [DataIntegrityProof] }> {
  const options: Omit<DataIntegrityProof, "proofValue"> = {
    type: "DataIntegrityProof",
    cryptosuite: "eddsa-rdfc-2022",
    created: needs.created,
    verificationMethod: key.url,
    proofPurpose: "assertionMethod",
  };
  const canonicalOptions = await needs.canonicalise({
    "@context": document["@context"],
    ...options,
  });
  const hash = hashOf(canonicalOptions, await needs.canonicalise(document));
  const proofValue = toMultibase(sign(null, hash, key.privateKey));
  return { ...document, proof: [{ ...options, proofValue }] };
}

/** Whether the key made the proof. The caller sees to whose key it is, and for what. */
export async function isDataIntegritySignedBy(
  signed: { document: { "@context": unknown }; proof: { proofValue: string } },
  publicKey: KeyObject,
  canonicalise: Canonicalise,
): Promise<boolean> {
  const { document } = signed;
  const { proofValue, ...options } = signed.proof;
  const signature = fromMultibase(proofValue);
  if (signature === undefined) return false;
  const canonicalOptions = await canonicalise({ "@context": document["@context"], ...options });
  const hash = hashOf(canonicalOptions, await canonicalise(document));
  return verify(null, hash, publicKey, signature);
}
