import { sign, verify } from "node:crypto";
import { FreshSignatureError, type SigningKey } from "./signing-key.js";

/** A credential not yet signed: the members that a VC-JWT's claims repeat, and its contexts. */
export type SignableCredential = {
  "@context": readonly string[];
  id: string;
  issuer: { id: string };
  validFrom: string;
  credentialSubject: { id: string };
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const secondsOf = (dateTime: string): number => Date.parse(dateTime) / 1000;

/** The credential itself with the JWT claims that repeat it; no `vc` wrapper (OB 3.0 §8.2.4). */
const claimsOf = (credential: SignableCredential) => ({
  ...credential,
  iss: credential.issuer.id,
  jti: credential.id,
  nbf: secondsOf(credential.validFrom),
  sub: credential.credentialSubject.id,
});

/**
 * Signs a credential as VC-JWT (OB 3.0 §8.2). The header holds `alg`, `kid` and `typ` alone: the
 * key is found at the issuer, never in what is to be proved.
 * @throws FreshSignatureError when the signature does not verify with the public key
 */
export function signVcJwt(
  credential: SignableCredential,
  algorithm: "RS256" | "ES256",
  key: SigningKey,
): string {
  const header = encode({ alg: algorithm, kid: key.url, typ: "JWT" });
  const text = `${header}.${encode(claimsOf(credential))}`;
  const signed = Buffer.from(text, "ascii");
  const dsaEncoding = "ieee-p1363";
  const signature = sign("sha256", signed, { key: key.privateKey, dsaEncoding });
  if (!verify("sha256", signed, { key: key.publicKey, dsaEncoding }, signature)) {
    throw new FreshSignatureError();
  }
  return `${text}.${signature.toString("base64url")}`;
}
