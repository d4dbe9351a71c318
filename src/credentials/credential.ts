import type { DataIntegrityProof } from "../signing/data-integrity.js";
import type { SignedForms } from "../signing/sign-credential.js";
import type { CredentialStatus, StatusPlace } from "../status-lists/status-list.js";
import type { CorrectablePart } from "../tracks/track.js";
import type { ShownParts } from "./shown-parts.js";
import type { OpenBadgeCredential } from "./open-badge.js";

/**
 * Who may see a credential, as its learner decided: nobody, whoever has its address, or everyone,
 * and then it stands in the learner's portfolio.
 */
export const credentialVisibilities = ["private", "link", "public"] as const;

export type CredentialVisibility = (typeof credentialVisibilities)[number];

/** Why a credential was issued anew. */
export type EditionReason =
  "name-corrected" | "keys-replaced" | "holder-erased" | "holder-id-changed" | "wording-corrected";

/** A line of a credential's history; `parts`: what of its wording was corrected. */
export type EditionEntry = {
  at: Date;
  reason: EditionReason;
  parts?: CorrectablePart[] | undefined;
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
  /** Which parts its learner shows, when that is not what is usual. */
  shows?: ShownParts;
  /** Signed with just these parts; until then, or when `source` is another, nothing is shown. */
  shown?: { forms: SignedForms; source: string };
  status: CredentialStatus;
  statusPlace: StatusPlace;
  issuedAt: Date;
  /** When and why it was issued anew, oldest first; absent when it never was. */
  history?: EditionEntry[] | undefined;
};

/** What a stored credential says, without the proof of it. */
export function credentialDocument({ forms }: Pick<Credential, "forms">): OpenBadgeCredential {
  const signed = JSON.parse(forms.dataIntegrity) as OpenBadgeCredential & {
    proof?: DataIntegrityProof[];
  };
  delete signed.proof;
  return signed;
}
