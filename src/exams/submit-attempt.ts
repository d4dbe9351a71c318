import { ToolError } from "../errors.js";
import { type Answer, type Attempt, isSubmitted, type SubmittedAttempt } from "./attempt.js";
import type { AttemptStore } from "./attempt-store.js";
import { gradeAttempt } from "./grade-attempt.js";
import { settleAttempt, type SettleAttemptNeeds } from "./settle-attempt.js";

type Needs = SettleAttemptNeeds & {
  attempts: Pick<AttemptStore, "submit" | "find">;
};

/**
 * Hands an attempt in: grades it, stores it, and passes its result on. Repeating it changes
 * nothing: the first answers count. What a crash interrupts, the sweep completes.
 */
export async function submitAttempt(
  needs: Needs,
  attempt: Attempt,
  answers: Answer[],
): Promise<SubmittedAttempt> {
  const { id, organisationId } = attempt;
  const grading = gradeAttempt(attempt.questions, answers);
  await needs.attempts.submit({ id, organisationId, answers, grading, submittedAt: needs.now() });
  const submitted = await needs.attempts.find(organisationId, id);
  if (submitted === undefined || !isSubmitted(submitted)) throw new ToolError("not-found");
  if (submitted.settledAt === undefined) await settleAttempt(needs, submitted);
  return submitted;
}
