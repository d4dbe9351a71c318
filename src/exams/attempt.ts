import { percentOf } from "../courses/percent.js";
import type { Question } from "../courses/exam.js";

/** What was given for one question: option ids, or the number as it was typed. */
export type Answer = { questionId: string; given: string[] };

/** Points per question, each 0 or 1, and their sum. `maximum` is the number of questions. */
export type Grading = {
  points: { questionId: string; points: number }[];
  score: number;
  maximum: number;
};

/**
 * One sitting of a hosted exam. It keeps the questions as they were asked, so that a later edit
 * of the exam changes no result. Unique by (accountId, examId, number).
 */
export type Attempt = {
  id: string;
  organisationId: string;
  accountId: string;
  /** The learner's id in the LMS. */
  sub: string;
  courseId: string;
  examId: string;
  /** The pass mark that the learner was shown. */
  passMarkPercent: number;
  /** The LMS course it was taken in. */
  offeringId: string;
  /** Our record of that course's column in the LMS gradebook, if the LMS shares one. */
  lineItemId: string | undefined;
  /** Counts from 1. */
  number: number;
  questions: Question[];
  startedAt: Date;
  submittedAt: Date | undefined;
  /** Undefined until it is handed in. */
  answers: Answer[] | undefined;
  grading: Grading | undefined;
  /** When its result was passed on, as a fact and to the gradebook; undefined is work to do. */
  settledAt: Date | undefined;
};

/** That and when somebody sat an exam, without questions and answers. */
export type BriefAttempt = Pick<Attempt, "accountId" | "examId" | "startedAt" | "submittedAt">;

/** An attempt that was handed in and graded. */
export type SubmittedAttempt = Attempt & {
  submittedAt: Date;
  answers: Answer[];
  grading: Grading;
};

export const isSubmitted = (attempt: Attempt): attempt is SubmittedAttempt =>
  attempt.submittedAt !== undefined &&
  attempt.answers !== undefined &&
  attempt.grading !== undefined;

/** The attempt that counts: the best, and of equals the first. */
export function findBestAttempt(attempts: readonly Attempt[]): SubmittedAttempt | undefined {
  return attempts
    .filter(isSubmitted)
    .reduce<SubmittedAttempt | undefined>(
      (best, next) =>
        best === undefined || percentOf(next.grading) > percentOf(best.grading) ? next : best,
      undefined,
    );
}

/** How many attempts may still be begun; undefined: as many as the learner likes. */
export const attemptsLeft = (
  exam: { attemptsAllowed: number | undefined },
  begun: number,
): number | undefined =>
  exam.attemptsAllowed === undefined ? undefined : Math.max(0, exam.attemptsAllowed - begun);
