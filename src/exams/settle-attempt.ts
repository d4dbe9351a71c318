import type { WorkQueue } from "../work/work-queue.js";
import type { SubmittedAttempt } from "./attempt.js";
import type { AttemptStore } from "./attempt-store.js";
import type { LineItemStore } from "./line-item-store.js";
import type { ObservationStore } from "./observation-store.js";
import type { RecordResult } from "./record-result.js";
import type { ScorePostStore } from "./score-post-store.js";
import { isWorthSending, scoreInColumn } from "./score-worth-sending.js";

export type SettleAttemptNeeds = {
  attempts: Pick<AttemptStore, "list" | "settle">;
  lineItems: Pick<LineItemStore, "find">;
  observations: Pick<ObservationStore, "find">;
  scorePosts: Pick<ScorePostStore, "spool">;
  work: Pick<WorkQueue, "wake">;
  recordResult: RecordResult;
  now: () => Date;
};

async function spoolScore(needs: SettleAttemptNeeds, attempt: SubmittedAttempt): Promise<void> {
  if (attempt.lineItemId === undefined) return;
  const item = await needs.lineItems.find(attempt.lineItemId);
  if (item === undefined) return;
  const sight = await needs.observations.find(item.id, attempt.sub);
  if (!isWorthSending(attempt, await needs.attempts.list(attempt), sight)) return;
  const { organisationId, accountId, sub, submittedAt } = attempt;
  const post = await needs.scorePosts.spool({
    organisationId,
    lineItemId: item.id,
    accountId,
    sub,
    attemptId: attempt.id,
    score: scoreInColumn(attempt.grading, item.scoreMaximum),
    maximum: item.scoreMaximum,
    submittedAt,
  });
  await needs.work.wake("post-score", { key: post.id, organisationId });
}

/**
 * Passes a handed-in attempt's result on, once: as a fact under the attempt's own key, and into
 * the spool for the LMS gradebook. Every step may be repeated, so that the sweep can finish what
 * a crash left.
 */
export async function settleAttempt(
  needs: SettleAttemptNeeds,
  attempt: SubmittedAttempt,
): Promise<void> {
  const { organisationId, accountId, courseId, examId, offeringId } = attempt;
  await needs.recordResult({
    organisationId,
    accountId,
    courseId,
    examId,
    offeringId,
    sourceKey: `hosted:${attempt.id}`,
    source: "hosted",
    outcome: {
      kind: "graded",
      score: attempt.grading.score,
      maximum: attempt.grading.maximum,
    },
    passMarkPercent: attempt.passMarkPercent,
    occurredAt: attempt.submittedAt,
    isTestUser: false,
  });
  await spoolScore(needs, attempt);
  await needs.attempts.settle({ id: attempt.id, organisationId, at: needs.now() });
}
