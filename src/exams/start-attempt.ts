import type { Exam } from "../courses/exam.js";
import type { Offering } from "../courses/offering.js";
import type { Account } from "../people/account.js";
import { newId } from "../stored-record.js";
import { type Attempt, attemptsLeft } from "./attempt.js";
import type { AttemptStore } from "./attempt-store.js";
import type { LineItem } from "./line-item.js";

type Needs = { attempts: Pick<AttemptStore, "list" | "start">; now: () => Date };

export type StartedAttempt =
  | { kind: "started"; attempt: Attempt }
  /** One was begun and not handed in: it goes on. */
  | { kind: "open"; attempt: Attempt }
  | { kind: "none-left" }
  | { kind: "no-questions" };

/**
 * Begins an attempt, or finds the one that is open. However often and however simultaneously it
 * is asked for, no more attempts are begun than the exam allows: a unique index numbers them.
 */
export async function startAttempt(
  needs: Needs,
  by: { account: Account; exam: Exam; offering: Offering; lineItem: LineItem | undefined },
): Promise<StartedAttempt> {
  const { account, exam, offering, lineItem } = by;
  const { organisationId } = account;
  if (exam.questions.length === 0) return { kind: "no-questions" };
  const about = { organisationId, accountId: account.id, examId: exam.id };
  for (;;) {
    const attempts = await needs.attempts.list(about);
    const open = attempts.find((attempt) => attempt.submittedAt === undefined);
    if (open !== undefined) return { kind: "open", attempt: open };
    if (attemptsLeft(exam, attempts.length) === 0) return { kind: "none-left" };
    const attempt: Attempt = {
      ...about,
      id: newId(),
      sub: account.sub,
      courseId: exam.courseId,
      passMarkPercent: exam.passMarkPercent,
      offeringId: offering.id,
      lineItemId: lineItem?.id,
      number: attempts.length + 1,
      questions: exam.questions,
      startedAt: needs.now(),
      submittedAt: undefined,
      answers: undefined,
      grading: undefined,
      settledAt: undefined,
    };
    if ((await needs.attempts.start(attempt)) === "added") return { kind: "started", attempt };
  }
}
