import type { BriefSubmission } from "../activities/submission.js";
import type { Exam } from "../courses/exam.js";
import type { BriefAttempt } from "../exams/attempt.js";

/** What has become of a learner's work on one exam or activity of this course, beside its result. */
export type OwnWork =
  | { state: "attempts-used"; attempts: number }
  | { state: "returned" | "waiting" }
  | { state: "open" };

/** Every account that has begun has begun all that it may, and handed them in. */
function areAllUsed(attempts: readonly BriefAttempt[], allowed: number): boolean {
  const accountIds = new Set(attempts.map(({ accountId }) => accountId));
  return [...accountIds].every((accountId) => {
    const own = attempts.filter((attempt) => attempt.accountId === accountId);
    return own.length >= allowed && own.every(({ submittedAt }) => submittedAt !== undefined);
  });
}

function workOn(
  exam: Exam,
  attempts: readonly BriefAttempt[],
  submissions: readonly BriefSubmission[],
): OwnWork | undefined {
  const { attemptsAllowed } = exam;
  const latest = submissions.toSorted(
    (one, other) => other.submittedAt.getTime() - one.submittedAt.getTime(),
  )[0];
  if (latest !== undefined) return { state: latest.state === "accepted" ? "open" : latest.state };
  if (attempts.length === 0) return undefined;
  return attemptsAllowed !== undefined && areAllUsed(attempts, attemptsAllowed)
    ? { state: "attempts-used", attempts: attemptsAllowed }
    : { state: "open" };
}

/** By exam: what became of one learner's work on the exams of this course. Pure. */
export function ownWorkOf(
  exams: readonly Exam[],
  done: { attempts: readonly BriefAttempt[]; submissions: readonly BriefSubmission[] },
): Map<string, OwnWork> {
  const work = exams.flatMap((exam): [string, OwnWork][] => {
    const own = workOn(
      exam,
      done.attempts.filter(({ examId }) => examId === exam.id),
      done.submissions.filter(({ examId }) => examId === exam.id),
    );
    return own === undefined ? [] : [[exam.id, own]];
  });
  return new Map(work);
}
