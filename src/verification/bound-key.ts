import type { JsonWebKey } from "node:crypto";
import { isJwsAlgorithm, type JwsAlgorithm } from "../signing/compact-jws.js";
import type { DidDocument } from "../issuers/issuer.js";

export type KeySearch =
  | { kind: "bound"; algorithm: JwsAlgorithm; jwk: JsonWebKey }
  /** The signature cannot stand, whoever made it. */
  | { kind: "unacceptable-algorithm"; sentence: string }
  | { kind: "not-bound"; sentence: string };

const notBound = (sentence: string): KeySearch => ({ kind: "not-bound", sentence });

const hasPassed = (moment: string | undefined, now: Date): boolean =>
  moment !== undefined && !(Date.parse(moment) > now.getTime());

/**
 * The key that a signature's header names, provided the issuer itself stands for it: listed for
 * making assertions in the issuer's DID document, controlled by the issuer, and not withdrawn. A
 * key that comes along in the header (`jwk`, `x5c`, `jku`) proves nothing about the issuer and
 * is never looked at.
 */
export function findBoundKey(
  header: Record<string, unknown>,
  document: DidDocument,
  now: Date,
): KeySearch {
  const { alg, kid } = header;
  if (!isJwsAlgorithm(alg)) {
    return {
      kind: "unacceptable-algorithm",
      sentence: "The signature is of a kind that Rosette does not accept, or there is none.",
    };
  }
  // `crit` names extensions that must be understood (RFC 7515 §4.1.11); we know none.
  if (header["crit"] !== undefined) {
    return {
      kind: "unacceptable-algorithm",
      sentence: "The signature asks for an extension that Rosette does not know.",
    };
  }
  if (typeof kid !== "string") {
    return notBound("The credential does not say which of its issuer's keys signed it.");
  }
  const method = document.verificationMethod.find(({ id }) => id === kid);
  if (method?.publicKeyJwk === undefined || !document.assertionMethod.includes(kid)) {
    return notBound("The key it names is not one that its issuer signs credentials with.");
  }
  if (method.controller !== document.id) {
    return notBound("The key it names belongs to someone other than its issuer.");
  }
  if (hasPassed(method.revoked, now) || hasPassed(method.expires, now)) {
    return notBound("The issuer has withdrawn the key it names.");
  }
  return { kind: "bound", algorithm: alg, jwk: method.publicKeyJwk };
}
