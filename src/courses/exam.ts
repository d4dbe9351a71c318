/** Where an exam's grade comes from. More kinds come behind the same seam (see CONTRIBUTING). */
export type GradeSourceKind = "hosted" | "lms-gradebook";

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

/** What must be passed in a course: its exam, or a project that is graded beside it. */
export type Exam = {
  id: string;
  organisationId: string;
  courseId: string;
  title: string;
  kind: "exam" | "project";
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
