import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import { listPublishedTracks } from "../tracks/list-published-tracks.js";
import { examIdsOf } from "../tracks/requirement.js";
import type { TrackVersion } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { evaluateRequirement, type NamedExam } from "./evaluate-requirement.js";
import type { ExamFact } from "./exam-fact.js";
import type { ExamFactStore } from "./exam-fact-store.js";
import { foldStandings } from "./standing.js";
import { type Share, shareOf, type Verdict } from "./verdict.js";

/** Where one learner stands on one track, and why. */
export type TrackProgress = { track: TrackVersion; verdict: Verdict; share: Share };

/** The tracks in force with everything that evaluating them takes. */
export type Catalogue = {
  tracks: TrackVersion[];
  /** By id: the exams that the tracks mention, as the sentences name them. */
  exams: ReadonlyMap<string, NamedExam>;
  /** By exam id, for evidence. */
  examRecords: ReadonlyMap<string, Exam>;
  /** By id. */
  courses: ReadonlyMap<string, Course>;
};

export type CatalogueNeeds = {
  tracks: Pick<TrackStore, "listInForce">;
  trackVersions: Pick<TrackVersionStore, "listEditions">;
  exams: Pick<ExamStore, "listByIds">;
  courses: Pick<CourseStore, "listByIds">;
};

type ExplainNeeds = CatalogueNeeds & {
  facts: Pick<ExamFactStore, "listForAccounts">;
  now: () => Date;
};

/** A course's exam goes by the course's title; a project beside it by its own as well. */
const titleOf = (exam: Exam, course: Course | undefined): string =>
  exam.kind === "exam"
    ? (course?.title ?? exam.title)
    : `${exam.title} (${course?.title ?? "project"})`;

/** Reads the tracks in force; with `examIds` only those that mention one of these exams. */
export async function readCatalogue(
  needs: CatalogueNeeds,
  about: { organisationId: string; examIds?: string[] },
): Promise<Catalogue> {
  const { organisationId } = about;
  const tracks = await listPublishedTracks(needs, about);
  const examIds = [...new Set(tracks.flatMap(({ requirement }) => examIdsOf(requirement)))];
  const exams = examIds.length === 0 ? [] : await needs.exams.listByIds(organisationId, examIds);
  const courseIds = [...new Set(exams.map(({ courseId }) => courseId))];
  const listed =
    courseIds.length === 0 ? [] : await needs.courses.listByIds(organisationId, courseIds);
  const courses = new Map(listed.map((course) => [course.id, course]));
  const named = exams.map((exam): [string, NamedExam] => {
    const { id, courseId, passMarkPercent } = exam;
    return [id, { courseId, title: titleOf(exam, courses.get(courseId)), passMarkPercent }];
  });
  const examRecords = new Map(exams.map((exam) => [exam.id, exam]));
  return { tracks, exams: new Map(named), examRecords, courses };
}

/** Where the learner of these facts stands on every track of the catalogue. Pure. */
export function explainTracks(
  catalogue: Catalogue,
  facts: readonly ExamFact[],
  now: Date,
): TrackProgress[] {
  const given = { standings: foldStandings(facts, now), exams: catalogue.exams };
  return catalogue.tracks.map((track) => {
    const verdict = evaluateRequirement(track.requirement, given);
    return { track, verdict, share: shareOf(verdict) };
  });
}

/**
 * Where a learner stands on every track in force.
 * @param about the learner's accounts: the canonical one and those linked to it
 */
export async function explainProgress(
  needs: ExplainNeeds,
  about: { organisationId: string; accountIds: string[] },
): Promise<TrackProgress[]> {
  const { organisationId, accountIds } = about;
  const catalogue = await readCatalogue(needs, { organisationId });
  const facts = await needs.facts.listForAccounts(organisationId, accountIds);
  return explainTracks(catalogue, facts, needs.now());
}

/** The same for several learners at once (one page of a list), by learner. */
export async function explainProgressOfMany(
  needs: ExplainNeeds,
  about: { organisationId: string; learners: { learnerId: string; accountIds: string[] }[] },
): Promise<Map<string, TrackProgress[]>> {
  const { organisationId, learners } = about;
  const catalogue = await readCatalogue(needs, { organisationId });
  const accountIds = learners.flatMap((learner) => learner.accountIds);
  const facts = await needs.facts.listForAccounts(organisationId, accountIds);
  const now = needs.now();
  return new Map(
    learners.map((learner) => {
      const accounts = new Set(learner.accountIds);
      const own = facts.filter(({ accountId }) => accounts.has(accountId));
      return [learner.learnerId, explainTracks(catalogue, own, now)];
    }),
  );
}
