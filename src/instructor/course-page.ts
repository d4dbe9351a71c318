import type { AwardStanding } from "../awards/award-standing.js";
import type { Course } from "../courses/course.js";
import type { Exam } from "../courses/exam.js";
import type { Offering } from "../courses/offering.js";
import { learnerLabel } from "../people/account.js";
import type { TrackProgress } from "../progress/explain-progress.js";
import { plainPercent } from "../courses/percent.js";
import { type PathStep, pathOf } from "../progress/pathway.js";
import { isDone } from "../progress/verdict.js";
import type { ListQuery, PageOf } from "../stored-record.js";
import { initialsStatementOf } from "../tracks/track.js";
import { type Outlook, outlookOf } from "./outlook.js";
import type { OwnResult } from "./own-results.js";
import type { OwnWork } from "./own-work.js";
import { shownVerdict } from "./shown-verdict.js";

/** What is known of one learner of this LMS course. */
export type LearnerInCourse = {
  learnerId: string;
  name: string | undefined;
  /** Not on the roster of the LMS course any more. */
  hasLeft: boolean;
  /** By exam id; only results from this LMS course. */
  results: ReadonlyMap<string, OwnResult>;
  /** By exam of this course. */
  work: ReadonlyMap<string, OwnWork>;
  /** The tracks that count this course, and when anything happened that each asks for. */
  tracks: (TrackProgress & { lastAt: Date | undefined })[];
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
    outlook: Outlook | undefined;
    /** What it says of initials after the name. */
    initials: string | undefined;
    /** Of other courses a teacher learns whether they are met, and nothing else. */
    path: PathStep;
  }[];
};

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

const withheldIn = (standing: Pick<AwardStanding, "state"> | undefined) =>
  standing === undefined || standing.state === "active" ? undefined : standing.state;

/** One learner as a row of the instructor's table. */
export function learnerRow(
  learner: LearnerInCourse,
  own: { course: Course; exams: readonly Exam[] },
  about: { courses: ReadonlyMap<string, Course>; now: Date },
): LearnerRow {
  const { results, work } = learner;
  const view = { courseId: own.course.id, results, work };
  return {
    label: learnerLabel(learner),
    hasLeft: learner.hasLeft,
    results: own.exams.map((exam) => resultCell(exam, results.get(exam.id))),
    tracks: learner.tracks.map(({ track, verdict, share, lastAt }) => {
      const withheld = withheldIn(learner.awards.get(track.trackId));
      const isAwarded = learner.awards.get(track.trackId)?.state === "active";
      return {
        name: track.name,
        share: `${share.done} of ${share.needed}`,
        isMet: isDone(verdict),
        withheld,
        outlook: isAwarded ? undefined : outlookOf(verdict, { view, lastAt, now: about.now }),
        initials: initialsStatementOf(track),
        path: pathOf(shownVerdict(verdict, view), about),
      };
    }),
  };
}

const byLabel = new Intl.Collator("en");

const outlooks = ["close", "stuck"] as const;

/** Which learners a list was asked for; anything else is everybody. */
export const readOutlook = (text: string): Outlook["kind"] | undefined =>
  outlooks.find((kind) => kind === text);

/** From which learner on a list was asked for, counted from 1. */
export const readPlace = (text: string): number => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1);

export const hasOutlook = ({ tracks }: LearnerRow, kind: Outlook["kind"]): boolean =>
  tracks.some(({ outlook }) => outlook?.kind === kind);

/** The learners whose label contains the searched text, by label. */
export function findLearners<T extends { learnerId: string; name: string | undefined }>(
  learners: readonly T[],
  search: string,
): T[] {
  const wanted = search.toLocaleLowerCase("en");
  return learners
    .map((learner) => ({ learner, label: learnerLabel(learner) }))
    .filter(({ label }) => label.toLocaleLowerCase("en").includes(wanted))
    .sort((one, other) => byLabel.compare(one.label, other.label))
    .map(({ learner }) => learner);
}

/** One page of them. */
export function pageOfLearners<T extends { learnerId: string; name: string | undefined }>(
  learners: readonly T[],
  query: ListQuery,
): PageOf<T> {
  const found = findLearners(learners, query.search);
  const pageCount = Math.max(1, Math.ceil(found.length / query.pageSize));
  const page = Math.min(Math.max(1, query.page), pageCount);
  const start = (page - 1) * query.pageSize;
  const items = found.slice(start, start + query.pageSize);
  return { items, page, pageCount, total: found.length };
}
