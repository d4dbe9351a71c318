import { type KeyObject, sign } from "node:crypto";

export type SigningKey<Algorithm extends string> = {
  algorithm: Algorithm;
  /** DID URL under which verifiers find the public key. */
  url: string;
  privateKey: KeyObject;
};

/** The members that a VC-JWT's claims repeat. */
type Credential = {
  id: string;
  issuer: { id: string };
  validFrom: string;
  credentialSubject: { id: string };
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const secondsOf = (dateTime: string): number => Date.parse(dateTime) / 1000;

/** The credential itself with the JWT claims that repeat it; no `vc` wrapper (OB 3.0 §8.2.4). */
const claimsOf = (credential: Credential) => ({
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
export function signVcJwt(credential: Credential, key: SigningKey<"RS256" | "ES256">): string {
  const header = encode({ alg: key.algorithm, kid: key.url, typ: "JWT" });
  const signed = `${header}.${encode(claimsOf(credential))}`;
  const signature = sign("sha256", Buffer.from(signed, "ascii"), {
    key: key.privateKey,
    dsaEncoding: "ieee-p1363",
  });
  return `${signed}.${signature.toString("base64url")}`;
}
