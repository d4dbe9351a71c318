/**
 * A look at everybody whom a decision about a track concerns, learner by learner, in batches: each
 * is kept as it is done, so that a process may die anywhere. One of a kind for each track; a new
 * one replaces the last.
 */
export type LearnerWalk = {
  id: string;
  organisationId: string;
  trackId: string;
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
};

/** What was found about a learner. Unique by (walk, learner). */
export type WalkFinding = {
  id: string;
  organisationId: string;
  walkId: string;
  learnerId: string;
};
