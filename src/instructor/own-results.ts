import { reaches } from "../courses/percent.js";
import { type ExamFact, percentOfFact } from "../progress/exam-fact.js";
import { foldStandings } from "../progress/standing.js";

/** A learner's result in one exam of this LMS course. */
export type OwnResult = { percent: number; passed: boolean };

/**
 * What counts for one learner in this LMS course, by exam. Facts from elsewhere are left out:
 * another teacher's results are not this one's to see.
 */
export function ownResultsOf(
  facts: readonly ExamFact[],
  offeringId: string,
  now: Date,
): Map<string, OwnResult> {
  const here = facts.filter((fact) => (fact.offeringId ?? offeringId) === offeringId);
  const results = new Map<string, OwnResult>();
  for (const { examId, counting } of foldStandings(here, now).values()) {
    if (counting.length === 0) continue;
    results.set(examId, {
      percent: Math.max(...counting.map(percentOfFact)),
      passed: counting.some((fact) => reaches(percentOfFact(fact), fact.passMarkPercent)),
    });
  }
  return results;
}
