import type { ExamFactStore, QueuedFact } from "../progress/exam-fact-store.js";
import type { LearnerFile } from "./earned-awards.js";
import { type CircumstanceNeeds, ofLearners, readCircumstances } from "./read-circumstances.js";

export type LearnerFileNeeds = CircumstanceNeeds & {
  facts: Pick<ExamFactStore, "listQueuedForAccounts">;
};

/** A learner's file, and the place of every fact in the queue. */
export type QueuedFile = LearnerFile & { queued: readonly QueuedFact[] };

/** Reads all that the rules know of these learners, in one go and in their order. */
export async function readLearnerFiles(
  needs: LearnerFileNeeds,
  organisationId: string,
  learners: readonly { learnerId: string; accountIds: string[] }[],
): Promise<QueuedFile[]> {
  const everyone = learners.flatMap(({ accountIds }) => accountIds);
  const [facts, circumstancesOf] = await Promise.all([
    needs.facts.listQueuedForAccounts(organisationId, everyone),
    readCircumstances(needs, organisationId, everyone),
  ]);
  const factsOf = ofLearners(facts, ({ fact }) => fact.accountId);
  return learners.map(({ learnerId, accountIds }) => {
    const queued = factsOf(accountIds);
    return {
      ...{ organisationId, learnerId, accountIds, queued },
      facts: queued.map(({ fact }) => fact),
      ...circumstancesOf(accountIds),
    };
  });
}
