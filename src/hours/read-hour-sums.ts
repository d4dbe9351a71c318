import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { ExamFact } from "../progress/exam-fact.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { entriesIn, ledgerOf, type Period, sumHours } from "./hour-ledger.js";

export type HourSumNeeds = {
  courses: Pick<CourseStore, "listByIds">;
  exams: Pick<ExamStore, "listByCourses">;
  facts: Pick<ExamFactStore, "listForAccounts">;
  now: () => Date;
};

/** What a learner's transcript of a period comes to. */
export type HourSum = { learnerId: string; courses: number; hours: number };

/** Reads what the transcripts of some learners come to in a period, in their order. */
export async function readHourSums(
  needs: HourSumNeeds,
  about: {
    organisationId: string;
    learners: readonly { learnerId: string; accountIds: readonly string[] }[];
    period: Period;
  },
): Promise<HourSum[]> {
  const { organisationId, learners, period } = about;
  const accountIds = learners.flatMap((learner) => [...learner.accountIds]);
  if (accountIds.length === 0) return [];
  const facts = await needs.facts.listForAccounts(organisationId, accountIds);
  const factsOf = new Map<string, ExamFact[]>(accountIds.map((id) => [id, []]));
  for (const fact of facts) factsOf.get(fact.accountId)?.push(fact);
  const courseIds = [...new Set(facts.map(({ courseId }) => courseId))];
  const [courses, exams] = await Promise.all([
    needs.courses.listByIds(organisationId, courseIds),
    needs.exams.listByCourses(organisationId, courseIds),
  ]);
  const now = needs.now();
  return learners.map((learner) => {
    const own = learner.accountIds.flatMap((id) => factsOf.get(id) ?? []);
    const entries = entriesIn(ledgerOf(own, { courses, exams }, now), period);
    return { learnerId: learner.learnerId, courses: entries.length, hours: sumHours(entries) };
  });
}
