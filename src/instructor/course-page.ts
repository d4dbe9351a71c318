import type { AwardStanding } from "../awards/award-standing.js";
import type { Course } from "../courses/course.js";
import type { Exam } from "../courses/exam.js";
import type { Offering } from "../courses/offering.js";
import { learnerLabel } from "../people/account.js";
import { type ExamFact, percentOfFact, reaches } from "../progress/exam-fact.js";
import type { TrackProgress } from "../progress/explain-progress.js";
import { plainPercent } from "../progress/plain-words.js";
import { foldStandings } from "../progress/standing.js";
import { examStepsOf, isDone, type Verdict } from "../progress/verdict.js";
import type { ListQuery, PageOf } from "../stored-record.js";

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

/** What is known of one learner of this LMS course. */
export type LearnerInCourse = {
  learnerId: string;
  name: string | undefined;
  /** Not on the roster of the LMS course any more. */
  hasLeft: boolean;
  /** By exam id; only results from this LMS course. */
  results: ReadonlyMap<string, OwnResult>;
  /** The tracks that count this course. */
  tracks: TrackProgress[];
  /** By track: where the learner's award stands, if there is one. */
  awards: ReadonlyMap<string, Pick<AwardStanding, "state">>;
};

export type LearnerRow = {
  label: string;
  hasLeft: boolean;
  results: { exam: string; text: string; state: "passed" | "not-met" | "missing" }[];
  tracks: {
    name: string;
    share: string;
    isMet: boolean;
    /** Set where an award does not count now. */
    withheld: "on-hold" | "revoked" | undefined;
    otherCourses: OtherCourse[];
  }[];
};

/** Of courses that are not this one, a teacher learns whether they are met and nothing else. */
type OtherCourse = { name: string; state: "met" | "not-met" };

/** What an instructor may know while the LMS course is not one of ours. */
export type CourseState =
  | { kind: "no-context" }
  | { kind: "pending"; contextTitle: string }
  | { kind: "declined"; contextTitle: string }
  | { kind: "approved"; course: Course; exams: Exam[] };

export function courseState(
  offering: Offering | undefined,
  course: Course | undefined,
  exams: Exam[],
): CourseState {
  if (offering === undefined) return { kind: "no-context" };
  const { contextTitle } = offering;
  if (offering.status === "declined") return { kind: "declined", contextTitle };
  if (offering.status === "pending" || course === undefined)
    return { kind: "pending", contextTitle };
  return { kind: "approved", course, exams };
}

function resultCell(exam: Exam, result: OwnResult | undefined): LearnerRow["results"][number] {
  if (result === undefined) return { exam: exam.title, text: "No result yet", state: "missing" };
  const text = plainPercent(result.percent);
  return { exam: exam.title, text, state: result.passed ? "passed" : "not-met" };
}

/** The other courses of a track: met or not, never a score, a sentence or a date. */
function otherCoursesOf(
  verdict: Verdict,
  ownCourseId: string,
  courses: ReadonlyMap<string, Course>,
): OtherCourse[] {
  const met = new Map<string, boolean>();
  for (const { exam, state } of examStepsOf(verdict)) {
    if (exam.courseId === ownCourseId) continue;
    met.set(exam.courseId, (met.get(exam.courseId) ?? true) && isDone({ state }));
  }
  return [...met].flatMap(([courseId, isMet]): OtherCourse[] => {
    const course = courses.get(courseId);
    if (course === undefined) return [];
    return [{ name: `${course.code} ${course.title}`, state: isMet ? "met" : "not-met" }];
  });
}

const withheldIn = (standing: Pick<AwardStanding, "state"> | undefined) =>
  standing === undefined || standing.state === "active" ? undefined : standing.state;

/** One learner as a row of the instructor's table. */
export function learnerRow(
  learner: LearnerInCourse,
  own: { course: Course; exams: readonly Exam[] },
  courses: ReadonlyMap<string, Course>,
): LearnerRow {
  return {
    label: learnerLabel(learner),
    hasLeft: learner.hasLeft,
    results: own.exams.map((exam) => resultCell(exam, learner.results.get(exam.id))),
    tracks: learner.tracks.map(({ track, verdict, share }) => ({
      name: track.name,
      share: `${share.done} of ${share.needed}`,
      isMet: isDone(verdict),
      withheld: withheldIn(learner.awards.get(track.trackId)),
      otherCourses: otherCoursesOf(verdict, own.course.id, courses),
    })),
  };
}

/** The learners whose label contains the searched text, by label; one page of them. */
export function pageOfLearners<T extends { learnerId: string; name: string | undefined }>(
  learners: readonly T[],
  query: ListQuery,
): PageOf<T> {
  const wanted = query.search.toLocaleLowerCase("en");
  const found = learners
    .filter((learner) => learnerLabel(learner).toLocaleLowerCase("en").includes(wanted))
    .sort((one, other) => learnerLabel(one).localeCompare(learnerLabel(other), "en"));
  const pageCount = Math.max(1, Math.ceil(found.length / query.pageSize));
  const page = Math.min(Math.max(1, query.page), pageCount);
  const start = (page - 1) * query.pageSize;
  const items = found.slice(start, start + query.pageSize);
  return { items, page, pageCount, total: found.length };
}
