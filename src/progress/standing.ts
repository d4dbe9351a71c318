import { type ExamFact, type GradedFact, isGraded } from "./exam-fact.js";

/** Where a learner stands in one exam. */
export type Standing = {
  examId: string;
  /** The results that count, by when they happened. Any of them may pass. */
  counting: GradedFact[];
  /** Whether a grade was there and was taken back, so that none counts now. */
  isCleared: boolean;
};

/** Facts by when they happened; of the same moment by when we learned, then by id. */
const inOrder = (one: ExamFact, other: ExamFact): number =>
  one.occurredAt.getTime() - other.occurredAt.getTime() ||
  one.observedAt.getTime() - other.observedAt.getTime() ||
  (one.id < other.id ? -1 : 1);

/** What counts after one more fact of the same exam and LMS course. */
function follow(counting: GradedFact[], fact: ExamFact): GradedFact[] {
  // A grade taken back takes back what it stood for.
  if (!isGraded(fact)) return [];
  // The best hosted attempt counts, so each stays in the running; a grade in the LMS replaces.
  return fact.source === "hosted" ? [...counting, fact] : [fact];
}

/**
 * Folds the facts of one learner (of all accounts linked) into where they stand, by exam. What
 * happened in one LMS course never undoes what happened in another: across them the best counts.
 * Facts from after `now` wait. The order of arrival makes no difference.
 */
export function foldStandings(facts: readonly ExamFact[], now: Date): Map<string, Standing> {
  const bySeat = new Map<string, { examId: string; counting: GradedFact[] }>();
  const due = facts.filter(({ occurredAt, observedAt }) => occurredAt <= now && observedAt <= now);
  for (const fact of due.sort(inOrder)) {
    // Two linked accounts in one LMS course are two rows in its gradebook.
    const seat = `${fact.examId} ${fact.offeringId} ${fact.accountId}`;
    const before = bySeat.get(seat)?.counting ?? [];
    bySeat.set(seat, { examId: fact.examId, counting: follow(before, fact) });
  }
  const standings = new Map<string, Standing>();
  for (const { examId, counting } of bySeat.values()) {
    const elsewhere = standings.get(examId)?.counting ?? [];
    const all = [...elsewhere, ...counting].sort(inOrder);
    standings.set(examId, { examId, counting: all, isCleared: all.length === 0 });
  }
  return standings;
}
