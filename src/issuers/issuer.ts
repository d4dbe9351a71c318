import type { JsonWebKey } from "node:crypto";
import { ed25519Multibase } from "../signing/multikey.js";
import type { PublicIssuerKey } from "./issuer-key.js";
import type { PublicAddresses } from "./public-addresses.js";

/** The organisation as it appears in credentials. */
export type IssuerIdentity = { id: string; name: string };

/** Open Badges 3.0 Profile (OB 3.0 §B.1.17), the members we use. */
export type IssuerProfile = { id: string; type: ["Profile"]; name: string; url: string };

/** A verification method of a DID document (W3C Controlled Identifiers 1.0 §2.2). */
type VerificationMethod = {
  id: string;
  type: string;
  controller: string;
  publicKeyJwk?: JsonWebKey | undefined;
  publicKeyMultibase?: string | undefined;
  /** XML Schema dateTime from which it counts no longer. Ours carry neither. */
  expires?: string | undefined;
  revoked?: string | undefined;
};

/** The members of a DID document (W3C DID 1.0) that say whose a key is. */
export type DidDocument = {
  "@context": string[];
  id: string;
  alsoKnownAs?: string[];
  verificationMethod: VerificationMethod[];
  /** DID URLs of the keys that may sign credentials. */
  assertionMethod: string[];
};

/** The DID URL of a key: `kid` in the header of what it signed. */
export const keyUrl = (did: string, key: Pick<PublicIssuerKey, "thumbprint">): string =>
  `${did}#${key.thumbprint}`;

export const issuerProfile = (
  addresses: PublicAddresses,
  organisation: IssuerIdentity,
): IssuerProfile => ({
  id: addresses.issuerDid(organisation.id),
  type: ["Profile"],
  name: organisation.name,
  url: addresses.issuerUrl(organisation.id),
});

/** Ed25519 as Multikey, which `eddsa-rdfc-2022` asks for; the keys of VC-JWTs as JSON Web Keys. */
const verificationMethod = (did: string, key: PublicIssuerKey): VerificationMethod => ({
  id: keyUrl(did, key),
  ...(key.algorithm === "Ed25519"
    ? { type: "Multikey", publicKeyMultibase: ed25519Multibase(key.publicJwk) }
    : { type: "JsonWebKey", publicKeyJwk: { ...key.publicJwk, alg: key.algorithm } }),
  controller: did,
});

/**
 * The DID document of an issuer, with every key it ever had under `assertionMethod`: verifiers
 * refuse an older credential as soon as its key stands there no longer.
 */
export function issuerDidDocument(
  addresses: PublicAddresses,
  issuerId: string,
  keys: readonly PublicIssuerKey[],
): DidDocument {
  const did = addresses.issuerDid(issuerId);
  return {
    "@context": [
      "https://www.w3.org/ns/did/v1",
      "https://w3id.org/security/jwk/v1",
      "https://w3id.org/security/multikey/v1",
    ],
    id: did,
    alsoKnownAs: [addresses.issuerUrl(issuerId)],
    verificationMethod: keys.map((key) => verificationMethod(did, key)),
    assertionMethod: keys.map((key) => keyUrl(did, key)),
  };
}

/** The same keys as a JWK Set (RFC 7517 §5), for verifiers that know no DIDs. */
export const issuerKeySet = (did: string, keys: readonly PublicIssuerKey[]) => ({
  keys: keys.map((key) => ({
    ...key.publicJwk,
    kid: keyUrl(did, key),
    alg: key.algorithm === "Ed25519" ? "EdDSA" : key.algorithm,
    use: "sig",
  })),
});
