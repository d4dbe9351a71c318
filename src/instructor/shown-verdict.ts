import { plainPercent, reaches } from "../courses/percent.js";
import { isDone, type Verdict } from "../progress/verdict.js";
import type { OwnResult } from "./own-results.js";
import type { OwnWork } from "./own-work.js";

/** What of one learner is the instructor's to see. */
export type OwnView = {
  courseId: string;
  /** By exam; only results from this LMS course. */
  results: ReadonlyMap<string, OwnResult>;
  /** By exam. */
  work: ReadonlyMap<string, OwnWork>;
};

type ExamStep = Verdict & Required<Pick<Verdict, "exam">>;

function sayOwn({ exam, kind, state }: ExamStep, { results, work }: OwnView): string {
  if (kind === "activity-completed") {
    if (isDone({ state })) return "accepted";
    const { state: workState } = work.get(exam.examId) ?? {};
    if (workState === "returned") return "returned with a comment";
    return workState === "waiting" ? "handed in, waits to be assessed" : "not handed in yet";
  }
  const result = results.get(exam.examId);
  if (result === undefined) return isDone({ state }) ? "met elsewhere" : "no result yet";
  const percent = plainPercent(result.percent);
  const isPassed = reaches(result.percent, exam.passMarkPercent);
  if (isDone({ state })) return isPassed ? `${percent}, passed` : "met elsewhere";
  return isPassed
    ? `${percent}, passed; it does not count yet`
    : `${percent}; ${exam.passMarkPercent}% is needed to pass`;
}

const sayMet = (verdict: Verdict): string => (isDone(verdict) ? "met" : "not met");

function shownSentence(verdict: Verdict, view: OwnView): string {
  const { exam, held, eligibility, sentence } = verdict;
  if (exam?.courseId === view.courseId)
    return `${exam.title}: ${sayOwn({ ...verdict, exam }, view)}.`;
  if (exam !== undefined) return `${exam.title}: ${sayMet(verdict)}.`;
  if (held !== undefined) return `${held.name}: ${sayMet(verdict)}.`;
  if (eligibility !== undefined) return `Eligibility as ${eligibility.name}: ${sayMet(verdict)}.`;
  // A group counts steps and names them; it tells nobody's score.
  return sentence;
}

function shownState(verdict: Verdict, steps: readonly Verdict[], view: OwnView): Verdict["state"] {
  if (isDone(verdict)) return "met";
  if (verdict.state === "blocked") return "blocked";
  if (verdict.exam !== undefined)
    return verdict.exam.courseId === view.courseId ? verdict.state : "missing";
  return steps.some(({ state }) => state === "met" || state === "in-progress")
    ? "in-progress"
    : "missing";
}

/**
 * A verdict as an instructor may see it: of their own course the results from their own LMS course,
 * of everything else whether it is met. No score, date, reason or licence of anything else is left.
 */
export function shownVerdict(verdict: Verdict, view: OwnView): Verdict {
  const steps = verdict.steps.map((step) => shownVerdict(step, view));
  const { nodeId, kind, needed, exam, hours } = verdict;
  return {
    ...{ nodeId, kind, needed, steps, evidence: [] },
    state: shownState(verdict, steps, view),
    sentence: shownSentence(verdict, view),
    ...(hours === undefined ? {} : { hours }),
    ...(exam === undefined
      ? {}
      : { exam: { ...exam, bestPercent: undefined, passedAt: undefined, counted: undefined } }),
  };
}
