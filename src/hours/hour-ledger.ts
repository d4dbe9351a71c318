import type { Course } from "../courses/course.js";
import { type Exam, isReady } from "../courses/exam.js";
import { reaches } from "../courses/percent.js";
import { type ExamFact, percentOfFact } from "../progress/exam-fact.js";
import { foldStandings, type Standing } from "../progress/standing.js";

/** The hours of one course, earned once, however many micro-credentials count the course. */
export type HourEntry = {
  courseId: string;
  code: string;
  title: string;
  version: string;
  hours: number;
  earnedAt: Date;
};

/** Days from the first to the last, in UTC, both included; undefined: without an end. */
export type Period = { from: Date | undefined; to: Date | undefined };

const passedAt = (standing: Standing | undefined): Date | undefined =>
  standing?.counting.find((fact) => reaches(percentOfFact(fact), fact.passMarkPercent))?.occurredAt;

/**
 * When a course was completed: its exam passed, or, where nobody can take one, everything else that
 * can be passed in it.
 */
function completedAt(
  exams: readonly Exam[],
  standings: ReadonlyMap<string, Standing>,
): Date | undefined {
  const own = exams.filter((exam) => exam.kind === "exam" && isReady(exam));
  const asked = own.length > 0 ? own : exams.filter(({ kind }) => kind !== "exam");
  const times = asked.map(({ id }) => passedAt(standings.get(id)));
  // What was imported for an exam that nobody can take any more counts as well.
  const imported = exams.flatMap(({ kind, id }) =>
    kind === "exam" ? (passedAt(standings.get(id)) ?? []) : [],
  );
  const known = times.filter((time) => time !== undefined);
  if (known.length === 0 || known.length < times.length) return imported[0];
  return known.reduce((late, time) => (time > late ? time : late));
}

/** Every course that a learner has completed with its hours, by when. Pure. */
export function ledgerOf(
  facts: readonly ExamFact[],
  catalogue: { courses: readonly Course[]; exams: readonly Exam[] },
  now: Date,
): HourEntry[] {
  const standings = foldStandings(facts, now);
  return catalogue.courses
    .flatMap((course): HourEntry[] => {
      const exams = catalogue.exams.filter(({ courseId }) => courseId === course.id);
      const earnedAt = completedAt(exams, standings);
      if (earnedAt === undefined) return [];
      const { id: courseId, code, title, version, contactHours: hours } = course;
      return [{ courseId, code, title, version, hours, earnedAt }];
    })
    .sort(
      (one, other) =>
        one.earnedAt.getTime() - other.earnedAt.getTime() || one.code.localeCompare(other.code),
    );
}

const DAY_MS = 24 * 60 * 60_000;

/** The entries of a period. */
export const entriesIn = (entries: readonly HourEntry[], { from, to }: Period): HourEntry[] =>
  entries.filter(
    ({ earnedAt }) =>
      (from === undefined || earnedAt >= from) &&
      (to === undefined || earnedAt.getTime() < to.getTime() + DAY_MS),
  );

/** Hours together, without what binary fractions add. */
export const sumHours = (entries: readonly Pick<HourEntry, "hours">[]): number =>
  Math.round(entries.reduce((sum, { hours }) => sum + hours, 0) * 1e6) / 1e6;
