import type { Verdict } from "../progress/verdict.js";

/**
 * A micro-credential earned: immutable. Unique by (organisation, learner, track, round); the
 * round rises only after a final revocation.
 */
export type Award = {
  id: string;
  organisationId: string;
  /** The account it belongs to (`learnerIdOf`). */
  learnerId: string;
  trackId: string;
  trackVersion: number;
  /** As it was when awarded. */
  trackName: string;
  round: number;
  /** Opaque subject of its credential, `urn:uuid:…`; stands for the person and says nothing. */
  subjectUrn: string;
  awardedAt: Date;
  /** The explanation as it stood when the award was made, frozen. */
  explanation: Verdict;
  /** The courses that counted, frozen: what the credential lists as evidence. */
  evidence: AwardEvidence[];
  /** Ids of the awards that it stands on, where micro-credentials stack. */
  standsOn?: string[] | undefined;
};

export type AwardEvidence = {
  courseCode: string;
  courseTitle: string;
  courseVersion: string;
  examTitle: string;
  contactHours: number;
  passedAt: Date;
  factId: string;
};
