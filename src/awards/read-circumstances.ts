import { foldEligibility } from "../eligibility/eligibility.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import type { EquivalencyStore } from "../equivalencies/equivalency-store.js";
import type { TrackMoveStore } from "../tracks/track-move-store.js";
import type { AwardStore } from "./award-store.js";

export type CircumstanceNeeds = {
  awards: Pick<AwardStore, "listForLearners">;
  eligibility: Pick<EligibilityStore, "listForAccounts">;
  equivalencies: Pick<EquivalencyStore, "listStanding">;
  trackMoves: Pick<TrackMoveStore, "listForAccounts">;
};

/** Finds what belongs to a learner, by any of their accounts, without going through everybody's. */
export function ofLearners<T>(items: readonly T[], accountIdOf: (item: T) => string) {
  const byAccount = new Map<string, T[]>();
  for (const item of items) {
    const known = byAccount.get(accountIdOf(item));
    if (known === undefined) byAccount.set(accountIdOf(item), [item]);
    else known.push(item);
  }
  return (accountIds: readonly string[]): T[] =>
    accountIds.flatMap((accountId) => byAccount.get(accountId) ?? []);
}

/**
 * What the rules know of these accounts beside results, in one go: awards, licences, what was decided
 * for them alone, and the versions they were moved to. Each learner's is then asked for.
 */
export async function readCircumstances(
  needs: CircumstanceNeeds,
  organisationId: string,
  everyone: string[],
) {
  const [awards, eligibility, equivalencies, moves] = await Promise.all([
    needs.awards.listForLearners(organisationId, everyone),
    needs.eligibility.listForAccounts(organisationId, everyone),
    needs.equivalencies.listStanding({ organisationId, examIds: [], accountIds: everyone }),
    needs.trackMoves.listForAccounts(organisationId, everyone),
  ]);
  const awardsOf = ofLearners(awards, ({ learnerId }) => learnerId);
  const standingsOf = ofLearners(eligibility.standings, ({ accountId }) => accountId);
  const licencesOf = ofLearners(eligibility.licences, ({ accountId }) => accountId);
  const movesOf = ofLearners(moves, ({ accountId }) => accountId);
  const decidedFor = ofLearners(equivalencies, ({ accountId = "" }) => accountId);
  return (accountIds: readonly string[]) => ({
    awards: awardsOf(accountIds),
    equivalencies: decidedFor(accountIds),
    moves: movesOf(accountIds),
    eligibility: foldEligibility(standingsOf(accountIds), licencesOf(accountIds)),
  });
}
