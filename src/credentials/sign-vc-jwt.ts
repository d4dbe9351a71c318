import { CompactSign, importJWK, type JWK } from "jose";
import type { KeyAlgorithm } from "./issuer-key.js";
import type { OpenBadgeCredential } from "./open-badge.js";

export type SigningKey = {
  algorithm: KeyAlgorithm;
  /** DID URL under which verifiers find the public key. */
  url: string;
  privateJwk: JWK;
};

const secondsOf = (dateTime: string): number => Date.parse(dateTime) / 1000;

/** The credential itself with the JWT claims that repeat it; no `vc` wrapper (OB 3.0 §8.2.4). */
const claimsOf = (credential: OpenBadgeCredential) => ({
  ...credential,
  iss: credential.issuer.id,
  jti: credential.id,
  nbf: secondsOf(credential.validFrom),
  sub: credential.credentialSubject.id,
});

/**
 * Signs a credential as VC-JWT (OB 3.0 §8.2). The header holds `alg`, `kid` and `typ` alone: the
 * key is found at the issuer, never in what is to be proved.
 */
export async function signVcJwt(credential: OpenBadgeCredential, key: SigningKey): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(claimsOf(credential)));
  return await new CompactSign(payload)
    .setProtectedHeader({ alg: key.algorithm, kid: key.url, typ: "JWT" })
    .sign(await importJWK(key.privateJwk, key.algorithm));
}
