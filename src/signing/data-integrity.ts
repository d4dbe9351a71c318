import { createHash, createPublicKey, type JsonWebKey, sign, verify } from "node:crypto";
import { fromMultibase, toMultibase } from "./multikey.js";
import { FreshSignatureError, type SigningKey } from "./signing-key.js";

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
 * @param needs.created XML Schema dateTime
 * @throws FreshSignatureError when the proof does not verify with the public key
 */
export async function signDataIntegrity<T extends { "@context": unknown }>(
  document: T,
  key: SigningKey,
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
  const signature = sign(null, hash, key.privateKey);
  if (!verify(null, hash, key.publicKey, signature)) throw new FreshSignatureError();
  const proofValue = toMultibase(signature);
  return { ...document, proof: [{ ...options, proofValue }] };
}

/**
 * Whether the key made the proof (§3.3.2). The caller sees to whose key it is, and for what.
 * @throws Error when the document cannot be canonicalised
 */
export async function isProofBy(
  secured: { document: Record<string, unknown>; proof: Record<string, unknown> },
  jwk: JsonWebKey,
  canonicalise: Canonicalise,
): Promise<boolean> {
  const { document } = secured;
  const { proofValue, ...options } = secured.proof;
  const signature = typeof proofValue === "string" ? fromMultibase(proofValue) : undefined;
  if (signature === undefined || jwk.kty !== "OKP" || jwk.crv !== "Ed25519") return false;
  // A proof's own context, where it brings one, must be the document's (§3.3.2).
  const canonicalOptions = await canonicalise({ ...options, "@context": document["@context"] });
  const hash = hashOf(canonicalOptions, await canonicalise(document));
  const publicKey = createPublicKey({ key: jwk, format: "jwk" });
  return verify(null, hash, publicKey, signature);
}
