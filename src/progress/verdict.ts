import type { Requirement } from "../tracks/requirement.js";

/** Where one step of a track stands for one learner, with the reason in a sentence. */
export type Verdict = {
  /** The requirement node's id. */
  nodeId: string;
  kind: Requirement["kind"];
  state: "met" | "in-progress" | "missing";
  /** One sentence in plain words, the same for learner, instructor and administrator. */
  sentence: string;
  /** Ids of the facts that count. */
  evidence: string[];
  /** How many of `steps` must be met; 0 for a step without steps. */
  needed: number;
  /** exam-passed only */
  exam?: {
    examId: string;
    courseId: string;
    title: string;
    bestPercent: number | undefined;
    passMarkPercent: number;
    passedAt: Date | undefined;
  };
  steps: Verdict[];
};

/** How far a learner is, counted in exams: `done` of `needed` on the shortest way to the end. */
export type Share = { done: number; needed: number };

/** For a progress ring. `done` equals `needed` exactly when the verdict is met. */
export function shareOf(verdict: Verdict): Share {
  if (verdict.steps.length === 0) return { done: verdict.state === "met" ? 1 : 0, needed: 1 };
  const nearest = verdict.steps
    .map(shareOf)
    .sort((a, b) => a.needed - a.done - (b.needed - b.done) || b.done - a.done)
    .slice(0, verdict.needed);
  return {
    done: nearest.reduce((sum, step) => sum + step.done, 0),
    needed: nearest.reduce((sum, step) => sum + step.needed, 0),
  };
}

/** The exam steps of a verdict, in the order of the tree. */
export function examStepsOf(verdict: Verdict): (Verdict & Required<Pick<Verdict, "exam">>)[] {
  const { exam } = verdict;
  const own = exam === undefined ? [] : [{ ...verdict, exam }];
  return [...own, ...verdict.steps.flatMap(examStepsOf)];
}
