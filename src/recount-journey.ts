import type { Learner } from "./awards/earned-awards.js";
import { allInTurn, eachInTurn } from "./each-in-turn.js";
import type { AwaitedRecount, EligibilityStore } from "./eligibility/eligibility-store.js";
import { directionsOf, type LedgerEntry } from "./equivalencies/equivalency.js";
import type { EquivalencyStore } from "./equivalencies/equivalency-store.js";
import type { AccountStore } from "./people/account-store.js";
import type { ExamFactStore } from "./progress/exam-fact-store.js";
import { examIdsBehind } from "./tracks/exam-ids-behind.js";
import type { TrackStore } from "./tracks/track-store.js";
import type { TrackVersionStore } from "./tracks/track-version-store.js";

export type RecountNeeds = {
  accounts: Pick<AccountStore, "listAwaitingRecount" | "markRecounted">;
  eligibility: Pick<EligibilityStore, "listAwaitingRecount" | "markRecounted">;
  equivalencies: Pick<
    EquivalencyStore,
    "listAwaitingRecount" | "listExamIdsCountingFor" | "markRecounted"
  >;
  facts: Pick<ExamFactStore, "setPendingForAccounts" | "setPendingForExams">;
  tracks: Pick<TrackStore, "listAwaitingRecount" | "markRecounted" | "raiseCatalogueEdition">;
  trackVersions: Pick<TrackVersionStore, "find" | "listOf">;
  findLearner: (account: { organisationId: string; accountId: string }) => Promise<Learner>;
  now: () => Date;
};

/**
 * What is to be counted again after a decision: the facts it concerns go into the queue. Each
 * decision is marked where it is kept until that is done, so that `sweep` finds it after a crash.
 */
export function createRecountJourney(needs: RecountNeeds) {
  const { accounts, facts, findLearner, tracks } = needs;

  /** Sets what was passed before a publication to be counted under it. */
  async function countPublished(track: {
    organisationId: string;
    id: string;
    version: number;
  }): Promise<void> {
    const { organisationId, id: trackId, version } = track;
    const edition = await needs.trackVersions.find(organisationId, { trackId, version });
    if (edition !== undefined) {
      const { requirement } = edition;
      const examIds = await examIdsBehind(needs, { organisationId, requirement });
      const counting = await needs.equivalencies.listExamIdsCountingFor(organisationId, examIds);
      await tracks.raiseCatalogueEdition(organisationId);
      await facts.setPendingForExams(organisationId, [...new Set([...examIds, ...counting])]);
    }
    await tracks.markRecounted(organisationId, trackId, version);
  }

  /** Sets what was passed in accounts before they were joined to be counted together. */
  async function countTogether(account: {
    organisationId: string;
    accountId: string;
  }): Promise<void> {
    const { organisationId, accountIds } = await findLearner(account);
    await facts.setPendingForAccounts(organisationId, accountIds);
    await accounts.markRecounted(organisationId, accountIds);
  }

  /** Sets what somebody has passed to be counted again after their eligibility changed. */
  async function countEligible(change: AwaitedRecount): Promise<void> {
    const { organisationId, accountIds } = await findLearner(change);
    await facts.setPendingForAccounts(organisationId, accountIds);
    await needs.eligibility.markRecounted(change);
  }

  /** Sets what an entry of the ledger concerns to be counted again, once it begins to count. */
  async function countEquivalents(entry: LedgerEntry): Promise<void> {
    const { id, organisationId, accountId, decision } = entry;
    // What is taken back awards nothing, and what was awarded by it stays.
    if (decision === "counts") {
      // Whoever sees a fact that waits again sees the entry too.
      await tracks.raiseCatalogueEdition(organisationId);
      const passed = directionsOf(entry).map((one) => one.passed.examId);
      if (accountId === undefined) await facts.setPendingForExams(organisationId, passed);
      else {
        const learner = await findLearner({ organisationId, accountId });
        await facts.setPendingForAccounts(organisationId, learner.accountIds);
      }
    }
    await needs.equivalencies.markRecounted(organisationId, id);
  }

  return {
    countPublished,
    countTogether,
    countEquivalents,

    /** Goes on with what a crash left, and with what begins to count by now. */
    async sweep(limit: number): Promise<void> {
      const { eligibility, equivalencies } = needs;
      await allInTurn(
        async () => {
          await eachInTurn(await tracks.listAwaitingRecount(limit), countPublished);
        },
        async () => {
          await eachInTurn(await accounts.listAwaitingRecount(limit), countTogether);
        },
        async () => {
          await eachInTurn(await eligibility.listAwaitingRecount(limit), countEligible);
        },
        async () => {
          const entries = await equivalencies.listAwaitingRecount(needs.now(), limit);
          await eachInTurn(entries, countEquivalents);
        },
      );
    },
  };
}
