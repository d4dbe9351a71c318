import type { Requirement } from "../tracks/requirement.js";

/** Where one step of a track stands for one learner, with the reason in a sentence. */
export type Verdict = {
  /** The requirement node's id. */
  nodeId: string;
  kind: Requirement["kind"];
  /**
   * `blocked`: it is not the learner's turn, or what is there cannot count yet. `waived`: an
   * administrator lets count what would not.
   */
  state: "met" | "in-progress" | "missing" | "blocked" | "waived";
  /** One sentence in plain words, the same for learner, instructor and administrator. */
  sentence: string;
  /** Ids of the facts, awards and licences that count. */
  evidence: string[];
  /** How many of `steps` must be met; 0 for a step without steps. */
  needed: number;
  /** exam-passed and activity-completed */
  exam?: {
    examId: string;
    courseId: string;
    title: string;
    bestPercent: number | undefined;
    passMarkPercent: number;
    /** Set too while the pass waits for a licence or for the steps before it. */
    passedAt: Date | undefined;
    /** It was passed, and this pass is another one of the steps to choose from. */
    isSpent?: true;
    /** The exam that was passed instead, and the decision by which it counts for this one. */
    counted?: { equivalencyId: string; examId: string; title: string } | undefined;
    /** Further exams that were passed and count for it just as well. */
    others?: { examId: string; factId: string }[];
  };
  /** micro-credential-held */
  held?: { trackId: string; name: string; awardId: string | undefined };
  /** eligibility */
  eligibility?: { professionId: string; name: string };
  /** at-least-hours */
  hours?: { done: number; needed: number };
  /**
   * Only of a whole tree: everything else is done, and this profession's licence is not verified
   * yet.
   */
  awaitsLicence?: { professionId: string; name: string } | undefined;
  steps: Verdict[];
};

/** Whether a step counts as done. */
export const isDone = ({ state }: Pick<Verdict, "state">): boolean =>
  state === "met" || state === "waived";

/** How far a learner is, counted in steps: `done` of `needed` on the shortest way to the end. */
export type Share = { done: number; needed: number };

/** For a progress ring. `done` equals `needed` exactly when the verdict is done. */
export function shareOf(verdict: Verdict): Share {
  if (verdict.steps.length === 0) return { done: isDone(verdict) ? 1 : 0, needed: 1 };
  const nearest = verdict.steps
    .map(shareOf)
    .sort((a, b) => a.needed - a.done - (b.needed - b.done) || b.done - a.done)
    .slice(0, verdict.needed);
  return {
    done: nearest.reduce((sum, step) => sum + step.done, 0),
    // What no step here offers is lacking all the same.
    needed: nearest.reduce((sum, step) => sum + step.needed, 0) + verdict.needed - nearest.length,
  };
}

/** The exam steps of a verdict, in the order of the tree. */
export function examStepsOf(verdict: Verdict): (Verdict & Required<Pick<Verdict, "exam">>)[] {
  const { exam } = verdict;
  const own = exam === undefined ? [] : [{ ...verdict, exam }];
  return [...own, ...verdict.steps.flatMap(examStepsOf)];
}

/** More of a tree's steps are not told in one line. */
const MOST_TOLD = 5;

/** Why a verdict is met, in one line: what it says, and what its steps at the ends say. */
export function sayWhyMet(verdict: Verdict): string {
  const visit = (step: Verdict): string[] => {
    if (!isDone(step)) return [];
    return step.steps.length === 0 ? [step.sentence] : step.steps.flatMap(visit);
  };
  const told = [...new Set(visit(verdict))];
  const more = told.length - MOST_TOLD;
  const rest = more > 0 ? [`And ${more} more.`] : [];
  return [...told.slice(0, MOST_TOLD), ...rest].join(" ");
}

/** The decisions of the ledger that a verdict rests on. */
export const equivalencyIdsOf = (verdict: Verdict): string[] => [
  ...new Set(examStepsOf(verdict).flatMap(({ exam }) => exam.counted?.equivalencyId ?? [])),
];

/** The awards of other tracks that a verdict stands on. */
export function heldAwardIdsOf(verdict: Verdict): string[] {
  const counted = new Set(verdict.evidence);
  const visit = ({ held, steps }: Verdict): string[] => [
    ...(held?.awardId !== undefined && counted.has(held.awardId) ? [held.awardId] : []),
    ...steps.flatMap(visit),
  ];
  return [...new Set(visit(verdict))];
}
