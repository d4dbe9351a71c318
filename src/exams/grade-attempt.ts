import type { Question } from "../courses/exam.js";
import type { Answer, Grading } from "./attempt.js";

/** A plain decimal: sign, digits, and at most one point or comma. */
const DECIMAL = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/;
const SPACES = /[\s\u00a0\u202f]/gu;

/**
 * Reads a number as people type it: decimal point or comma, a true minus sign, spaces between
 * thousands. Anything else (words, two separators, exponents) is undefined.
 */
export function readDecimal(text: string): number | undefined {
  const plain = text.replace(SPACES, "").replace("\u2212", "-");
  return DECIMAL.test(plain) ? Number(plain.replace(",", ".")) : undefined;
}

const givenFor = (answers: readonly Answer[], questionId: string): string[] =>
  answers.find((answer) => answer.questionId === questionId)?.given ?? [];

const sameSet = (left: readonly string[], right: readonly string[]): boolean => {
  const leftSet = new Set(left);
  return leftSet.size === new Set(right).size && right.every((item) => leftSet.has(item));
};

// 0.1 + 0.2 must count as 0.3: binary fractions get a hair of room beside the tolerance.
const isWithin = (given: number, question: { correctNumber: number; tolerance: number }) =>
  Math.abs(given - question.correctNumber) <=
  question.tolerance + Number.EPSILON * 8 * Math.max(1, Math.abs(question.correctNumber));

function isCorrect(question: Question, given: readonly string[]): boolean {
  switch (question.kind) {
    case "single-choice":
      return given.length === 1 && given[0] === question.correctOptionId;
    case "multiple-choice":
      return given.length > 0 && sameSet(given, question.correctOptionIds);
    case "number": {
      const number = readDecimal(given[0] ?? "");
      return number !== undefined && isWithin(number, question);
    }
  }
}

/** Grades an attempt: one point a question, multiple choice all or nothing. */
export function gradeAttempt(questions: readonly Question[], answers: readonly Answer[]): Grading {
  const points = questions.map((question) => ({
    questionId: question.id,
    points: isCorrect(question, givenFor(answers, question.id)) ? 1 : 0,
  }));
  const score = points.reduce((sum, { points: earned }) => sum + earned, 0);
  return { points, score, maximum: questions.length };
}

function faultOf(question: Question, given: readonly string[]): string | undefined {
  const text = given[0]?.trim() ?? "";
  switch (question.kind) {
    case "single-choice":
      return text === "" ? "Choose one answer." : undefined;
    case "multiple-choice":
      return text === "" ? "Choose every answer that is right." : undefined;
    case "number":
      if (text === "") return "Write a number.";
      return readDecimal(text) === undefined
        ? "This is not a number Rosette can read. Write for example 12 or 2.5."
        : undefined;
  }
}

/** What is missing before the exam can be handed in whole: one sentence by question id. */
export function findUnanswered(
  questions: readonly Question[],
  answers: readonly Answer[],
): Map<string, string> {
  const faults = new Map<string, string>();
  for (const question of questions) {
    const fault = faultOf(question, givenFor(answers, question.id));
    if (fault !== undefined) faults.set(question.id, fault);
  }
  return faults;
}

/** Keeps what was asked only: known questions, known options, each once, text of sane length. */
export function readAnswers(
  questions: readonly Question[],
  givenTo: (questionId: string) => readonly string[],
): Answer[] {
  return questions.map((question) => {
    const given = [...new Set(givenTo(question.id))];
    if (question.kind === "number") {
      return { questionId: question.id, given: given.slice(0, 1).map((text) => text.slice(0, 40)) };
    }
    const known = given.filter((id) => question.options.some((option) => option.id === id));
    return {
      questionId: question.id,
      given: question.kind === "single-choice" ? known.slice(0, 1) : known,
    };
  });
}
