import { parseCompactJws } from "./compact-jws.js";
import type { OpenBadgeCredential } from "./open-badge.js";

/** Who may see a credential, as its learner decided. */
export type CredentialVisibility = "private" | "link";

export type CredentialStatus = "active" | "suspended" | "revoked";

/** One award in its signed, lasting form. Unique by award. */
export type Credential = {
  id: string;
  organisationId: string;
  awardId: string;
  learnerId: string;
  trackId: string;
  trackVersion: number;
  /** The signed credential (OB 3.0 §8.2): what it says is read from here and nowhere else. */
  jwt: string;
  visibility: CredentialVisibility;
  status: CredentialStatus;
  issuedAt: Date;
};

const jwtClaims = new Set(["iss", "jti", "nbf", "sub"]);

/** What a stored credential says: its payload without the JWT claims that repeat it. */
export function credentialDocument(credential: Pick<Credential, "jwt">): OpenBadgeCredential {
  const jws = parseCompactJws(credential.jwt);
  if (jws === undefined) throw new Error("A stored credential is not readable");
  const members = Object.entries(jws.payload).filter(([name]) => !jwtClaims.has(name));
  return Object.fromEntries(members) as OpenBadgeCredential;
}
