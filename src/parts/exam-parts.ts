import type { Connection } from "mongoose";
import type { EventStore } from "../events/event-store.js";
import { createAttemptStore } from "../exams/attempt-store.js";
import type { DueWork } from "../exams/grade-source.js";
import { createGradeSources, sweepGradeSources } from "../exams/grade-sources.js";
import { createLineItemStore } from "../exams/line-item-store.js";
import { createLmsGradesClient } from "../exams/lms-grades-client.js";
import { createLmsRosterClient } from "../exams/lms-roster-client.js";
import { createObservationStore } from "../exams/observation-store.js";
import { noteLaunchInCourse } from "../exams/open-line-item.js";
import { placeCopy } from "../exams/place-copy.js";
import type { RecordResult } from "../exams/record-result.js";
import { createScorePostStore } from "../exams/score-post-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { Offering } from "../courses/offering.js";
import type { OfferingStore } from "../courses/offering-store.js";
import type { AccountStore } from "../people/account-store.js";
import type { Launch } from "../launch/launch.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { standingInExam } from "../progress/standing-in-exam.js";
import type { WorkQueue } from "../work/work-queue.js";

type Needs = Parameters<typeof createLmsGradesClient>[0] & {
  connection: Connection;
  settings: { resultsQuickMinutes: number; resultsSlowHours: number };
  events: EventStore;
  accounts: AccountStore;
  exams: ExamStore;
  offerings: OfferingStore;
  work: WorkQueue;
  recordResult: RecordResult;
  facts: Pick<ExamFactStore, "listForAccounts">;
};

/** What sitting exams and reading gradebooks need, made once: the part of the parts for it. */
export function createExamParts(needs: Needs) {
  const { connection, now, settings, work } = needs;
  const stores = {
    attempts: createAttemptStore(connection),
    lineItems: createLineItemStore(connection),
    scorePosts: createScorePostStore(connection),
    observations: createObservationStore(connection),
  };
  const clients = { grades: createLmsGradesClient(needs), roster: createLmsRosterClient(needs) };
  const sourceNeeds = {
    ...needs,
    ...stores,
    ...clients,
    bounds: settings,
    random: Math.random,
    readStanding: async (account: { organisationId: string; id: string }, examId: string) =>
      standingInExam(await needs.facts.listForAccounts(account.organisationId, [account.id]), {
        examId,
        now: now(),
      }),
  };
  const sources = createGradeSources(sourceNeeds);
  for (const source of Object.values(sources)) {
    for (const [name, handler] of Object.entries(source.handlers)) {
      work.handle(name as Parameters<WorkQueue["handle"]>[0], handler);
    }
  }

  return {
    ...stores,
    ...clients,
    sources,

    /** A launch in an LMS course: what was graded there is read soon. */
    noteLaunchInCourse: async (launch: Launch) => {
      await noteLaunchInCourse(sourceNeeds, launch);
    },

    /** See `placeCopy`. */
    placeCopy: async (launch: Launch, offering: Offering) =>
      await placeCopy({ ...needs, ...clients }, launch, offering),

    /** Finishes what a crash left in any source, and wakes what is due. */
    sweepGradeSources: async (about: { reach: "all" | "settled" }) => {
      const wake = async ({ name, data }: DueWork): Promise<void> => {
        await work.wakeUnlessThere(name, data);
      };
      await sweepGradeSources({ sources, wake, now }, about);
    },
  };
}
