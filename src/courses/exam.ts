import type { Faults } from "./faults.js";

/** Where an exam's grade comes from. More kinds come behind the same seam (see CONTRIBUTING). */
export type GradeSourceKind =
  | "hosted"
  | "lms-gradebook"
  /** A person judges what the learner submits; the kind of activities. */
  | "assessed"
  /** Sat and graded outside of Rosette and the LMS; the results are pushed or imported. */
  | "external";

export type ChoiceOption = { id: string; text: string };

/** A question of a hosted exam. Every question is worth one point. */
export type Question =
  | {
      id: string;
      kind: "single-choice";
      prompt: string;
      options: ChoiceOption[];
      correctOptionId: string;
    }
  | {
      id: string;
      kind: "multiple-choice";
      prompt: string;
      options: ChoiceOption[];
      correctOptionIds: string[];
    }
  | { id: string; kind: "number"; prompt: string; correctNumber: number; tolerance: number };

/** Where the grade of each kind of exam may come from. */
export const gradeSourcesOf: Record<Exam["kind"], readonly GradeSourceKind[]> = {
  exam: ["hosted", "lms-gradebook", "external"],
  project: ["lms-gradebook", "external"],
  activity: ["assessed"],
};

/** What must be passed in a course: its exam, or a project or activity beside it. */
export type Exam = {
  id: string;
  organisationId: string;
  courseId: string;
  title: string;
  kind: "exam" | "project" | "activity";
  /** 0–100; a result passes when its percent is at least this. */
  passMarkPercent: number;
  /** undefined: as many as the learner likes. Only hosted exams count attempts. */
  attemptsAllowed: number | undefined;
  gradeSource: GradeSourceKind;
  /** Points the line item in the LMS gradebook is out of. */
  scoreMaximum: number;
  /** Empty unless `hosted`. */
  questions: Question[];
  createdAt: Date;
};

/** What an administrator settles about an exam, by the names its fields have. */
export type ExamSettings = {
  examTitle: string;
  passMarkPercent: number;
  attemptsAllowed: number | undefined;
  gradeSource: GradeSourceKind;
  scoreMaximum: number;
};

/** What is wrong with an exam's settings; empty when they may be stored. */
export function faultsOfSettings(settings: ExamSettings): Faults {
  const { examTitle, passMarkPercent, attemptsAllowed, scoreMaximum } = settings;
  const faults: Faults = {};
  if (examTitle.trim() === "") faults["examTitle"] = "Enter a title, for example Final exam.";
  if (!isPercent(passMarkPercent)) {
    faults["passMarkPercent"] = "Enter a percentage from 0 to 100.";
  }
  if (attemptsAllowed !== undefined && !(Number.isInteger(attemptsAllowed) && attemptsAllowed > 0))
    faults["attemptsAllowed"] = "Enter a whole number from 1 up, or leave it empty.";
  // LTI-AGS 2.0 §3.2.6: a line item's scoreMaximum is more than 0.
  if (!(Number.isFinite(scoreMaximum) && scoreMaximum > 0))
    faults["scoreMaximum"] = "Enter the number of points, more than 0.";
  return faults;
}

/** Whether a number is a percentage, 0–100. */
export const isPercent = (value: number): boolean => value >= 0 && value <= 100;

/** Whether learners can be examined: Rosette needs questions where it does the asking. */
export const isReady = (exam: Pick<Exam, "gradeSource" | "questions">): boolean =>
  exam.gradeSource !== "hosted" || exam.questions.length > 0;

/** Whether an exam's grades stand in a column of the LMS gradebook. */
export const hasGradebookColumn = ({ gradeSource }: Pick<Exam, "gradeSource">): boolean =>
  gradeSource === "hosted" || gradeSource === "lms-gradebook";

/** What is wrong with an exam's questions, as `questions.<question id>`; one sentence each. */
export function faultsOfQuestions(questions: readonly Question[]): Faults {
  const faults: Faults = {};
  const seen = new Set<string>();
  for (const question of questions) {
    const fault = seen.has(question.id)
      ? "Two questions have the same id."
      : faultOfQuestion(question);
    seen.add(question.id);
    if (fault !== undefined) faults[`questions.${question.id}`] = fault;
  }
  return faults;
}

function faultOfQuestion(question: Question): string | undefined {
  if (question.prompt.trim() === "") return "Enter the question.";
  switch (question.kind) {
    case "number":
      return faultOfNumber(question);
    case "single-choice":
      return faultOfChoice(question.options, [question.correctOptionId]);
    case "multiple-choice":
      return faultOfChoice(question.options, question.correctOptionIds);
  }
}

function faultOfNumber(question: { correctNumber: number; tolerance: number }) {
  if (!Number.isFinite(question.correctNumber)) return "Enter the correct number.";
  if (!(Number.isFinite(question.tolerance) && question.tolerance >= 0))
    return "Enter how far off an answer may be: 0 or more.";
  return undefined;
}

function faultOfChoice(options: readonly ChoiceOption[], correctIds: readonly string[]) {
  const ids = new Set(options.map(({ id }) => id));
  if (options.length < 2) return "Offer at least two answers to choose from.";
  if (ids.size < options.length) return "Two answers have the same id.";
  if (options.some(({ text }) => text.trim() === "")) return "Enter each answer, or remove it.";
  if (correctIds.length === 0) return "Mark at least one answer as correct.";
  if (!correctIds.every((id) => ids.has(id))) return "The correct answer is not among the answers.";
  return undefined;
}
