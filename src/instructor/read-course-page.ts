import type { StandingAward } from "../awards/award-standing.js";
import type { AwardStore } from "../awards/award-store.js";
import { readLearnerRecords } from "../awards/read-learner-records.js";
import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { OfferingStore } from "../courses/offering-store.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import type { TrackMoveStore } from "../tracks/track-move-store.js";
import type { Visit } from "../launch/visit.js";
import type { AccountStore } from "../people/account-store.js";
import { learnerIdOf } from "../people/account.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { explainTracks } from "../progress/explain-progress.js";
import { type CatalogueNeeds, readCatalogue } from "../progress/read-catalogue.js";
import type { ListQuery, PageOf } from "../stored-record.js";
import type { CourseMemberStore } from "./course-member-store.js";
import {
  type CourseState,
  courseState,
  type LearnerRow,
  learnerRow,
  ownResultsOf,
  pageOfLearners,
} from "./course-page.js";

export type CoursePageNeeds = CatalogueNeeds & {
  offerings: Pick<OfferingStore, "findByContext">;
  courses: Pick<CourseStore, "findById">;
  exams: Pick<ExamStore, "listByCourses">;
  accounts: Pick<AccountStore, "listByIds" | "listIdsOfLearner">;
  profiles: Pick<ProfileStore, "listByIds">;
  facts: Pick<ExamFactStore, "listForAccounts" | "listAccountIdsInOffering">;
  awards: Pick<AwardStore, "listForLearners">;
  eligibility: Pick<EligibilityStore, "listProfessions" | "listForAccounts">;
  trackMoves: Pick<TrackMoveStore, "listForAccounts">;
  courseMembers: Pick<CourseMemberStore, "list">;
  now: () => Date;
};

export type CoursePage = {
  state: CourseState;
  search: string;
  list: PageOf<LearnerRow>;
};

/** Which course of ours the visit's LMS course is, with its exams. */
export async function readCourseState(
  needs: Pick<CoursePageNeeds, "offerings" | "courses" | "exams">,
  visit: Visit,
): Promise<{ state: CourseState; offeringId: string | undefined }> {
  const { organisationId, context } = visit.launch;
  if (context === undefined)
    return { state: courseState(undefined, undefined, []), offeringId: undefined };
  const offering = await needs.offerings.findByContext({
    organisationId,
    issuer: visit.account.issuer,
    contextId: context.id,
  });
  const courseId = offering?.status === "approved" ? offering.courseId : undefined;
  if (courseId === undefined)
    return { state: courseState(offering, undefined, []), offeringId: offering?.id };
  const [course, exams] = await Promise.all([
    needs.courses.findById(organisationId, courseId),
    needs.exams.listByCourses(organisationId, [courseId]),
  ]);
  return { state: courseState(offering, course, exams), offeringId: offering?.id };
}

type KnownLearner = { learnerId: string; name: string | undefined; hasLeft: boolean };

/**
 * The learners known in an LMS course, joined accounts as one person. Who has left is listed as
 * long as there is a result of theirs.
 */
async function listLearners(
  needs: CoursePageNeeds,
  organisationId: string,
  offeringId: string,
): Promise<KnownLearner[]> {
  const [members, graded] = await Promise.all([
    needs.courseMembers.list(organisationId, offeringId),
    needs.facts.listAccountIdsInOffering(organisationId, offeringId),
  ]);
  const left = new Set(members.flatMap(({ accountId, hasLeft }) => (hasLeft ? accountId : [])));
  const here = members.flatMap(({ accountId, hasLeft }) => (hasLeft ? [] : accountId));
  const accountIds = [...new Set([...here, ...graded])];
  const [accounts, profiles] = await Promise.all([
    needs.accounts.listByIds(organisationId, accountIds),
    needs.profiles.listByIds(organisationId, accountIds),
  ]);
  const names = new Map(profiles.map(({ id, name }) => [id, name]));
  const byLearner = new Map<string, KnownLearner>();
  for (const account of accounts) {
    const learnerId = learnerIdOf(account);
    const known = byLearner.get(learnerId);
    byLearner.set(learnerId, {
      learnerId,
      name: known?.name ?? names.get(account.id),
      hasLeft: (known?.hasLeft ?? true) && left.has(account.id),
    });
  }
  return [...byLearner.values()];
}

/** Of several rounds the one that is not revoked, else the latest. */
const standingByTrack = (awards: readonly StandingAward[]) => {
  const inOrder = [
    ...awards.filter(({ standing }) => standing.state === "revoked"),
    ...awards.filter(({ standing }) => standing.state !== "revoked"),
  ];
  return new Map(inOrder.map(({ trackId, standing }) => [trackId, standing]));
};

/** Reads the instructor's page: one page of the learners, and how far each of them is. */
export async function readCoursePage(
  needs: CoursePageNeeds,
  visit: Visit,
  query: ListQuery,
): Promise<CoursePage> {
  const { organisationId } = visit.launch;
  const { state, offeringId } = await readCourseState(needs, visit);
  if (state.kind !== "approved" || offeringId === undefined) {
    const list = { items: [], page: 1, pageCount: 1, total: 0 };
    return { state, search: query.search, list };
  }
  const everyone = await listLearners(needs, organisationId, offeringId);
  const found = pageOfLearners(everyone, query);
  const learners = await Promise.all(
    found.items.map(async (learner) => ({
      ...learner,
      accountIds: await needs.accounts.listIdsOfLearner(organisationId, learner.learnerId),
    })),
  );
  const [catalogue, records, awards] = await Promise.all([
    readCatalogue(needs, { organisationId, examIds: state.exams.map(({ id }) => id) }),
    readLearnerRecords(needs, organisationId, learners),
    needs.awards.listForLearners(
      organisationId,
      learners.flatMap(({ accountIds }) => accountIds),
    ),
  ]);
  const now = needs.now();
  const items = records.map((record, index) => {
    const { learnerId = "", name, hasLeft = false, accountIds = [] } = learners[index] ?? {};
    const own = awards.filter((award) => accountIds.includes(award.learnerId));
    const results = ownResultsOf(record.facts, offeringId, now);
    const tracks = explainTracks(catalogue, record, now);
    const about = { learnerId, name, hasLeft, results, tracks };
    return learnerRow({ ...about, awards: standingByTrack(own) }, state, catalogue.courses);
  });
  return { state, search: query.search, list: { ...found, items } };
}
