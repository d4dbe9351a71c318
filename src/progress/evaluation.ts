import type { Eligibility } from "../eligibility/eligibility.js";
import type { Standing } from "./standing.js";
import type { Verdict } from "./verdict.js";

/** What a step calls an exam or activity, and the pass mark where the step sets none. */
export type NamedExam = {
  courseId: string;
  title: string;
  passMarkPercent: number;
  courseCode: string;
  contactHours: number;
};

/** An award of another track, as the rules read it. Only awards that stand are held. */
export type HeldAward = {
  awardId: string;
  learnerId: string;
  trackId: string;
  awardedAt: Date;
  /** Contact hours by the code of each course that it stands on. */
  hoursByCourse: ReadonlyMap<string, number>;
};

/** A decision by which the exam of one course counts as that of another. */
export type CountedExam = {
  equivalencyId: string;
  /** The exam that was passed instead. */
  examId: string;
  /** What the sentence calls its course, edition included. */
  title: string;
  since: Date;
  decidedAt: Date;
  /** An office or a committee, no person. */
  decidedBy: string;
  reason: string;
  /** Whether it was decided for this learner alone. */
  isForOneLearner: boolean;
};

/** The names of what trees mention. */
export type Names = {
  /** By exam. A step whose exam is gone can no longer be met. */
  exams: ReadonlyMap<string, NamedExam>;
  /** By track. */
  trackNames: ReadonlyMap<string, string>;
  /** By profession. */
  professionNames: ReadonlyMap<string, string>;
};

/** What a tree is evaluated against: one learner. */
export type Evaluation = {
  /** By exam; see `foldStandings`. */
  standings: ReadonlyMap<string, Standing>;
  /** By track. */
  held: ReadonlyMap<string, HeldAward>;
  /** By profession. */
  eligibility: ReadonlyMap<string, Eligibility>;
  /** By exam: what else counts as it. */
  countedAs: ReadonlyMap<string, readonly CountedExam[]>;
  /** How far the learner is on another track, to say so where its award is asked for. */
  underWay: (trackId: string) => Verdict | undefined;
};

/** Nobody and nothing: what tests and previews start from. */
export const nothingKnown: Evaluation = {
  standings: new Map(),
  held: new Map(),
  eligibility: new Map(),
  countedAs: new Map(),
  underWay: () => undefined,
};
