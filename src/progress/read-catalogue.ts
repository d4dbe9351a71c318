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
  /**
   * By track, where it has any: the versions before the one in force, oldest first, and until when
   * the last of them was in force.
   */
  earlier: ReadonlyMap<string, { editions: TrackVersion[]; until: Date }>;
  /** The entries of the ledger that stand for everybody and are about exams of these trees. */
  equivalencies: readonly LedgerEntry[];
  /** By exam id, for evidence. */
  examRecords: ReadonlyMap<string, Exam>;
  /** By id. */
  courses: ReadonlyMap<string, Course>;
};

export type CatalogueNeeds = {
  tracks: Pick<TrackStore, "listInForce">;
  trackVersions: Pick<TrackVersionStore, "listEditions" | "listEarlier">;
  exams: Pick<ExamStore, "listByIds">;
  courses: Pick<CourseStore, "listByIds">;
  eligibility: Pick<EligibilityStore, "listProfessions">;
  equivalencies: Pick<EquivalencyStore, "listStanding">;
};

const NONE_EARLIER: Catalogue["earlier"] = new Map();

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
  given: {
    tracks: ReadonlyMap<string, TrackVersion>;
    earlier: Catalogue["earlier"];
  },
): Promise<TrackVersion[]> {
  const { tracks, earlier } = given;
  const background = new Map<string, TrackVersion>();
  let looked = [...tracks.values(), ...[...earlier.values()].flatMap(({ editions }) => editions)];
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
  const tracks = [...touched.values()];
  const earlier = await listEarlier(needs, organisationId, tracks);
  const background =
    about.examIds === undefined
      ? []
      : await listBackground(needs, organisationId, { tracks: touched, earlier });
  return await nameAll(needs, organisationId, { tracks, background, named: about.named, earlier });
}

/** The same for given editions, in force or not: what was awarded is judged by its own version. */
export async function readCatalogueOf(
  needs: CatalogueNeeds,
  organisationId: string,
  editions: readonly TrackVersion[],
): Promise<Catalogue> {
  const byTrack = new Map(editions.map((edition) => [edition.trackId, edition]));
  const given = { tracks: byTrack, earlier: NONE_EARLIER };
  const background = await listBackground(needs, organisationId, given);
  return await nameAll(needs, organisationId, { tracks: [...editions], background });
}

/** The same for one track in force, with the versions before it. */
export async function readCatalogueWithEarlier(
  needs: CatalogueNeeds,
  inForce: TrackVersion,
): Promise<Catalogue> {
  const { organisationId, trackId } = inForce;
  const editions = [inForce];
  const byTrack = new Map([[trackId, inForce]]);
  const earlier = await listEarlier(needs, organisationId, editions);
  const background = await listBackground(needs, organisationId, { tracks: byTrack, earlier });
  return await nameAll(needs, organisationId, { tracks: [...editions], background, earlier });
}

/** The versions before those in force, which learners who began under them may finish under. */
async function listEarlier(
  needs: CatalogueNeeds,
  organisationId: string,
  tracks: readonly TrackVersion[],
): Promise<Catalogue["earlier"]> {
  const editions = await needs.trackVersions.listEarlier(organisationId, tracks);
  return new Map(
    tracks.flatMap(
      ({ trackId, publishedAt }): [string, { editions: TrackVersion[]; until: Date }][] => {
        const own = editions.filter((edition) => edition.trackId === trackId);
        return own.length === 0 ? [] : [[trackId, { editions: own, until: publishedAt }]];
      },
    ),
  );
}

/** Adds the exams, courses and names that the tracks mention. */
async function nameAll(
  needs: CatalogueNeeds,
  organisationId: string,
  given: Pick<Catalogue, "tracks" | "background"> & {
    named?: string[] | undefined;
    earlier?: Catalogue["earlier"] | undefined;
  },
): Promise<Catalogue> {
  const { tracks, background, named = [], earlier = NONE_EARLIER } = given;
  const all = [...tracks, ...background];
  const former = [...earlier.values()].flatMap(({ editions }) => editions);
  const asked = [
    ...new Set([...all, ...former].flatMap(({ requirement }) => examIdsOf(requirement))),
  ];
  const equivalencies = await needs.equivalencies.listStanding({
    ...{ organisationId, examIds: asked, accountIds: [] },
  });
  const passed = equivalencies.flatMap(directionsOf).map((one) => one.passed.examId);
  const examIds = [...new Set([...asked, ...passed, ...named])];
  return {
    tracks,
    background,
    earlier,
    equivalencies,
    trackNames: new Map(all.map(({ trackId, name }) => [trackId, name])),
    professionNames: await nameProfessions(needs, organisationId, all),
    ...(await readExams(needs, organisationId, examIds)),
  };
}
