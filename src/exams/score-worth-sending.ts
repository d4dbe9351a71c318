import { percentOf } from "../courses/percent.js";
import { type Attempt, isSubmitted, type SubmittedAttempt } from "./attempt.js";
import type { Sight } from "./observation.js";

type Typed = { at: Date; percent: number | undefined };

/** A grade that somebody gave or took back in the LMS. */
function typedGrade(sight: Sight | undefined): Typed | undefined {
  if (sight?.last === undefined || sight.isOwn || sight.lastOccurredAt === undefined) {
    return undefined;
  }
  const percent = sight.last.kind === "graded" ? percentOf(sight.last) : undefined;
  return { at: sight.lastOccurredAt, percent };
}

/**
 * Whether an attempt's score goes into the gradebook: only when it raises what stands there. The
 * best attempt counts, and a grade typed in the LMS replaces what came before it; what was typed
 * after the attempt stays.
 */
export function isWorthSending(
  attempt: SubmittedAttempt,
  attempts: readonly Attempt[],
  sight: Sight | undefined,
): boolean {
  const typed = typedGrade(sight);
  if (typed !== undefined && typed.at > attempt.submittedAt) return false;
  const standing = attempts
    .filter(isSubmitted)
    // What was reached in another LMS course stands in another column.
    .filter((other) => other.lineItemId === attempt.lineItemId)
    .filter((other) => other.number < attempt.number)
    .filter((other) => typed === undefined || other.submittedAt > typed.at)
    .map((other) => percentOf(other.grading));
  return percentOf(attempt.grading) > Math.max(-1, typed?.percent ?? -1, ...standing);
}

/** An attempt's score in points of the column, to two decimals as every LMS keeps them. */
export const scoreInColumn = (
  grading: { score: number; maximum: number },
  scoreMaximum: number,
): number => Math.round((grading.score / grading.maximum) * scoreMaximum * 100) / 100;
