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

/** Of every sitting that came from elsewhere its highest revision alone. */
function dropRevised(facts: readonly ExamFact[]): ExamFact[] {
  const highest = new Map<string, number>();
  for (const { sitting } of facts) {
    if (sitting === undefined) continue;
    highest.set(sitting.id, Math.max(sitting.revision, highest.get(sitting.id) ?? 0));
  }
  if (highest.size === 0) return [...facts];
  return facts.filter(
    ({ sitting }) => sitting === undefined || sitting.revision === highest.get(sitting.id),
  );
}

/** Whose grades follow one another: two linked accounts in one LMS course are two rows there. */
const seatOf = ({ examId, offeringId, accountId, sitting }: ExamFact): string =>
  `${examId} ${sitting?.id ?? offeringId} ${accountId}`;

/** What counts after one more fact of the same seat. */
function follow(counting: GradedFact[], fact: ExamFact): GradedFact[] {
  // A grade taken back takes back what it stood for.
  if (!isGraded(fact)) return [];
  // The best hosted attempt counts, so each stays in the running; a grade in the LMS replaces.
  return fact.source === "hosted" ? [...counting, fact] : [fact];
}

/**
 * Folds the facts of one learner (of all accounts linked) into where they stand, by exam. What
 * happened in one LMS course or sitting never undoes what happened in another: across them the
 * best counts.
 * Facts from after `now` wait. The order of arrival makes no difference.
 */
export function foldStandings(facts: readonly ExamFact[], now: Date): Map<string, Standing> {
  const bySeat = new Map<string, { examId: string; counting: GradedFact[] }>();
  const due = facts.filter(({ occurredAt, observedAt }) => occurredAt <= now && observedAt <= now);
  for (const fact of dropRevised(due).sort(inOrder)) {
    const seat = seatOf(fact);
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
