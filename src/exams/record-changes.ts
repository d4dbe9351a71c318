import { createHash } from "node:crypto";
import type { ExamStore } from "../courses/exam-store.js";
import type { AccountStore } from "../people/account-store.js";
import type { LineItem } from "./line-item.js";
import type { Observation } from "./observation.js";
import type { ObservationStore } from "./observation-store.js";
import type { RecordResult } from "./record-result.js";

export type RecordChangesNeeds = {
  observations: Pick<ObservationStore, "markRecorded">;
  accounts: Pick<AccountStore, "findOrCreateAll">;
  exams: Pick<ExamStore, "findById">;
  recordResult: RecordResult;
  now: () => Date;
};

/** Line item, user and change number; the user's id in the LMS is no part of a fact. */
const sourceKeyOf = (observation: Observation, changeNumber: number): string => {
  const sub = createHash("sha256").update(observation.sub).digest("hex").slice(0, 32);
  return `lms:${observation.lineItemId}:${sub}:${changeNumber}`;
};

/**
 * Makes facts of the changes that were seen and are none yet, oldest first. May be repeated and
 * interrupted anywhere: the key of a change names one fact. People who never launched have facts
 * too. Answers with the observation as it stands then.
 */
export async function recordChanges(
  needs: RecordChangesNeeds,
  item: LineItem,
  observation: Observation,
): Promise<Observation> {
  const { organisationId, issuer, examId, offeringId } = item;
  const exam = await needs.exams.findById(organisationId, examId);
  let current = observation;
  for (const change of observation.unrecorded) {
    const group = { organisationId, issuer, subs: [observation.sub] };
    // Who deleted their account has none, and makes none by a grade that the LMS still holds.
    const [account] =
      exam === undefined ? [] : await needs.accounts.findOrCreateAll(group, needs.now());
    if (exam !== undefined && account !== undefined) {
      await needs.recordResult({
        organisationId,
        accountId: account.id,
        courseId: exam.courseId,
        examId,
        offeringId,
        sourceKey: sourceKeyOf(observation, change.number),
        source: "lms-gradebook",
        outcome: change.outcome,
        passMarkPercent: exam.passMarkPercent,
        occurredAt: change.occurredAt,
        isTestUser: account.isTestUser,
      });
    }
    current = await needs.observations.markRecorded(current, change.number);
  }
  return current;
}
