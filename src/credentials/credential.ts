import type { DataIntegrityProof } from "../signing/data-integrity.js";
import type { OpenBadgeCredential } from "./open-badge.js";

/** Who may see a credential, as its learner decided. */
export type CredentialVisibility = "private" | "link";

export type CredentialStatus = "active" | "suspended" | "revoked";

/** The signed texts of one credential, exactly as they were signed. All say the same. */
type SignedForms = {
  /** JSON with a Data Integrity proof, `eddsa-rdfc-2022` (OB 3.0 §8.3). */
  dataIntegrity: string;
  /** VC-JWT (OB 3.0 §8.2). */
  jwtRs256: string;
  jwtEs256: string;
};

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
