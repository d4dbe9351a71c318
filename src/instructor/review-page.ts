import type { Exam, Question } from "../courses/exam.js";
import { percentOf, plainPercent, reaches } from "../courses/percent.js";
import {
  type Attempt,
  findBestAttempt,
  isSubmitted,
  type SubmittedAttempt,
} from "../exams/attempt.js";
import { printDay } from "../learner/printed-day.js";

type AnsweredQuestion = {
  number: number;
  prompt: string;
  given: string;
  /** Only where the answer was not right. */
  correct: string | undefined;
  isRight: boolean;
};

type ReviewedAttempt = {
  number: number;
  at: string;
  score: string;
  percent: string;
  isPassed: boolean;
  counts: boolean;
  questions: AnsweredQuestion[];
};

/** What an instructor sees of one learner's work in one exam. */
export type ReviewPage = {
  learner: string;
  examTitle: string;
  passMark: string;
  /** Latest first. */
  attempts: ReviewedAttempt[];
  /** One was begun and is not handed in. */
  isUnderWay: boolean;
};

const joined = (texts: string[]): string => (texts.length === 0 ? "No answer" : texts.join("; "));

function textOf(question: Question, given: readonly string[]): string {
  if (question.kind === "number") return joined([...given].filter((text) => text !== ""));
  return joined(question.options.filter(({ id }) => given.includes(id)).map(({ text }) => text));
}

function correctOf(question: Question): string {
  switch (question.kind) {
    case "number":
      return `${question.correctNumber}${question.tolerance > 0 ? ` ± ${question.tolerance}` : ""}`;
    case "single-choice":
      return textOf(question, [question.correctOptionId]);
    case "multiple-choice":
      return textOf(question, question.correctOptionIds);
  }
}

function reviewed(attempt: SubmittedAttempt, countingId: string | undefined): ReviewedAttempt {
  const { id, number, grading, answers, questions, submittedAt, passMarkPercent } = attempt;
  const right = new Set(grading.points.flatMap((each) => (each.points > 0 ? each.questionId : [])));
  return {
    number,
    at: `${printDay(submittedAt).text}, ${submittedAt.toISOString().slice(11, 16)} UTC`,
    score: `${grading.score} of ${grading.maximum}`,
    percent: plainPercent(percentOf(grading)),
    isPassed: reaches(percentOf(grading), passMarkPercent),
    counts: id === countingId,
    questions: questions.map((question, index) => {
      const isRight = right.has(question.id);
      const given = answers.find(({ questionId }) => questionId === question.id)?.given ?? [];
      return {
        number: index + 1,
        prompt: question.prompt,
        given: textOf(question, given),
        correct: isRight ? undefined : correctOf(question),
        isRight,
      };
    }),
  };
}

/** The attempts of one learner in one LMS course, with what was answered. */
export function reviewPage(about: {
  learner: string;
  exam: Exam;
  /** Those from this LMS course; another teacher's are not this one's to see. */
  attempts: readonly Attempt[];
}): ReviewPage {
  const { learner, exam, attempts } = about;
  const counting = findBestAttempt(attempts);
  return {
    learner,
    examTitle: exam.title,
    passMark: plainPercent(exam.passMarkPercent),
    attempts: attempts
      .filter(isSubmitted)
      .map((attempt) => reviewed(attempt, counting?.id))
      .reverse(),
    isUnderWay: attempts.some((attempt) => !isSubmitted(attempt)),
  };
}
