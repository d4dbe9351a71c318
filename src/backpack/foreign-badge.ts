import { createHash } from "node:crypto";
import type { CheckedPicture } from "../pictures/picture.js";
import type { PresentedCredential } from "../verification/presented-credential.js";
import type { AssertionSummary } from "../verification/verify-assertion.js";
import type { VerificationReport } from "../verification/verification-report.js";

/** What came of checking a badge, in one sentence. */
export type Finding = { isVerified: boolean; sentence: string; checkedAt: Date };

/**
 * A badge that a learner earned elsewhere and keeps here. What it says of itself is proved only
 * while it is verified. Unique by (learner, key).
 */
export type ForeignBadge = {
  id: string;
  organisationId: string;
  learnerId: string;
  /** Names the credential and who issued it: the same one is kept once. */
  key: string;
  /** What is checked: the credential itself, or the address of one that is hosted. */
  presented: string;
  name: string;
  description: string;
  issuer: { id: string; name: string };
  /** Checked, and without anything that is not drawn; undefined when there was none to take. */
  picture: CheckedPicture | undefined;
  finding: Finding;
  /** Whether it stands in the portfolio. */
  isShown: boolean;
  addedAt: Date;
};

/** What a badge says of itself, and what is kept to check it again. */
export type ReadBadge = Pick<ForeignBadge, "key" | "presented" | "name" | "description" | "issuer">;

/** More than anyone keeps by hand. */
export const MOST_FOREIGN_BADGES = 50;

const [NAME_LENGTH, DESCRIPTION_LENGTH] = [200, 1000];

const keyOf = (id: string, issuerId: string): string =>
  createHash("sha256")
    .update(JSON.stringify([issuerId, id]))
    .digest("base64url");

/** The credential as it was signed, to be checked again. */
function textOf({ secured }: PresentedCredential): string {
  if (secured.kind === "data-integrity")
    return JSON.stringify({ ...secured.document, proof: secured.proof });
  const { signed, signature } = secured.jws;
  return `${signed.toString("ascii")}.${signature.toString("base64url")}`;
}

function readBadge(
  said: { id: string; name: string; description: string; issuer: { id: string; name?: unknown } },
  presented: string,
): ReadBadge {
  const { id, name, description, issuer } = said;
  const issuerName = typeof issuer.name === "string" ? issuer.name : issuer.id;
  return {
    ...{ key: keyOf(id, issuer.id), presented, name: name.slice(0, NAME_LENGTH) },
    description: description.slice(0, DESCRIPTION_LENGTH),
    issuer: { id: issuer.id.slice(0, 2000), name: issuerName.slice(0, NAME_LENGTH) },
  };
}

/** What was read of a badge; undefined when nothing could be. */
export function badgeIn(read: {
  credential: PresentedCredential | undefined;
  assertion?: AssertionSummary;
}): ReadBadge | undefined {
  const { credential, assertion } = read;
  // Of Open Badges 2.0 its address is what vouches for it.
  if (assertion !== undefined) return readBadge(assertion, assertion.id);
  if (credential === undefined) return undefined;
  const { id, issuer, credentialSubject, name = "Comprehensive Learner Record" } = credential;
  const achievement =
    "achievement" in credentialSubject
      ? (credentialSubject.achievement as { name: string; description: string })
      : { name, description: "" };
  const { name: title, description } = achievement;
  return readBadge({ id, name: title, description, issuer }, textOf(credential));
}

const VERIFIED =
  "It is genuine, in force, and was issued to the e-mail address that the LMS knows of its holder.";
const NO_ADDRESS = "The LMS does not tell whose e-mail address to compare it with.";
const SOMEBODY_ELSES = "It was not issued to the e-mail address that the LMS knows of its holder.";

/**
 * Verified is what is genuine and theirs; of anything else the first reason why not.
 * @param isCompared whether there was an e-mail address to compare the recipient with
 */
export function findingOf(
  { verdict, checks }: VerificationReport,
  isCompared: boolean,
  checkedAt: Date,
): Finding {
  const wrong =
    checks.find(({ outcome }) => outcome === "invalid") ??
    checks.find(({ outcome }) => outcome === "unknown");
  if (verdict === "valid" && isCompared) return { isVerified: true, sentence: VERIFIED, checkedAt };
  const isSomebodyElses = wrong?.name === "recipient" && wrong.outcome === "invalid";
  const sentence = isSomebodyElses ? SOMEBODY_ELSES : (wrong?.sentence ?? NO_ADDRESS);
  return { isVerified: false, sentence, checkedAt };
}

const DATA_PICTURE = /^data:image\/(?:png|svg\+xml);base64,([A-Za-z0-9+/=]+)$/;

/** The picture that a credential carries in itself; pictures that stand elsewhere are not fetched. */
export function pictureIn(credential: PresentedCredential | undefined): Buffer | undefined {
  const { achievement } = (credential?.credentialSubject ?? {}) as { achievement?: unknown };
  const { image } = (achievement ?? {}) as { image?: unknown };
  const id = typeof image === "object" && image !== null && "id" in image ? image.id : image;
  const encoded = typeof id === "string" ? DATA_PICTURE.exec(id)?.[1] : undefined;
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64");
}
