import type { AuditStore } from "../audit/audit-store.js";
import { recordAudit } from "../audit/record-audit.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import { eachInTurn } from "../each-in-turn.js";
import type { AccountStore } from "../people/account-store.js";
import type { Result } from "../progress/record-result.js";
import { type Submission, sittingOf } from "./submission.js";
import type { SubmissionStore } from "./submission-store.js";

export type RecordOutcomeNeeds = {
  audit: Pick<AuditStore, "addOnce">;
  submissions: Pick<SubmissionStore, "markRecorded">;
  exams: Pick<ExamStore, "findById">;
  accounts: Pick<AccountStore, "findById">;
  /** The story's, see `journey.ts`. */
  recordResult: (result: Result) => Promise<unknown>;
  /** Tells the learner; each decision once, however often it is called. */
  tellOutcome: (submission: Submission, title: string) => Promise<void>;
};

const SWEPT_AT_ONCE = 200;

/**
 * Makes a decision's outcome a fact, once: accepted work passes, and what is taken back counts no
 * more. Work that was never accepted leaves no fact.
 */
export async function recordOutcome(
  needs: RecordOutcomeNeeds,
  submission: Submission,
): Promise<void> {
  const { organisationId, examId, courseId, accountId, offeringId, assessments } = submission;
  const exam: Exam | undefined = await needs.exams.findById(organisationId, examId);
  const decision = assessments.at(-1);
  const wasAccepted = assessments.some(({ outcome }) => outcome === "accepted");
  // Under an id of its own making: written once, also after a crash.
  if (decision !== undefined)
    await recordAudit(needs, {
      id: `submission:${submission.id}:${assessments.length}`,
      ...{ organisationId, at: decision.decidedAt, actorId: decision.assessorId },
      action: "work-assessed",
      subject: { kind: "exam", id: examId },
      after: { outcome: decision.outcome, learner: accountId, submission: submission.id },
    });
  if (exam !== undefined && decision !== undefined && wasAccepted) {
    const account = await needs.accounts.findById(organisationId, accountId);
    const sitting = sittingOf(submission);
    await needs.recordResult({
      ...{ organisationId, accountId, courseId, examId, offeringId, sitting },
      sourceKey: `assessed:${sitting.id}:${sitting.revision}`,
      source: "assessed",
      outcome:
        decision.outcome === "accepted"
          ? { kind: "graded", score: 1, maximum: 1 }
          : { kind: "cleared" },
      passMarkPercent: exam.passMarkPercent,
      // Work is done when it is handed in, however long the assessor takes.
      occurredAt: submission.submittedAt,
      isTestUser: account?.isTestUser ?? false,
    });
  }
  if (exam !== undefined) await needs.tellOutcome(submission, exam.title);
  await needs.submissions.markRecorded(submission);
}

/** Facts from decisions that were made before a crash. */
export async function sweepOutcomes(
  needs: RecordOutcomeNeeds & { submissions: Pick<SubmissionStore, "listAwaitingFact"> },
): Promise<void> {
  await eachInTurn(await needs.submissions.listAwaitingFact(SWEPT_AT_ONCE), async (submission) => {
    await recordOutcome(needs, submission);
  });
}
