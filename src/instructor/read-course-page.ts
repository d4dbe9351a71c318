import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { OfferingStore } from "../courses/offering-store.js";
import type { Visit } from "../launch/visit.js";
import type { AccountStore } from "../people/account-store.js";
import { learnerIdOf } from "../people/account.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import type { ListQuery, PageOf } from "../stored-record.js";
import type { CourseMemberStore } from "./course-member-store.js";
import {
  type CourseState,
  courseState,
  findLearners,
  type LearnerRow,
  hasOutlook,
  pageOfLearners,
} from "./course-page.js";
import type { Outlook } from "./outlook.js";
import { type KnownLearner, type RowNeeds, readRows } from "./read-rows.js";

export type CoursePageNeeds = RowNeeds & {
  offerings: Pick<OfferingStore, "findByContext">;
  courses: Pick<CourseStore, "findById">;
  exams: Pick<ExamStore, "listByCourses">;
  accounts: Pick<AccountStore, "listByIds">;
  profiles: Pick<ProfileStore, "listByIds">;
  facts: Pick<ExamFactStore, "listAccountIdsInOffering">;
  courseMembers: Pick<CourseMemberStore, "list">;
};

export type CoursePage = {
  state: CourseState;
  search: string;
  /** Whom alone the list shows. */
  show: Outlook["kind"] | undefined;
  list: PageOf<LearnerRow>;
  /** Only of a list of who is close or stuck: how much of the course it covers. */
  reach: Reach | undefined;
};

/** From which learner to which, of how many, in the order of the list; each counted from 1. */
type Reach = { from: number; to: number; of: number };

/** So many learners are read together. */
const LOOKED_TOGETHER = 50;

/** More than these are not looked at for one page, however few of them are found. */
const MOST_LOOKED = 200;

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

/**
 * Finds who is close, or stuck, from a learner on, until a page is full or enough were looked at:
 * a course of any size costs one page no more than that.
 */
async function readWithOutlook(
  needs: CoursePageNeeds,
  about: Parameters<typeof readRows>[1],
  asked: {
    learners: readonly KnownLearner[];
    start: number;
    show: Outlook["kind"];
    pageSize: number;
  },
): Promise<{ items: LearnerRow[]; end: number }> {
  const { learners, start, show, pageSize } = asked;
  const last = Math.min(learners.length, start + MOST_LOOKED);
  const items: LearnerRow[] = [];
  let end = start;
  while (end < last && items.length < pageSize) {
    const some = learners.slice(end, Math.min(end + LOOKED_TOGETHER, last));
    for (const { row } of await readRows(needs, about, some)) {
      if (items.length === pageSize) break;
      end += 1;
      if (hasOutlook(row, show)) items.push(row);
    }
  }
  return { items, end };
}

/**
 * Reads the instructor's page: one page of the learners, and how far each of them is. Who is close
 * or stuck is known only of who was looked at: these are listed from a learner on.
 * @param query.from the learner from whom to look who is close or stuck, counted from 1
 */
export async function readCoursePage(
  needs: CoursePageNeeds,
  visit: Visit,
  query: ListQuery & { show?: Outlook["kind"] | undefined; from?: number },
): Promise<CoursePage> {
  const { organisationId } = visit.launch;
  const { search, show } = query;
  const { state, offeringId } = await readCourseState(needs, visit);
  if (state.kind !== "approved" || offeringId === undefined) {
    const list = { items: [], page: 1, pageCount: 1, total: 0 };
    return { state, search, show, list, reach: undefined };
  }
  const about = { organisationId, offeringId, state };
  const everyone = await listLearners(needs, organisationId, offeringId);
  if (show === undefined) {
    const found = pageOfLearners(everyone, query);
    const rows = await readRows(needs, about, found.items);
    const list = { ...found, items: rows.map(({ row }) => row) };
    return { state, search, show, list, reach: undefined };
  }
  const learners = findLearners(everyone, search);
  const { from = 1, pageSize } = query;
  const start = Math.min(from, Math.max(learners.length, 1)) - 1;
  const { items, end } = await readWithOutlook(needs, about, { learners, start, show, pageSize });
  const list = { items, page: 1, pageCount: 1, total: items.length };
  return { state, search, show, list, reach: { from: start + 1, to: end, of: learners.length } };
}
