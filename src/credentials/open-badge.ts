import type { Award } from "../awards/award.js";
import { NO_INITIALS, type TrackVersion } from "../tracks/track.js";
import {
  type Achievement,
  achievementOf,
  creditHours,
  credentialContexts,
  developmentPointsId,
} from "./achievement.js";
import { type Evidence, evidenceOf } from "./evidence.js";
import { emailIdentity, type IdentityObject, nameIdentity } from "./identity-object.js";
import type { IssuerIdentity, IssuerProfile } from "../issuers/issuer.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { dateTimeOf } from "../signing/date-time.js";
import {
  type StatusEntry,
  statusEntriesOf,
  type StatusPlace,
} from "../status-lists/status-list.js";

type Result = { type: ["Result"]; resultDescription: string; value: string };

/** Open Badges 3.0 AchievementSubject (OB 3.0 §B.1.3), the members we use. */
type AchievementSubject = {
  /** What the holder calls themselves by; else opaque, and another in each credential. */
  id: string;
  type: ["AchievementSubject"];
  /** Left out when its holder has deleted their account. */
  identifier?: IdentityObject[];
  achievement: Achievement;
  /** Contact hours. */
  creditsEarned?: number;
  result?: Result[];
};

/** Open Badges 3.0 OpenBadgeCredential (OB 3.0 §B.1.2) on VC Data Model 2.0, not yet signed. */
export type OpenBadgeCredential = {
  "@context": readonly string[];
  id: string;
  type: ["VerifiableCredential", "OpenBadgeCredential"];
  issuer: IssuerProfile;
  validFrom: string;
  awardedDate: string;
  name: string;
  credentialSubject: AchievementSubject;
  /** Left out where its learner does not show it. */
  evidence?: Evidence[];
  credentialStatus: StatusEntry[];
};

/** Under which names and addresses its holder is known in it; none when they deleted their account. */
export const identitiesOf = ({
  credentialSubject,
}: Pick<OpenBadgeCredential, "credentialSubject">): readonly IdentityObject[] =>
  credentialSubject.identifier ?? [];

/** The name it was issued to; undefined when its holder has deleted their account. */
export const nameIn = (
  document: Pick<OpenBadgeCredential, "credentialSubject">,
): string | undefined =>
  identitiesOf(document).find(({ identityType }) => identityType === "name")?.identityHash;

/** The DID or address by which its holder is known in it; undefined when it says nothing of them. */
export const holderIdIn = ({
  credentialSubject: { id },
}: {
  credentialSubject: { id?: string | undefined };
}): string | undefined => (id !== undefined && /^(did:|https:)/.test(id) ? id : undefined);

/** Whether it is a certificate, which stands on micro-credentials. */
export const isCertificate = ({
  credentialSubject,
}: Pick<OpenBadgeCredential, "credentialSubject">): boolean =>
  credentialSubject.achievement.achievementType === "Certificate";

/** What pages and documents say of initials: of a certificate, that there are none. */
export const initialsStatementIn = (
  document: Pick<OpenBadgeCredential, "credentialSubject">,
): string | undefined => (isCertificate(document) ? NO_INITIALS : undefined);

/** How it was earned, for pages that say apart from it that it gives no initials. */
export const criteriaTextOf = ({ credentialSubject }: OpenBadgeCredential): string =>
  credentialSubject.achievement.criteria.narrative.replace(NO_INITIALS, "").trim();

export type BadgeContent = {
  credentialId: string;
  statusPlace: StatusPlace;
  award: Award;
  track: TrackVersion;
  organisation: IssuerIdentity;
  recipient: {
    /** As the LMS sent it or as it was approved. */
    name: string;
    /** Goes in as a salted hash only. */
    email: string | undefined;
    /** A DID or https address that the learner says is theirs. */
    holderId?: string | undefined;
    /** Random text that keeps the e-mail's hash from being looked up. */
    salt: string;
  };
};

function subjectOf(achievement: Achievement, content: BadgeContent): AchievementSubject {
  const { award, track, recipient } = content;
  const credits = creditHours(track.contactHours);
  return {
    id: recipient.holderId ?? award.subjectUrn,
    type: ["AchievementSubject"],
    identifier: [
      nameIdentity(recipient.name),
      ...(recipient.email === undefined ? [] : [emailIdentity(recipient.email, recipient.salt)]),
    ],
    achievement,
    ...(credits === undefined ? {} : { creditsEarned: credits }),
    ...(track.developmentPoints === undefined
      ? {}
      : {
          result: [
            {
              type: ["Result"],
              resultDescription: developmentPointsId(achievement.id),
              value: String(track.developmentPoints),
            },
          ],
        }),
  };
}

/**
 * Composes the credential for an award from frozen records alone. A later correction keeps `id`,
 * issuer and `awardedDate` and raises `validFrom`, by which hosts know the newer edition.
 */
export function composeOpenBadge(
  addresses: PublicAddresses,
  content: BadgeContent,
): OpenBadgeCredential {
  const { award, track, organisation } = content;
  const achievement = achievementOf(addresses, track, organisation);
  return {
    "@context": credentialContexts,
    id: addresses.credentialUrl(content.credentialId),
    type: ["VerifiableCredential", "OpenBadgeCredential"],
    issuer: achievement.creator,
    validFrom: dateTimeOf(award.awardedAt),
    awardedDate: dateTimeOf(award.awardedAt),
    name: track.name,
    credentialSubject: subjectOf(achievement, content),
    evidence: evidenceOf(award),
    credentialStatus: statusEntriesOf(addresses, content.statusPlace),
  };
}
