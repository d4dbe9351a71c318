import { createHash } from "node:crypto";
import type { Award } from "../awards/award.js";
import type { Credential } from "./credential.js";
import { evidenceOf } from "./evidence.js";
import type { OpenBadgeCredential } from "./open-badge.js";
import type { ShownParts } from "./shown-parts.js";

/** Names the issued credential that an edition with fewer or more parts was made from. */
export const sourceOf = ({ forms }: Pick<Credential, "forms">): string =>
  createHash("sha256").update(forms.dataIntegrity).digest("base64url");

/**
 * The credential with just the parts that its learner shows, not yet signed. All else stays as it
 * was issued: id, dates, recipient, achievement, status.
 */
export function composeShown(
  issued: OpenBadgeCredential,
  award: Pick<Award, "evidence" | "explanation">,
  parts: ShownParts,
): OpenBadgeCredential {
  const { creditsEarned, achievement, ...subject } = issued.credentialSubject;
  const { creditsAvailable, ...rest } = achievement;
  const hours = (credits: number | undefined, name: "creditsEarned" | "creditsAvailable") =>
    parts.hours && credits !== undefined ? { [name]: credits } : {};
  const { evidence, ...others } = issued;
  const shown = {
    ...others,
    credentialSubject: {
      ...subject,
      achievement: { ...rest, ...hours(creditsAvailable, "creditsAvailable") },
      ...hours(creditsEarned, "creditsEarned"),
    },
  };
  // Without evidence the member is left out: an empty list would say that there was none.
  if (!parts.evidence || evidence === undefined) return shown;
  return { ...shown, evidence: evidenceOf(award, parts) };
}

/**
 * The credential as others see it: with the parts that its learner shows. Undefined while that
 * edition is being signed.
 */
export function asShown(credential: Credential): Credential | undefined {
  const { shows, shown } = credential;
  if (shows === undefined) return credential;
  if (shown?.source !== sourceOf(credential)) return undefined;
  return { ...credential, forms: shown.forms };
}
