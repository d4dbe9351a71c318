import type { JsonWebKey } from "node:crypto";
import { ed25519Multibase } from "../signing/multikey.js";
import type { PublicIssuerKey } from "./issuer-key.js";
import type { PublicAddresses } from "./public-addresses.js";

/**
 * In whose name something is issued, as it stands in credentials and documents. Its id is the
 * organisation's for the organisation itself, and an own one for each other brand of it.
 */
export type IssuerIdentity = {
  id: string;
  name: string;
  /** Its own web site. */
  url?: string | undefined;
  email?: string | undefined;
  /** `#rrggbb`: headings and lines in its documents and on its certificates. */
  colour?: string | undefined;
  /** `#rrggbb`: what its certificates and cards stand on; white where nothing is said. */
  groundColour?: string | undefined;
  /** Uploaded pictures; they never change. */
  logoId?: string | undefined;
  /** The signature that stands in its documents, and whose it is. */
  signatureId?: string | undefined;
  signatory?: string | undefined;
};

/** A brand of an organisation as it stands now; what was issued keeps what it was. */
export type Issuer = IssuerIdentity & { organisationId: string; updatedAt: Date };

/** What of an issuer is frozen with what is published in its name. */
export const identityOf = (issuer: IssuerIdentity): IssuerIdentity => ({
  ...{ id: issuer.id, name: issuer.name, url: issuer.url, email: issuer.email },
  ...{ colour: issuer.colour, groundColour: issuer.groundColour, logoId: issuer.logoId },
  ...{ signatureId: issuer.signatureId, signatory: issuer.signatory },
});

/** Open Badges 3.0 Profile (OB 3.0 §B.1.17), the members we use. */
export type IssuerProfile = {
  id: string;
  type: ["Profile"];
  name: string;
  url: string;
  email?: string;
  image?: { id: string; type: "Image"; caption: string };
};

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
  { id, name, url, email, logoId }: IssuerIdentity,
): IssuerProfile => ({
  id: addresses.issuerDid(id),
  type: ["Profile"],
  name,
  url: url ?? addresses.issuerUrl(id),
  ...(email === undefined ? {} : { email }),
  ...(logoId === undefined
    ? {}
    : {
        image: {
          id: addresses.issuerPictureUrl(id, logoId),
          type: "Image",
          caption: `Logo of ${name}`,
        },
      }),
});

/** Where a profile's logo stands on this host; undefined where it has none. */
export const logoPathOf = ({ image }: Pick<IssuerProfile, "image">): string | undefined =>
  image && new URL(image.id).pathname;

/** The id of an issuer of ours in a profile of ours. */
export const issuerIdIn = ({ id }: Pick<IssuerProfile, "id">): string =>
  id.slice(id.lastIndexOf(":") + 1);

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
