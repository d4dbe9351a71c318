import type { Evaluation, Names } from "./evaluation.js";
import { matchMost } from "./match-most.js";
import { isDone, type Verdict } from "./verdict.js";

type Known = Pick<Evaluation, "held"> & Pick<Names, "exams">;

/** A step's course, or one of several that were passed for it, and the pass that is not its own. */
type Course = { code: string; hours: number; factId: string | undefined };

/** What an exam step could give: the course of what was passed, or of what was passed as well. */
function coursesOf(
  { examId, counted, others = [] }: NonNullable<Verdict["exam"]>,
  { exams }: Known,
) {
  const passed = [{ examId: counted?.examId ?? examId, factId: undefined }, ...others];
  const courses = passed.flatMap((one): Course[] => {
    const exam = exams.get(one.examId);
    return exam === undefined
      ? []
      : [{ code: exam.courseCode, hours: exam.contactHours, factId: one.factId }];
  });
  if (courses.length > 0) return courses;
  const own = exams.get(examId);
  return own === undefined
    ? []
    : [{ code: own.courseCode, hours: own.contactHours, factId: undefined }];
}

/**
 * Contact hours behind these steps: of every course whose exam or activity counts, and of the
 * courses behind micro-credentials, each course once. A step that is not done is counted as if it
 * were, and what is open below it as well. Where several courses were passed for a step it gives
 * the hours of one of them, such that all together have the most.
 * @returns with `factIds`, the passes that count here beside those that the steps name
 */
export function hoursOf(
  steps: readonly Verdict[],
  given: Known,
): { hours: number; factIds: string[] } {
  const byCourse = new Map<string, number>();
  const toChoose: Course[][] = [];
  const credit = (code: string, hours: number): void => {
    // A badge holds the hours of its day, and the course may have others by now.
    byCourse.set(code, Math.max(hours, byCourse.get(code) ?? 0));
  };
  const add = (verdict: Verdict, wholly: boolean): void => {
    if (verdict.exam !== undefined) {
      const courses = coursesOf(verdict.exam, given);
      const [only] = courses;
      if (courses.length > 1) toChoose.push(courses);
      else if (only !== undefined) credit(only.code, only.hours);
    } else if (verdict.held !== undefined) {
      for (const [code, hours] of given.held.get(verdict.held.trackId)?.hoursByCourse ?? [])
        credit(code, hours);
    }
    for (const step of verdict.steps) if (wholly || isDone(step)) add(step, wholly);
  };
  for (const step of steps) add(step, !isDone(step));
  const factIds = toChoose.length === 0 ? [] : choose(toChoose, byCourse);
  let sum = 0;
  for (const hours of byCourse.values()) sum += hours;
  // Tenths of hours have no exact sum in binary.
  return { hours: Math.round(sum * 1e6) / 1e6, factIds };
}

/**
 * Credits one course for each step, those that add the most first: whoever can be given a course
 * keeps one, so that taking the next most from what is left comes to the most of all.
 */
function choose(toChoose: readonly Course[][], byCourse: Map<string, number>): string[] {
  const gainOf = ({ code, hours }: Course): number =>
    Math.max(0, hours - (byCourse.get(code) ?? 0));
  const gains = new Map(toChoose.flat().map((course) => [course.code, gainOf(course)]));
  const codes = [...gains.keys()]
    .filter((code) => (gains.get(code) ?? 0) > 0)
    .sort((one, other) => (gains.get(other) ?? 0) - (gains.get(one) ?? 0));
  const places = codes.map((code) =>
    [...toChoose.keys()].filter((at) => toChoose[at]?.some((course) => course.code === code)),
  );
  const taken = matchMost(places.map((ones) => ones.map(String)));
  return codes.flatMap((code, index) => {
    const place = taken[index];
    if (place === undefined) return [];
    byCourse.set(code, (byCourse.get(code) ?? 0) + (gains.get(code) ?? 0));
    const course = toChoose[Number(place)]?.find((one) => one.code === code);
    return course?.factId ?? [];
  });
}
