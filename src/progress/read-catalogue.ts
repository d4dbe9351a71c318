import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import { directionsOf, examIdsReached, type LedgerEntry } from "../equivalencies/equivalency.js";
import type { EquivalencyStore } from "../equivalencies/equivalency-store.js";
import { listPublishedTracks } from "../tracks/list-published-tracks.js";
import { examIdsOf, nodesOf, trackIdsOf } from "../tracks/requirement.js";
import type { TrackVersion } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import type { NamedExam, Names } from "./evaluation.js";

/** The tracks in force with everything that evaluating them takes. */
export type Catalogue = Names & {
  /** By name. */
  tracks: TrackVersion[];
  /** Not looked at themselves; their awards are asked for by those that are. */
  background: TrackVersion[];
  /** The entries of the ledger that stand for everybody and are about exams of these trees. */
  equivalencies: readonly LedgerEntry[];
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
  eligibility: Pick<EligibilityStore, "listProfessions">;
  equivalencies: Pick<EquivalencyStore, "listStanding">;
};

/** A course's exam goes by the course's title; a project beside it by its own as well. */
const titleOf = (exam: Exam, course: Course | undefined): string =>
  exam.kind === "exam"
    ? (course?.title ?? exam.title)
    : `${exam.title} (${course?.title ?? exam.kind})`;

/** The tracks that mention these exams, and those that ask for an award of such a track, and so on. */
async function listTouched(
  needs: CatalogueNeeds,
  organisationId: string,
  examIds: string[],
): Promise<Map<string, TrackVersion>> {
  const found = new Map<string, TrackVersion>();
  let mentioned: { examIds: string[]; trackIds: string[] } = { examIds, trackIds: [] };
  for (;;) {
    const tracks = await listPublishedTracks(needs, { organisationId, mentioned });
    const fresh = tracks.filter(({ trackId }) => !found.has(trackId));
    if (fresh.length === 0) return found;
    for (const track of fresh) found.set(track.trackId, track);
    mentioned = { examIds: [], trackIds: fresh.map(({ trackId }) => trackId) };
  }
}

/** These exams and those that they count for. */
async function reachedBy(needs: CatalogueNeeds, organisationId: string, examIds: string[]) {
  const about = { organisationId, examIds, accountIds: [] };
  return examIdsReached(examIds, await needs.equivalencies.listStanding(about));
}

/** Tracks whose awards these ask for and that are not among them, and so on. */
async function listBackground(
  needs: CatalogueNeeds,
  organisationId: string,
  tracks: ReadonlyMap<string, TrackVersion>,
): Promise<TrackVersion[]> {
  const background = new Map<string, TrackVersion>();
  let looked = [...tracks.values()];
  for (;;) {
    const ids = looked
      .flatMap(({ requirement }) => trackIdsOf(requirement))
      .filter((id) => !tracks.has(id) && !background.has(id));
    if (ids.length === 0) return [...background.values()];
    looked = await listPublishedTracks(needs, { organisationId, trackIds: [...new Set(ids)] });
    // One that is in force no more is not looked for again.
    if (looked.length === 0) return [...background.values()];
    for (const track of looked) background.set(track.trackId, track);
  }
}

/** Each track after those whose award it asks for; of a ring, which nobody can meet, as they come. */
export function inDependencyOrder(tracks: readonly TrackVersion[]): TrackVersion[] {
  const byId = new Map(tracks.map((track) => [track.trackId, track]));
  const ordered = new Set<TrackVersion>();
  const begun = new Set<TrackVersion>();
  const visit = (track: TrackVersion): void => {
    if (begun.has(track)) return;
    begun.add(track);
    for (const id of trackIdsOf(track.requirement)) {
      const below = byId.get(id);
      if (below !== undefined) visit(below);
    }
    ordered.add(track);
  };
  tracks.forEach(visit);
  return [...ordered];
}

async function readExams(
  needs: CatalogueNeeds,
  organisationId: string,
  examIds: string[],
): Promise<Pick<Catalogue, "exams" | "examRecords" | "courses">> {
  const exams = examIds.length === 0 ? [] : await needs.exams.listByIds(organisationId, examIds);
  const courseIds = [...new Set(exams.map(({ courseId }) => courseId))];
  const listed =
    courseIds.length === 0 ? [] : await needs.courses.listByIds(organisationId, courseIds);
  const courses = new Map(listed.map((course) => [course.id, course]));
  const named = exams.map((exam): [string, NamedExam] => {
    const { id, courseId, passMarkPercent } = exam;
    const course = courses.get(courseId);
    const { code: courseCode = courseId, contactHours = 0 } = course ?? {};
    const title = titleOf(exam, course);
    return [id, { courseId, title, passMarkPercent, courseCode, contactHours }];
  });
  const examRecords = new Map(exams.map((exam) => [exam.id, exam]));
  return { exams: new Map(named), examRecords, courses };
}

/** Most tracks ask for no eligibility, and pay nothing for it. */
async function nameProfessions(
  needs: CatalogueNeeds,
  organisationId: string,
  tracks: readonly TrackVersion[],
): Promise<Map<string, string>> {
  const isAsked = tracks.some(({ requirement }) =>
    nodesOf(requirement).some(({ kind }) => kind === "eligibility"),
  );
  if (!isAsked) return new Map();
  const professions = await needs.eligibility.listProfessions(organisationId);
  return new Map(professions.map(({ id, name }) => [id, name]));
}

/**
 * Reads the tracks in force; with `examIds` only those that mention one of these exams, and those
 * that stand on them.
 * @param about with `named` exams that no tree mentions and that count for a learner all the same
 */
export async function readCatalogue(
  needs: CatalogueNeeds,
  about: { organisationId: string; examIds?: string[]; named?: string[] },
): Promise<Catalogue> {
  const { organisationId } = about;
  const touched =
    about.examIds === undefined
      ? new Map(
          (await listPublishedTracks(needs, { organisationId })).map((track) => [
            track.trackId,
            track,
          ]),
        )
      : await listTouched(
          needs,
          organisationId,
          await reachedBy(needs, organisationId, about.examIds),
        );
  const background =
    about.examIds === undefined ? [] : await listBackground(needs, organisationId, touched);
  const tracks = [...touched.values()];
  return await nameAll(needs, organisationId, { tracks, background, named: about.named });
}

/** The same for given editions, in force or not: what was awarded is judged by its own version. */
export async function readCatalogueOf(
  needs: CatalogueNeeds,
  organisationId: string,
  editions: readonly TrackVersion[],
): Promise<Catalogue> {
  const byTrack = new Map(editions.map((edition) => [edition.trackId, edition]));
  const background = await listBackground(needs, organisationId, byTrack);
  return await nameAll(needs, organisationId, { tracks: [...editions], background });
}

/** Adds the exams, courses and names that the tracks mention. */
async function nameAll(
  needs: CatalogueNeeds,
  organisationId: string,
  given: Pick<Catalogue, "tracks" | "background"> & { named?: string[] | undefined },
): Promise<Catalogue> {
  const { tracks, background, named = [] } = given;
  const all = [...tracks, ...background];
  const asked = [...new Set(all.flatMap(({ requirement }) => examIdsOf(requirement)))];
  const equivalencies = await needs.equivalencies.listStanding({
    ...{ organisationId, examIds: asked, accountIds: [] },
  });
  const passed = equivalencies.flatMap(directionsOf).map((one) => one.passed.examId);
  const examIds = [...new Set([...asked, ...passed, ...named])];
  return {
    tracks,
    background,
    equivalencies,
    trackNames: new Map(all.map(({ trackId, name }) => [trackId, name])),
    professionNames: await nameProfessions(needs, organisationId, all),
    ...(await readExams(needs, organisationId, examIds)),
  };
}
