/** A score that was or is being sent: what the LMS may show as an echo of ours. */
export type Send = { number: number; score: number; maximum: number; timestamp: Date };

/**
 * The newest score of one learner for one line item, on its way to the LMS gradebook. Unique by
 * (lineItemId, accountId): a newer score takes the place of an older one that still waits.
 */
export type ScorePost = {
  id: string;
  organisationId: string;
  lineItemId: string;
  accountId: string;
  /** The learner's id in that LMS. */
  sub: string;
  /** The attempt it comes from. */
  attemptId: string;
  score: number;
  maximum: number;
  /** When the attempt was handed in. */
  submittedAt: Date;
  /** Counts the scores of this learner and line item, from 1. */
  number: number;
  /** Sent as the score's timestamp; a retry keeps it. Rises by at least a second per score. */
  timestamp: Date;
  /**
   * `waiting`: to be sent, perhaps once more. `sent`: the LMS took it. `overridden`: somebody
   * graded in the LMS later; that grade stands. `failed`: the LMS does not want it.
   */
  state: "waiting" | "sent" | "overridden" | "failed";
  tries: number;
  /** When it is tried next, if nothing wakes it earlier. */
  nextTryAt: Date;
  /** Who sends it has it alone until then. */
  leaseUntil: Date;
  lastError: string | undefined;
  /** Newest number that the LMS said it took; 0 for none. */
  acknowledgedNumber: number;
  /** Scores whose sending was begun, oldest first. */
  sends: Send[];
};

/** Moodle compares whole seconds, so two scores of a learner are this far apart at least. */
const STEP_MS = 1000;

/** The timestamp of the next score: never earlier than its time, always after the previous. */
export const nextTimestamp = (at: Date, previous: Date | undefined): Date =>
  previous === undefined ? at : new Date(Math.max(at.getTime(), previous.getTime() + STEP_MS));

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 30 * 60_000;

type RetryLimits = { retryAfterMs?: number | undefined; firstMs?: number | undefined };

/**
 * How long to wait before the next try: doubling from 15 s to half an hour, halved by chance so
 * that a returning LMS meets no stampede, and never before the LMS allows it.
 * @param tries how often it was tried, at least 1
 * @param limits with `firstMs` the first pause, where it was not the LMS that stood in the way
 */
export function retryPauseMs(
  tries: number,
  random: number,
  { retryAfterMs = 0, firstMs = FIRST_PAUSE_MS }: RetryLimits,
): number {
  const pause = Math.min(firstMs * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return Math.max(pause * (0.5 + 0.5 * random), retryAfterMs);
}
