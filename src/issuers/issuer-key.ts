import type { JsonWebKey } from "node:crypto";
import type { KeyAlgorithm } from "../signing/key-algorithm.js";

/**
 * A key with which an issuer signs its credentials. Keys are added and never removed: every
 * credential signed with an older key must still verify. Only one that became known to others is
 * taken out, and what it signed is issued anew. Unique by (issuer, algorithm, number).
 */
export type IssuerKey = {
  id: string;
  issuerId: string;
  /** Counts from 1 for each algorithm; the highest one signs. */
  number: number;
  algorithm: KeyAlgorithm;
  /** RFC 7638 thumbprint of the public key: the fragment of the key's DID URL. */
  thumbprint: string;
  /** RFC 7517, public members alone. */
  publicJwk: JsonWebKey;
  /** The private JWK as JSON, sealed for `issuerKeyPurpose`. */
  sealedPrivateJwk: string;
  createdAt: Date;
  /** When it was taken out of use after it became known to others. */
  removedAt?: Date | undefined;
};

/** What of a key anyone may know. */
export type PublicIssuerKey = Pick<IssuerKey, "algorithm" | "thumbprint" | "publicJwk">;

/** What a key is for; `number` is its turn. */
export type IssuerKeyPlace = Pick<IssuerKey, "issuerId" | "algorithm" | "number">;

/** A sealed key opens for its own issuer, algorithm and number alone. */
export const issuerKeyPurpose = ({ issuerId, algorithm, number }: IssuerKeyPlace): string =>
  `issuer-key:${issuerId}:${algorithm}:${number}`;
