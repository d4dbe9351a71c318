import { foldEligibility } from "../eligibility/eligibility.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import type { EquivalencyStore } from "../equivalencies/equivalency-store.js";
import type { ExamFactStore, QueuedFact } from "../progress/exam-fact-store.js";
import type { TrackMoveStore } from "../tracks/track-move-store.js";
import type { AwardStore } from "./award-store.js";
import type { LearnerFile } from "./earned-awards.js";

export type LearnerFileNeeds = {
  facts: Pick<ExamFactStore, "listQueuedForAccounts">;
  awards: Pick<AwardStore, "listForLearners">;
  eligibility: Pick<EligibilityStore, "listForAccounts">;
  equivalencies: Pick<EquivalencyStore, "listStanding">;
  trackMoves: Pick<TrackMoveStore, "listForAccounts">;
};

/** A learner's file, and the place of every fact in the queue. */
export type QueuedFile = LearnerFile & { queued: readonly QueuedFact[] };

/** Finds what belongs to a learner, by any of their accounts, without going through everybody's. */
function ofLearners<T>(items: readonly T[], accountIdOf: (item: T) => string) {
  const byAccount = new Map<string, T[]>();
  for (const item of items) {
    const known = byAccount.get(accountIdOf(item));
    if (known === undefined) byAccount.set(accountIdOf(item), [item]);
    else known.push(item);
  }
  return (accountIds: readonly string[]): T[] =>
    accountIds.flatMap((accountId) => byAccount.get(accountId) ?? []);
}

/** Reads all that the rules know of these learners, in one go and in their order. */
export async function readLearnerFiles(
  needs: LearnerFileNeeds,
  organisationId: string,
  learners: readonly { learnerId: string; accountIds: string[] }[],
): Promise<QueuedFile[]> {
  const everyone = learners.flatMap(({ accountIds }) => accountIds);
  const [facts, awards, eligibility, equivalencies, moves] = await Promise.all([
    needs.facts.listQueuedForAccounts(organisationId, everyone),
    needs.awards.listForLearners(organisationId, everyone),
    needs.eligibility.listForAccounts(organisationId, everyone),
    needs.equivalencies.listStanding({ organisationId, examIds: [], accountIds: everyone }),
    needs.trackMoves.listForAccounts(organisationId, everyone),
  ]);
  const factsOf = ofLearners(facts, ({ fact }) => fact.accountId);
  const awardsOf = ofLearners(awards, ({ learnerId }) => learnerId);
  const standingsOf = ofLearners(eligibility.standings, ({ accountId }) => accountId);
  const licencesOf = ofLearners(eligibility.licences, ({ accountId }) => accountId);
  const movesOf = ofLearners(moves, ({ accountId }) => accountId);
  const decidedFor = ofLearners(equivalencies, ({ accountId = "" }) => accountId);
  return learners.map(({ learnerId, accountIds }) => {
    const queued = factsOf(accountIds);
    return {
      ...{ organisationId, learnerId, accountIds, queued },
      facts: queued.map(({ fact }) => fact),
      awards: awardsOf(accountIds),
      equivalencies: decidedFor(accountIds),
      moves: movesOf(accountIds),
      eligibility: foldEligibility(standingsOf(accountIds), licencesOf(accountIds)),
    };
  });
}
