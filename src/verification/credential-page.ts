import type { Evidence } from "../credentials/evidence.js";
import type { Credential, EditionReason } from "../credentials/credential.js";
import {
  criteriaTextOf,
  holderIdIn,
  identitiesOf,
  initialsStatementIn,
  isCertificate,
  nameIn,
  type OpenBadgeCredential,
} from "../credentials/open-badge.js";
import { issuerIdIn, logoPathOf } from "../issuers/issuer.js";
import type { CorrectablePart } from "../tracks/track.js";
import { plainDate } from "../progress/plain-words.js";

/** A credential as people read it. Paths are on this installation; texts are plain. */
export type CredentialPage = {
  name: string;
  description: string;
  /** undefined when its holder has deleted their account. */
  holderName: string | undefined;
  /** A DID or https address, as its holder gave it. */
  holderId: string | undefined;
  issuer: { name: string; path: string; logoPath: string | undefined };
  awardedOn: string;
  badge: { path: string; text: string };
  subject: string;
  contactHours: number | undefined;
  developmentPoints: string | undefined;
  criteria: string[];
  achievementPath: string;
  isCertificate: boolean;
  /** What it says of initials after the name. */
  initials: string | undefined;
  /** Whether Open Badges 2.0 can name its holder. */
  hasAssertion: boolean;
  competencies: {
    name: string;
    description?: string | undefined;
    frameworkUrl?: string | undefined;
    frameworkName?: string | undefined;
  }[];
  courses: { name: string; narrative: string }[];
  /** The lines of the explanation that was frozen with the award. */
  explanation: string[];
};

const pathOf = (url: string): string => new URL(url).pathname;

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const evidenceOf = ({ evidence = [] }: OpenBadgeCredential, genre: Evidence["genre"]): Evidence[] =>
  evidence.filter((item) => item.genre === genre);

function competenciesOf(
  achievement: OpenBadgeCredential["credentialSubject"]["achievement"],
): CredentialPage["competencies"] {
  const aligned = achievement.alignment ?? [];
  return (achievement.tag ?? []).map((name) => {
    const alignment = aligned.find(({ targetName }) => targetName === name);
    return {
      name,
      description: alignment?.targetDescription,
      frameworkUrl: alignment?.targetUrl,
      frameworkName: alignment?.targetFramework,
    };
  });
}

const correctionTexts: Record<EditionReason, string> = {
  "name-corrected": "The holder's name was corrected.",
  "holder-erased": "Its holder deleted their account and had their name taken out.",
  "wording-corrected": "A slip in its wording was corrected.",
  "holder-id-changed": "Its holder changed the address of their own that it carries.",
  "keys-replaced": "It was signed anew with new keys of its issuer.",
};

const partNames: Record<CorrectablePart, string> = {
  name: "its name",
  description: "its description",
  criteriaNarrative: "how it is earned",
};

/** What kind of correction was made and when, newest first; nothing of what stood there before. */
export const correctionsOf = ({ history = [] }: Pick<Credential, "history">) =>
  history.toReversed().map(({ at, reason, parts = [] }) => ({
    on: plainDate(at),
    text:
      parts.length === 0
        ? correctionTexts[reason]
        : `A slip was corrected in ${parts.map((part) => partNames[part]).join(" and in ")}.`,
  }));

/** What the page of one of our own credentials shows, read from what was signed and nothing else. */
export function credentialPage(document: OpenBadgeCredential): CredentialPage {
  const { achievement, creditsEarned, result } = document.credentialSubject;
  return {
    name: document.name,
    description: achievement.description,
    holderName: nameIn(document),
    holderId: holderIdIn(document),
    issuer: {
      ...{ name: document.issuer.name, path: `/issuers/${issuerIdIn(document.issuer)}` },
      logoPath: logoPathOf(document.issuer),
    },
    awardedOn: plainDate(new Date(document.awardedDate)),
    badge: { path: pathOf(achievement.image.id), text: achievement.image.caption },
    subject: achievement.fieldOfStudy,
    contactHours: creditsEarned,
    developmentPoints: result?.[0]?.value,
    criteria: linesOf(criteriaTextOf(document)),
    achievementPath: pathOf(achievement.id),
    isCertificate: isCertificate(document),
    initials: initialsStatementIn(document),
    hasAssertion: identitiesOf(document).some(
      ({ identityType }) => identityType === "emailAddress",
    ),
    competencies: competenciesOf(achievement),
    courses: evidenceOf(document, "Course"),
    explanation: evidenceOf(document, "Explanation").flatMap(({ narrative }) => linesOf(narrative)),
  };
}
