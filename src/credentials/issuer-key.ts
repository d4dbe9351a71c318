import type { JsonWebKey } from "node:crypto";

/** What signs credentials; new keys are RS256. */
export type KeyAlgorithm = "RS256" | "ES256";

/**
 * A key with which an organisation signs its credentials. Keys are added and never removed: every
 * credential signed with an older key must still verify. Unique by (organisation, number).
 */
export type IssuerKey = {
  id: string;
  organisationId: string;
  /** Counts from 1; the highest one signs. */
  number: number;
  algorithm: KeyAlgorithm;
  /** RFC 7638 thumbprint of the public key: the fragment of the key's DID URL. */
  thumbprint: string;
  /** RFC 7517, public members alone. */
  publicJwk: JsonWebKey;
  /** The private JWK as JSON, sealed for `issuerKeyPurpose`. */
  sealedPrivateJwk: string;
  createdAt: Date;
};

/** What of a key anyone may know. */
export type PublicIssuerKey = Pick<IssuerKey, "algorithm" | "thumbprint" | "publicJwk">;

/** A sealed key opens for its own organisation and number alone. */
export const issuerKeyPurpose = (key: Pick<IssuerKey, "organisationId" | "number">): string =>
  `issuer-key:${key.organisationId}:${key.number}`;
