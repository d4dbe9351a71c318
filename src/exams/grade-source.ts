import type { Exam, GradeSourceKind } from "../courses/exam.js";
import type { WorkData, WorkName } from "../work/work-queue.js";
import type { ExamOpening } from "./open-line-item.js";

/** What one learner has reached in one exam, as its grade source knows it. */
export type SourceStanding =
  | { kind: "no-result" }
  | {
      kind: "result";
      score: number;
      maximum: number;
      at: Date | undefined;
      /** What became of it in the LMS gradebook, in one sentence; undefined: nothing to say. */
      gradebook: string | undefined;
    }
  /** A grade was there and was taken back. */
  | { kind: "cleared"; at: Date | undefined };

/** Work that is due: the sweep wakes it, should its own job have been lost. */
export type DueWork = { name: WorkName; data: WorkData };

/**
 * A way in which an exam is graded: where its results come from and how Rosette gets them.
 * Results leave a source through `RecordResult`, each under a key of its own that stays the same
 * however often the result arrives; nothing behind the seam cares which source it was.
 */
export type GradeSource = {
  kind: GradeSourceKind;
  /** How the exam is graded, in one or two sentences for the learner. */
  explain(exam: Exam): string;
  /** Somebody comes to the exam in an approved offering; prepare what grading needs. */
  open(opening: ExamOpening): Promise<void>;
  findStanding(opening: ExamOpening): Promise<SourceStanding>;
  /** Background work by name, idempotent. Two sources may share a handler. */
  handlers: Partial<Record<WorkName, (data: WorkData) => Promise<void>>>;
  /**
   * Finishes what a crash left, over all organisations. `settled` leaves to others what they have
   * just begun; `all` does not, after a start. What cannot be finished keeps nothing else waiting.
   */
  finishLeft(now: Date, reach: "all" | "settled"): Promise<void>;
  /** What is due by now, over all organisations. */
  listDue(now: Date): Promise<DueWork[]>;
};

/** One source for each kind: a kind without a source does not compile. */
export type GradeSources = { [K in GradeSourceKind]: GradeSource & { kind: K } };
