import type { Connection } from "mongoose";
import { createActivityStore } from "../activities/activity-store.js";
import { sweepOutcomes } from "../activities/record-outcome.js";
import { saveActivity } from "../activities/save-activity.js";
import type { Submission } from "../activities/submission.js";
import { createSubmissionStore } from "../activities/submission-store.js";
import type { AuditStore } from "../audit/audit-store.js";
import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { Journey } from "../journey.js";
import type { NoticeStore } from "../learner/notice-store.js";
import { tellOutcome } from "../learner/tell-outcome.js";
import type { AccountStore } from "../people/account-store.js";

type Needs = {
  connection: Connection;
  now: () => Date;
  accounts: AccountStore;
  audit: AuditStore;
  courses: CourseStore;
  exams: ExamStore;
  journey: Pick<Journey, "recordResult">;
  notices: NoticeStore;
};

/** What activities need, made once: the part of the parts for them. */
export function createActivityParts(needs: Needs) {
  const stores = {
    activities: createActivityStore(needs.connection),
    submissions: createSubmissionStore(needs.connection),
  };
  const recordNeeds = {
    ...{ ...needs, ...stores, recordResult: needs.journey.recordResult },
    tellOutcome: async (submission: Submission, title: string) => {
      await tellOutcome(needs, submission, title);
    },
  };
  return {
    ...{ ...stores, tellOutcome: recordNeeds.tellOutcome },
    saveActivity: async (wanted: Parameters<typeof saveActivity>[1]) =>
      await saveActivity(recordNeeds, wanted),
    sweepActivities: async () => {
      await sweepOutcomes(recordNeeds);
    },
  };
}
