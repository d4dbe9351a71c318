import type { AuditStore } from "./audit/audit-store.js";
import type { Learner } from "./awards/earned-awards.js";
import type { AwardStore } from "./awards/award-store.js";
import { heldAwardsOf, type StandingAward } from "./awards/award-standing.js";
import { changeStanding, followUpStanding } from "./awards/change-standing.js";
import {
  type AwardDecisionByHand,
  decideByHand,
  type DecisionFault,
} from "./awards/decide-standing.js";
import { readLearnerRecords } from "./awards/read-learner-records.js";
import { type Judgement, settleAwards } from "./awards/settle-awards.js";
import { allInTurn, eachInTurn } from "./each-in-turn.js";
import type { EligibilityStore } from "./eligibility/eligibility-store.js";
import type { EquivalencyStore } from "./equivalencies/equivalency-store.js";
import { ToolError } from "./errors.js";
import { createExplainer } from "./progress/explain-progress.js";
import type { ExamFactStore } from "./progress/exam-fact-store.js";
import { type CatalogueNeeds, readCatalogueOf } from "./progress/read-catalogue.js";
import { equivalencyIdsOf, examStepsOf } from "./progress/verdict.js";
import { graceDaysOf } from "./tracks/track.js";
import type { TrackMoveStore } from "./tracks/track-move-store.js";
import type { TrackVersionStore } from "./tracks/track-version-store.js";

export type StandingsNeeds = CatalogueNeeds & {
  facts: Pick<ExamFactStore, "listForAccounts">;
  trackVersions: Pick<TrackVersionStore, "find">;
  awards: Pick<
    AwardStore,
    | "changeStanding"
    | "findById"
    | "listForLearners"
    | "listGraceEnded"
    | "listStandingUntold"
    | "markStandingTold"
  >;
  audit: Pick<AuditStore, "addOnce">;
  eligibility: Pick<EligibilityStore, "listProfessions" | "listForAccounts">;
  equivalencies: Pick<EquivalencyStore, "listStanding" | "listByIds">;
  trackMoves: Pick<TrackMoveStore, "listForAccounts">;
  /** Tells the learner, the administrator and the credential. At least once for every change. */
  onStanding: (award: StandingAward) => Promise<void>;
  findLearner: (account: { organisationId: string; accountId: string }) => Promise<Learner>;
  /** Awards what the learner has earned on the tracks that mention these exams, and above. */
  awardBy: (learner: Learner, examIds: string[]) => Promise<void>;
  now: () => Date;
};

/**
 * What becomes of awards after they were made: on hold when a result is gone, revoked when it
 * stays gone, reinstated when it returns; and so on up, for what stands on them.
 */
export function createStandingsJourney(needs: StandingsNeeds) {
  const { awards } = needs;

  const findHolder = async ({ organisationId, learnerId }: StandingAward): Promise<Learner> =>
    await needs.findLearner({ organisationId, accountId: learnerId });

  /** By the version it was awarded under; what it stands on counts while it is not revoked. */
  async function judge(award: StandingAward, at: Date): Promise<Judgement> {
    const { organisationId, trackId, trackVersion: version } = award;
    const edition = await needs.trackVersions.find(organisationId, { trackId, version });
    if (edition === undefined) throw new Error("An award's version of its track is not there");
    const learner = await findHolder(award);
    const catalogue = await readCatalogueOf(needs, organisationId, [edition]);
    const [record] = await readLearnerRecords(needs, organisationId, [learner]);
    // What it was awarded by still counts for it, withdrawn or not.
    const ids = equivalencyIdsOf(award.explanation);
    const equivalencies = [
      ...(record?.equivalencies ?? []),
      ...(await needs.equivalencies.listByIds(organisationId, ids)),
    ];
    const given = await awards.listForLearners(organisationId, learner.accountIds);
    const held = heldAwardsOf(given, ["active", "on-hold"]);
    const known = { facts: [], eligibility: [], ...record, held, equivalencies };
    const explain = createExplainer(catalogue, known, at);
    return { verdict: explain(edition), graceDays: graceDaysOf(edition) };
  }

  const changing = { ...needs, judge, onGroundShifted };

  async function settle(
    { organisationId, accountIds }: Omit<Learner, "learnerId">,
    touched: { examIds?: string[]; trackIds?: string[] },
  ): Promise<void> {
    const { examIds = [], trackIds = [] } = touched;
    const about = { examIds: new Set(examIds), trackIds: new Set(trackIds) };
    await settleAwards(changing, { organisationId, accountIds, touched: about });
  }

  /** An award was revoked, or is back: what stands on it, and what may be earned in its place. */
  async function onGroundShifted(award: StandingAward): Promise<void> {
    const learner = await findHolder(award);
    await settle(learner, { trackIds: [award.trackId] });
    await needs.awardBy(
      learner,
      examStepsOf(award.explanation).map(({ exam }) => exam.examId),
    );
  }

  return {
    /** Looks again at what a learner holds that has to do with these exams. */
    settle,

    /**
     * An administrator revokes or reinstates an award, with a reason.
     * @throws ToolError not-found
     */
    async decideByHand(wanted: {
      organisationId: string;
      awardId: string;
      decision: AwardDecisionByHand;
    }): Promise<{ kind: "changed" } | { kind: "refused"; because: DecisionFault }> {
      const { organisationId, awardId, decision } = wanted;
      const award = await awards.findById(organisationId, awardId);
      if (award === undefined) throw new ToolError("not-found");
      const outcome = await changeStanding<DecisionFault>(changing, award, async (seen) => {
        const { accountIds } = await findHolder(seen);
        const others = await awards.listForLearners(organisationId, accountIds);
        const isHeldOtherwise = others.some(
          ({ id, trackId, standing }) =>
            id !== awardId && trackId === seen.trackId && standing.state !== "revoked",
        );
        const { verdict } = await judge(seen, needs.now());
        return decideByHand({ standing: seen.standing, decision, verdict, isHeldOtherwise });
      });
      return outcome.kind === "refused" ? outcome : { kind: "changed" };
    },

    /** Goes on with what a crash left, and ends grace periods that are over. */
    async sweep(about: { before: Date; limit: number }): Promise<void> {
      const { before, limit } = about;
      const followUp = async (award: StandingAward) => {
        await followUpStanding(changing, award);
      };
      const endGrace = async (award: StandingAward) => {
        await settle(await findHolder(award), {});
      };
      await allInTurn(
        async () => {
          await eachInTurn(await awards.listStandingUntold(before, limit), followUp);
        },
        async () => {
          await eachInTurn(await awards.listGraceEnded(needs.now(), limit), endGrace);
        },
      );
    },
  };
}
