import type { SignableCredential } from "./sign-vc-jwt.js";
import type { SignedForms } from "./sign-credential.js";
import type { SigningKeySet } from "./signing-key.js";

/** Credentials that are signed with the same keys, at one moment. */
export type SigningBatch = {
  credentials: SignableCredential[];
  keys: SigningKeySet;
  /** XML Schema dateTime of the proofs. */
  created: string;
};

/** What the signing thread does. */
export type SigningTasks = {
  sign: { given: SigningBatch; made: SignedForms[] };
  /** The canonical form of a JSON document from anyone. */
  canonicalise: { given: string; made: string };
};
