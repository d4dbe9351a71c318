import type { DataIntegrityProof } from "../signing/data-integrity.js";
import type { SignedForms } from "../signing/sign-credential.js";
import type { CredentialStatus, StatusPlace } from "../status-lists/status-list.js";
import type { OpenBadgeCredential } from "./open-badge.js";

/** Who may see a credential, as its learner decided. */
export type CredentialVisibility = "private" | "link";

/** One award in its signed, lasting form. Unique by award. */
export type Credential = {
  id: string;
  organisationId: string;
  /** In whose name it was issued. */
  issuerId: string;
  awardId: string;
  learnerId: string;
  trackId: string;
  trackVersion: number;
  /** What it says is read from here and nowhere else. */
  forms: SignedForms;
  /** Thumbprints of the keys that signed it. */
  signedWith: string[];
  visibility: CredentialVisibility;
  status: CredentialStatus;
  statusPlace: StatusPlace;
  issuedAt: Date;
};

/** What a stored credential says, without the proof of it. */
export function credentialDocument({ forms }: Pick<Credential, "forms">): OpenBadgeCredential {
  const signed = JSON.parse(forms.dataIntegrity) as OpenBadgeCredential & {
    proof?: DataIntegrityProof[];
  };
  delete signed.proof;
  return signed;
}
