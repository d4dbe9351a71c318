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
const compare = (one: ExamFact, other: ExamFact): number =>
  one.occurredAt.getTime() - other.occurredAt.getTime() ||
  one.observedAt.getTime() - other.observedAt.getTime() ||
  (one.id < other.id ? -1 : 1);

/** The facts that count by now, in order. The store gives them so already, but for ties. */
function dueInOrder(facts: readonly ExamFact[], now: Date): ExamFact[] {
  const until = now.getTime();
  const due: ExamFact[] = [];
  let before: ExamFact | undefined;
  let isInOrder = true;
  for (const fact of facts) {
    if (fact.occurredAt.getTime() > until || fact.observedAt.getTime() > until) continue;
    if (before !== undefined && isInOrder) isInOrder = compare(before, fact) < 0;
    due.push(fact);
    before = fact;
  }
  return isInOrder ? due : due.sort(compare);
}

/** Of every sitting that came from elsewhere its highest revision alone. */
function dropRevised(facts: ExamFact[]): ExamFact[] {
  if (!facts.some(({ sitting }) => sitting !== undefined)) return facts;
  const highest = new Map<string, number>();
  for (const { sitting } of facts) {
    if (sitting === undefined) continue;
    highest.set(sitting.id, Math.max(sitting.revision, highest.get(sitting.id) ?? 0));
  }
  return facts.filter(
    ({ sitting }) => sitting === undefined || sitting.revision === highest.get(sitting.id),
  );
}

/** Whether grades follow one another: two linked accounts in one LMS course are two rows there. */
const isSameSeat = (one: ExamFact, other: ExamFact): boolean =>
  one.accountId === other.accountId &&
  (one.sitting?.id ?? one.offeringId) === (other.sitting?.id ?? other.offeringId);

/** What counts in an exam after one more fact. */
function follow(counting: GradedFact[], fact: ExamFact): GradedFact[] {
  // The best hosted attempt counts, so each stays in the running; a grade in the LMS replaces,
  // and a grade taken back takes back what it stood for.
  const stays = isGraded(fact) && fact.source === "hosted";
  const left =
    stays || counting.length === 0 ? counting : counting.filter((one) => !isSameSeat(one, fact));
  if (isGraded(fact)) left.push(fact);
  return left;
}

/**
 * Folds the facts of one learner (of all accounts linked) into where they stand, by exam. What
 * happened in one LMS course or sitting never undoes what happened in another: across them the
 * best counts.
 * Facts from after `now` wait. The order of arrival makes no difference.
 */
export function foldStandings(facts: readonly ExamFact[], now: Date): Map<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const fact of dropRevised(dueInOrder(facts, now))) {
    const { examId } = fact;
    let standing = standings.get(examId);
    if (standing === undefined) {
      standing = { examId, counting: [], isCleared: false };
      standings.set(examId, standing);
    }
    standing.counting = follow(standing.counting, fact);
    standing.isCleared = standing.counting.length === 0;
  }
  return standings;
}
