import type { Evaluation, Names } from "./evaluation.js";
import { isDone, type Verdict } from "./verdict.js";

/**
 * Contact hours behind these steps: of every course whose exam or activity counts, and of the
 * courses behind micro-credentials, each course once. A step that is not done is counted as if it
 * were, and what is open below it as well.
 */
export function hoursOf(
  steps: readonly Verdict[],
  given: Pick<Evaluation, "held"> & Pick<Names, "exams">,
): number {
  const byCourse = new Map<string, number>();
  const add = (verdict: Verdict, wholly: boolean): void => {
    if (verdict.exam !== undefined) {
      // What was passed instead gave its own hours, and those once.
      const { examId, counted } = verdict.exam;
      const exam = (counted && given.exams.get(counted.examId)) ?? given.exams.get(examId);
      if (exam !== undefined) byCourse.set(exam.courseCode, exam.contactHours);
    } else if (verdict.held !== undefined) {
      for (const [code, hours] of given.held.get(verdict.held.trackId)?.hoursByCourse ?? [])
        byCourse.set(code, hours);
    }
    for (const step of verdict.steps) if (wholly || isDone(step)) add(step, wholly);
  };
  for (const step of steps) add(step, !isDone(step));
  let sum = 0;
  for (const hours of byCourse.values()) sum += hours;
  // Tenths of hours have no exact sum in binary.
  return Math.round(sum * 1e6) / 1e6;
}
