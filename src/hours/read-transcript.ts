import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { entriesIn, type HourEntry, ledgerOf, type Period } from "./hour-ledger.js";
import { type HourType, usualHourTypes } from "./hour-type.js";
import type { HourTypeStore } from "./hour-type-store.js";

export type TranscriptNeeds = {
  accounts: Pick<AccountStore, "listIdsOfLearner">;
  courses: Pick<CourseStore, "listByIds">;
  exams: Pick<ExamStore, "listByCourses">;
  facts: Pick<ExamFactStore, "listForAccounts">;
  hourTypes: Pick<HourTypeStore, "find">;
  organisations: Pick<OrganisationStore, "findById">;
  profiles: Pick<ProfileStore, "listByIds">;
  now: () => Date;
};

/** A learner's hours in a period, as a licensing board reads them. */
export type Transcript = {
  organisationName: string;
  /** The name that goes into credentials; undefined while there is none. */
  learnerName: string | undefined;
  period: Period;
  entries: HourEntry[];
  types: readonly HourType[];
  madeAt: Date;
};

/** Reads a learner's hours in a period, over all of their accounts. */
export async function readTranscript(
  needs: TranscriptNeeds,
  about: { organisationId: string; learnerId: string; period: Period },
): Promise<Transcript> {
  const { organisationId, learnerId, period } = about;
  const [accountIds, organisation, types] = await Promise.all([
    needs.accounts.listIdsOfLearner(organisationId, learnerId),
    needs.organisations.findById(organisationId),
    needs.hourTypes.find(organisationId),
  ]);
  const [facts, profiles] = await Promise.all([
    needs.facts.listForAccounts(organisationId, accountIds),
    needs.profiles.listByIds(organisationId, accountIds),
  ]);
  const names = new Map(profiles.map(({ id, name }) => [id, name]));
  const courseIds = [...new Set(facts.map(({ courseId }) => courseId))];
  const [courses, exams] = await Promise.all([
    needs.courses.listByIds(organisationId, courseIds),
    needs.exams.listByCourses(organisationId, courseIds),
  ]);
  const madeAt = needs.now();
  return {
    organisationName: organisation?.name ?? "",
    // Their own, else that of an account that is joined to it.
    learnerName: accountIds.map((id) => names.get(id)).find((name) => name),
    period,
    entries: entriesIn(ledgerOf(facts, { courses, exams }, madeAt), period),
    types: types ?? usualHourTypes,
    madeAt,
  };
}
