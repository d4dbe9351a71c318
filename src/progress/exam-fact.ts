import { percentOf } from "../courses/percent.js";

/** How a result came to be known. */
type FactSource = "hosted" | "lms-gradebook" | "assessed" | "pushed" | "imported";

/**
 * One immutable thing that happened: a learner's exam was graded, or a grade was taken back.
 * Progress is derived from facts and from nothing else. Unique by (organisation, sourceKey), so
 * that a result is one fact however often it arrives.
 */
export type ExamFact = {
  id: string;
  organisationId: string;
  /** The account that sat the exam. */
  accountId: string;
  courseId: string;
  examId: string;
  /** The LMS course it happened in; what comes from elsewhere has none. */
  offeringId?: string | undefined;
  /**
   * `hosted:<attempt id>`, `lms:<line item id>:<sub hash>:<observation number>`, or
   * `<source>:<sitting id>:<revision>`.
   */
  sourceKey: string;
  source: FactSource;
  /**
   * Which sitting a result from elsewhere is of. Of several revisions of one sitting the highest
   * counts; different sittings stand side by side, and the best counts.
   */
  sitting?: { id: string; revision: number } | undefined;
  /** A grade that the LMS took back has no score. */
  outcome: { kind: "graded"; score: number; maximum: number } | { kind: "cleared" };
  /** The exam's pass mark when the fact was made. */
  passMarkPercent: number;
  /** When the exam was sat or the grade was given, as well as it is known. */
  occurredAt: Date;
  /** When we learned of it. */
  observedAt: Date;
};

/** A fact that carries a grade. */
export type GradedFact = ExamFact & {
  outcome: Extract<ExamFact["outcome"], { kind: "graded" }>;
};

export const isGraded = (fact: ExamFact): fact is GradedFact => fact.outcome.kind === "graded";

/** A fact counts from when it happened, and not before we learned of it. */
export const dueAtOf = (fact: Pick<ExamFact, "occurredAt" | "observedAt">): Date =>
  fact.occurredAt > fact.observedAt ? fact.occurredAt : fact.observedAt;

export const percentOfFact = ({ outcome }: GradedFact): number => percentOf(outcome);
