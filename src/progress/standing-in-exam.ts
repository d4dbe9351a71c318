import type { SourceStanding } from "../exams/grade-source.js";
import { type ExamFact, percentOfFact } from "./exam-fact.js";
import { foldStandings } from "./standing.js";

/** The best result that counts in one exam, as a grade source tells it to the learner. */
export function standingInExam(
  facts: readonly ExamFact[],
  at: { examId: string; now: Date },
): SourceStanding {
  const own = facts.filter(({ examId }) => examId === at.examId);
  const standing = foldStandings(own, at.now).get(at.examId);
  if (standing === undefined) return { kind: "no-result" };
  const [best] = standing.counting.sort((one, other) => percentOfFact(other) - percentOfFact(one));
  if (best === undefined) return { kind: "cleared", at: undefined };
  const { score, maximum } = best.outcome;
  return { kind: "result", score, maximum, at: best.occurredAt, gradebook: undefined };
}
