/**
 * What publishing a draft would mean, learner by learner: begun before it is published, walked
 * through in batches, each kept as it is done. One for each track; a new one replaces the last.
 */
export type TrackTrial = {
  id: string;
  organisationId: string;
  trackId: string;
  /** Which text of the draft it is about. */
  draftWrittenAt: Date;
  startedBy: string;
  startedAt: Date;
  /** Accounts with a result that may count, when it began. */
  total: number;
  looked: number;
  /** Behind which account to go on. */
  after: string;
  /** When the last batch was done. */
  touchedAt: Date;
  finishedAt?: Date | undefined;
  /** The version that the draft has become. */
  publishedAs?: number | undefined;
};

/** A learner whom publishing would award, and why. Unique by (trial, learner). */
export type TrialCandidate = {
  id: string;
  organisationId: string;
  trialId: string;
  learnerId: string;
  sentence: string;
};
