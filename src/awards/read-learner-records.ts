import { foldEligibility } from "../eligibility/eligibility.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import type { EquivalencyStore } from "../equivalencies/equivalency-store.js";
import type { LearnerRecord } from "../progress/explain-progress.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { heldAwardsOf } from "./award-standing.js";
import type { TrackMoveStore } from "../tracks/track-move-store.js";
import type { AwardStore } from "./award-store.js";

export type LearnerRecordNeeds = {
  facts: Pick<ExamFactStore, "listForAccounts">;
  awards: Pick<AwardStore, "listForLearners">;
  eligibility: Pick<EligibilityStore, "listForAccounts">;
  equivalencies: Pick<EquivalencyStore, "listStanding">;
  trackMoves: Pick<TrackMoveStore, "listForAccounts">;
};

/** Reads all that the rules know of these learners, one record for each, in their order. */
export async function readLearnerRecords(
  needs: LearnerRecordNeeds,
  organisationId: string,
  learners: readonly { accountIds: string[] }[],
): Promise<LearnerRecord[]> {
  const everyone = learners.flatMap(({ accountIds }) => accountIds);
  const [facts, awards, eligibility, equivalencies, moves] = await Promise.all([
    needs.facts.listForAccounts(organisationId, everyone),
    needs.awards.listForLearners(organisationId, everyone),
    needs.eligibility.listForAccounts(organisationId, everyone),
    needs.equivalencies.listStanding({ organisationId, examIds: [], accountIds: everyone }),
    needs.trackMoves.listForAccounts(organisationId, everyone),
  ]);
  return learners.map(({ accountIds }) => {
    const accounts = new Set(accountIds);
    return {
      facts: facts.filter(({ accountId }) => accounts.has(accountId)),
      held: heldAwardsOf(awards.filter(({ learnerId }) => accounts.has(learnerId))),
      eligibility: foldEligibility(
        eligibility.standings.filter(({ accountId }) => accounts.has(accountId)),
        eligibility.licences.filter(({ accountId }) => accounts.has(accountId)),
      ),
      moves: moves.filter(({ accountId }) => accounts.has(accountId)),
      equivalencies: equivalencies.filter(({ accountId = "" }) => accounts.has(accountId)),
    };
  });
}
