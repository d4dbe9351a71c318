import type { JsonWebKey } from "node:crypto";
import type { DidDocument } from "../issuers/issuer.js";
import { isJwsAlgorithm, type JwsAlgorithm } from "../signing/compact-jws.js";
import { ed25519FromMultibase } from "../signing/multikey.js";

type NotBound = { kind: "not-bound"; sentence: string };

/** The signature cannot stand, whoever made it. */
type Unacceptable = { kind: "unacceptable-algorithm"; sentence: string };

export type JwsKeySearch =
  { kind: "bound"; algorithm: JwsAlgorithm; jwk: JsonWebKey } | Unacceptable | NotBound;

export type ProofKeySearch = { kind: "bound"; jwk: JsonWebKey } | Unacceptable | NotBound;

const notBound = (sentence: string): NotBound => ({ kind: "not-bound", sentence });

const unacceptable = (sentence: string): Unacceptable => ({
  kind: "unacceptable-algorithm",
  sentence,
});

const hasPassed = (moment: string | undefined, now: Date): boolean =>
  moment !== undefined && !(Date.parse(moment) > now.getTime());

/**
 * A key that the issuer itself stands for: listed for making assertions in the issuer's DID
 * document, controlled by the issuer, and not withdrawn.
 */
function findIssuerKey(
  keyId: unknown,
  document: DidDocument,
  now: Date,
): { kind: "bound"; jwk: JsonWebKey } | NotBound {
  if (typeof keyId !== "string") {
    return notBound("The credential does not say which of its issuer's keys signed it.");
  }
  const method = document.verificationMethod.find(({ id }) => id === keyId);
  const jwk = method?.publicKeyJwk ?? ed25519FromMultibase(method?.publicKeyMultibase ?? "");
  if (method === undefined || jwk === undefined || !document.assertionMethod.includes(keyId)) {
    return notBound("The key it names is not one that its issuer signs credentials with.");
  }
  if (method.controller !== document.id) {
    return notBound("The key it names belongs to someone other than its issuer.");
  }
  if (hasPassed(method.revoked, now) || hasPassed(method.expires, now)) {
    return notBound("The issuer has withdrawn the key it names.");
  }
  return { kind: "bound", jwk };
}

/**
 * The key that a JWT's header names. A key that comes along in the header (`jwk`, `x5c`, `jku`)
 * proves nothing about the issuer and is never looked at.
 */
export function findBoundKey(
  header: Record<string, unknown>,
  document: DidDocument,
  now: Date,
): JwsKeySearch {
  const { alg, kid } = header;
  if (!isJwsAlgorithm(alg)) {
    return unacceptable(
      "The signature is of a kind that Rosette does not accept, or there is none.",
    );
  }
  // `crit` names extensions that must be understood (RFC 7515 §4.1.11); we know none.
  if (header["crit"] !== undefined) {
    return unacceptable("The signature asks for an extension that Rosette does not know.");
  }
  const search = findIssuerKey(kid, document, now);
  return search.kind === "bound" ? { ...search, algorithm: alg } : search;
}

/** The key that a Data Integrity proof names; it must be a proof of `eddsa-rdfc-2022`. */
export function findProofKey(
  proof: Record<string, unknown>,
  document: DidDocument,
  now: Date,
): ProofKeySearch {
  const { type, cryptosuite, proofPurpose, verificationMethod, expires } = proof;
  if (type !== "DataIntegrityProof" || cryptosuite !== "eddsa-rdfc-2022") {
    return unacceptable("The proof is of a kind that Rosette does not know.");
  }
  if (proofPurpose !== "assertionMethod") {
    return unacceptable("The proof was made for another purpose than issuing a credential.");
  }
  if (expires !== undefined && (typeof expires !== "string" || hasPassed(expires, now))) {
    return unacceptable("The proof has run out.");
  }
  return findIssuerKey(verificationMethod, document, now);
}
