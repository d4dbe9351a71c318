import { initialsStatementIn } from "../credentials/open-badge.js";
import { type Credential, credentialDocument } from "../credentials/credential.js";
import { plainDate } from "../progress/plain-words.js";
import type { Submission } from "../activities/submission.js";
import type { Licence } from "../eligibility/licence.js";
import type { ArchivedFile, ListedFile } from "../web/send-archive.js";
import type { ForeignBadge } from "./foreign-badge.js";

/** A file of the archive as its list of contents names it. */
export type ArchiveLink = { path: string; label: string };

export type ArchivedCredential = {
  id: string;
  /** Its lasting address, whether or not others see anything there. */
  url: string;
  name: string;
  issuerName: string;
  awardedAt: string;
  /** Of a certificate: that it gives no initials after the name. */
  initials: string | undefined;
  status: Credential["status"];
  visibility: Credential["visibility"];
  badge: string | undefined;
  files: ArchiveLink[];
};

/** A badge that was earned elsewhere, and what was found when it was checked here. */
export type ArchivedForeignBadge = Pick<ForeignBadge, "name" | "description" | "issuer"> & {
  isVerified: boolean;
  finding: string;
  checkedAt: string;
  files: ArchiveLink[];
};

export type ArchivedWork = {
  title: string;
  number: number;
  submittedAt: string;
  state: Submission["state"];
  link: string | undefined;
  /** What assessors wrote; who they are is theirs. */
  assessments: { outcome: string; comment: string; decidedAt: string }[];
  files: ArchiveLink[];
};

/** A licence as its holder handed it in. */
export type ArchivedLicence = {
  profession: string;
  number: string;
  jurisdiction: string;
  validFrom: string;
  /** undefined: for life. */
  validTo: string | undefined;
  link: string | undefined;
  state: Licence["state"];
  submittedAt: string;
  /** Why it was rejected. */
  reason: string | undefined;
  files: ArchiveLink[];
};

/** What an archive holds: `index.json` as it is, and what `index.html` shows. */
export type ArchiveIndex = {
  madeAt: string;
  organisation: string;
  person: {
    name: string | undefined;
    email: string | undefined;
    /** The DID or web address that they call their own. */
    ownAddress: string | undefined;
  };
  /** Where any of it is checked, by anyone. */
  verifyAt: string;
  credentials: ArchivedCredential[];
  elsewhere: ArchivedForeignBadge[];
  work: ArchivedWork[];
  licences: ArchivedLicence[];
  hours: string;
  /** What should be here and is not, each in one sentence. */
  missing: string[];
  files: ListedFile[];
};

export function archivedCredential(credential: Credential): ArchivedCredential {
  const document = credentialDocument(credential);
  return {
    id: credential.id,
    url: document.id,
    name: document.name,
    issuerName: document.issuer.name,
    awardedAt: document.awardedDate,
    initials: initialsStatementIn(document),
    status: credential.status,
    visibility: credential.visibility,
    badge: undefined,
    files: [],
  };
}

export const archivedForeignBadge = (badge: ForeignBadge): ArchivedForeignBadge => ({
  ...{ name: badge.name, description: badge.description, issuer: badge.issuer },
  ...{ isVerified: badge.finding.isVerified, finding: badge.finding.sentence },
  ...{ checkedAt: badge.finding.checkedAt.toISOString(), files: [] },
});

export const archivedWork = (submission: Submission, title: string): ArchivedWork => ({
  title,
  number: submission.number,
  submittedAt: submission.submittedAt.toISOString(),
  state: submission.state,
  link: submission.work.link,
  assessments: submission.assessments.map(({ outcome, comment, decidedAt }) => ({
    ...{ outcome, comment, decidedAt: decidedAt.toISOString() },
  })),
  files: [],
});

export const archivedLicence = (
  licence: Licence,
  { profession, number }: { profession: string; number: string },
): ArchivedLicence => ({
  ...{ profession, number, jurisdiction: licence.jurisdiction },
  validFrom: licence.validFrom.toISOString(),
  validTo: licence.validTo?.toISOString(),
  ...{ link: licence.evidenceUrl, state: licence.state, reason: licence.reason },
  ...{ submittedAt: licence.submittedAt.toISOString(), files: [] },
});

const onDay = (at: string): string => plainDate(new Date(at));

/** A path as a link inside the archive. */
const hrefOf = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

const linked = (files: readonly ArchiveLink[]) =>
  files.map(({ path, label }) => ({ href: hrefOf(path), label }));

const workStates: Record<Submission["state"], string> = {
  waiting: "Waits to be looked at",
  accepted: "Accepted",
  returned: "Returned",
};

const licenceStates: Record<Licence["state"], string> = {
  submitted: "Waited to be verified",
  verified: "Verified",
  rejected: "Not accepted",
};

/** What the page of contents shows. */
export const archivePage = (index: ArchiveIndex) => ({
  ...index,
  madeOn: onDay(index.madeAt),
  credentials: index.credentials.map((one) => ({
    ...one,
    awardedOn: onDay(one.awardedAt),
    badge: one.badge === undefined ? undefined : hrefOf(one.badge),
    files: linked(one.files),
  })),
  elsewhere: index.elsewhere.map((one) => ({
    ...one,
    checkedOn: onDay(one.checkedAt),
    files: linked(one.files),
  })),
  work: index.work.map((one) => ({
    ...one,
    submittedOn: onDay(one.submittedAt),
    state: workStates[one.state],
    assessments: one.assessments.map((said) => ({ ...said, on: onDay(said.decidedAt) })),
    files: linked(one.files),
  })),
  licences: index.licences.map((one) => ({
    ...one,
    validity:
      one.validTo === undefined
        ? `Valid from ${onDay(one.validFrom)}`
        : `Valid from ${onDay(one.validFrom)} to ${onDay(one.validTo)}`,
    submittedOn: onDay(one.submittedAt),
    state: licenceStates[one.state],
    files: linked(one.files),
  })),
});

/** What is in the archive so far. */
export type Contents = {
  index: ArchiveIndex;
  /** Lists a file; it goes into the archive when it is yielded. */
  add: (path: string, content: string | Buffer) => ArchivedFile;
};

export type Owner = { organisationId: string; learnerIds: readonly string[] };
