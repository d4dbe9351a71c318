import type { LearnerRecord } from "../progress/explain-progress.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { heldAwardsOf } from "./award-standing.js";
import { type CircumstanceNeeds, ofLearners, readCircumstances } from "./read-circumstances.js";

export type LearnerRecordNeeds = CircumstanceNeeds & {
  facts: Pick<ExamFactStore, "listForAccounts">;
};

/** Reads all that the rules know of these learners, one record for each, in their order. */
export async function readLearnerRecords(
  needs: LearnerRecordNeeds,
  organisationId: string,
  learners: readonly { accountIds: string[] }[],
): Promise<LearnerRecord[]> {
  const everyone = learners.flatMap(({ accountIds }) => accountIds);
  const [facts, circumstancesOf] = await Promise.all([
    needs.facts.listForAccounts(organisationId, everyone),
    readCircumstances(needs, organisationId, everyone),
  ]);
  const factsOf = ofLearners(facts, ({ accountId }) => accountId);
  return learners.map(({ accountIds }) => {
    const { awards, ...others } = circumstancesOf(accountIds);
    return { facts: factsOf(accountIds), held: heldAwardsOf(awards), ...others };
  });
}
