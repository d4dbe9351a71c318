import { type Exam, hasGradebookColumn, type Question } from "../courses/exam.js";
import { percentOf, plainPercent, reaches } from "../courses/percent.js";
import { type Answer, type Attempt, attemptsLeft, type Grading } from "./attempt.js";
import { findBestAttempt, isSubmitted } from "./attempt.js";
import type { ClosedBecause } from "./find-exam-opening.js";
import type { SourceStanding } from "./grade-source.js";

const moment = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "long",
  timeStyle: "short",
  timeZone: "UTC",
});

type Moment = { iso: string; text: string };

const momentOf = (at: Date | undefined): Moment | undefined =>
  at && { iso: at.toISOString(), text: `${moment.format(at)} UTC` };

/** A result in words and numbers. */
const resultView = (
  result: { score: number; maximum: number },
  passMarkPercent: number,
  at: Date | undefined,
) => {
  const percent = percentOf(result);
  return {
    score: result.score,
    maximum: result.maximum,
    percent: plainPercent(percent),
    passed: reaches(percent, passMarkPercent),
    at: momentOf(at),
  };
};

/** The field of one question in the form. */
export const answerField = (questionId: string): string => `answer-${questionId}`;

/** Before an attempt: what the exam asks for, what is left and what counts so far. */
export function introductionView(exam: Exam, explanation: string, attempts: readonly Attempt[]) {
  const best = findBestAttempt(attempts);
  const open = attempts.find((attempt) => !isSubmitted(attempt));
  const left = attemptsLeft(exam, attempts.length);
  return {
    examId: exam.id,
    explanation,
    passMark: plainPercent(exam.passMarkPercent),
    questionCount: exam.questions.length,
    attemptsAllowed: exam.attemptsAllowed,
    attemptsLeft: left,
    openAttemptId: open?.id,
    mayStart: open !== undefined || (exam.questions.length > 0 && left !== 0),
    best: best && resultView(best.grading, exam.passMarkPercent, best.submittedAt),
    attempts: attempts.filter(isSubmitted).map((attempt) => ({
      id: attempt.id,
      number: attempt.number,
      counts: attempt.id === best?.id,
      ...resultView(attempt.grading, attempt.passMarkPercent, attempt.submittedAt),
    })),
  };
}

/** The questions, with what was given and what is wrong with it. Never with the right answers. */
export function questionsView(
  questions: readonly Question[],
  answers: readonly Answer[],
  faults: ReadonlyMap<string, string>,
) {
  return questions.map((question, index) => {
    const given = answers.find((answer) => answer.questionId === question.id)?.given ?? [];
    const field = answerField(question.id);
    const fault = faults.get(question.id);
    return {
      id: question.id,
      field,
      number: index + 1,
      kind: question.kind,
      prompt: question.prompt,
      text: given[0] ?? "",
      hint:
        question.kind === "multiple-choice"
          ? "Choose all that apply. It counts when all right ones and no others are chosen."
          : question.kind === "number"
            ? "Write a number, for example 12 or 2.5."
            : undefined,
      options:
        question.kind === "number"
          ? []
          : question.options.map((option) => ({ ...option, chosen: given.includes(option.id) })),
      fault,
    };
  });
}

/** After handing in: the score, whether it passed, and question by question. */
export function attemptResultView(
  exam: Exam,
  sat: { questions: readonly Question[]; grading: Grading; passMarkPercent: number; at?: Date },
) {
  return {
    examId: exam.id,
    passMark: plainPercent(sat.passMarkPercent),
    result: resultView(sat.grading, sat.passMarkPercent, sat.at),
    questions: sat.questions.map((question, index) => ({
      number: index + 1,
      prompt: question.prompt,
      right: sat.grading.points.some(
        ({ questionId, points }) => questionId === question.id && points > 0,
      ),
    })),
  };
}

/** For those who teach: the questions with the right answers marked. */
export function previewView(exam: Exam, explanation: string) {
  return {
    explanation,
    passMark: plainPercent(exam.passMarkPercent),
    attemptsAllowed: exam.attemptsAllowed,
    isHosted: exam.gradeSource === "hosted",
    scoreMaximum: exam.scoreMaximum,
    questions: exam.questions.map((question, index) => ({
      number: index + 1,
      prompt: question.prompt,
      answer:
        question.kind === "number"
          ? `${question.correctNumber}${question.tolerance > 0 ? ` ± ${question.tolerance}` : ""}`
          : undefined,
      options:
        question.kind === "number"
          ? []
          : question.options.map(({ id, text }) => ({
              text,
              correct:
                question.kind === "single-choice"
                  ? id === question.correctOptionId
                  : question.correctOptionIds.includes(id),
            })),
    })),
  };
}

/** For exams that are graded elsewhere: how, and what is known so far. */
export function gradedElsewhereView(exam: Exam, explanation: string, standing: SourceStanding) {
  return {
    explanation,
    kind: exam.kind,
    passMark: plainPercent(exam.passMarkPercent),
    isInGradebook: hasGradebookColumn(exam),
    state: standing.kind,
    result:
      standing.kind === "result"
        ? resultView(standing, exam.passMarkPercent, standing.at)
        : undefined,
    clearedAt: standing.kind === "cleared" ? momentOf(standing.at) : undefined,
  };
}

const closedTexts: Record<ClosedBecause, { why: string; ask: string }> = {
  "no-course": {
    why: "You came here from outside a course.",
    ask: "Open the course in your LMS and follow the link to this exam there.",
  },
  "not-approved": {
    why: "Nobody has confirmed yet which course this LMS course is, so nothing done here would count.",
    ask: "Ask your instructor to have this LMS course approved by the Rosette administrator of your organisation. Then open the exam again.",
  },
  declined: {
    why: "An administrator decided that this LMS course does not count towards micro-credentials.",
    ask: "If you think it should, ask your instructor to talk to the Rosette administrator of your organisation.",
  },
  "other-course": {
    why: "This exam belongs to a different course from the one this LMS course was approved as.",
    ask: "Tell your instructor that the link to this exam stands in the wrong LMS course.",
  },
};

/** What an instructor is told, who can do something about it. */
const teacherTexts: Partial<typeof closedTexts> = {
  "not-approved": {
    why: "Nobody has confirmed yet which course this LMS course is, so nothing done here would count.",
    ask: "Say which course it is. The Rosette administrator of your organisation then approves it, and the exam opens.",
  },
  "other-course": {
    why: "This exam belongs to a different course from the one this LMS course was approved as.",
    ask: "Remove this link and add the right one with “Add content”; or, if the approval is wrong, tell the Rosette administrator of your organisation.",
  },
};

export const closedView = (because: ClosedBecause, isTeaching: boolean) => ({
  ...((isTeaching ? teacherTexts[because] : undefined) ?? closedTexts[because]),
  isNotYet: false,
  mayName: isTeaching && because === "not-approved",
});
