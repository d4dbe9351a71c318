import { foldEligibility } from "../eligibility/eligibility.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import type { ExamFact } from "../progress/exam-fact.js";
import { createExplainer } from "../progress/explain-progress.js";
import {
  type CatalogueNeeds,
  inDependencyOrder,
  readCatalogue,
} from "../progress/read-catalogue.js";
import type { Award } from "./award.js";
import { firstStanding, heldAwardsOf } from "./award-standing.js";
import type { AwardStore } from "./award-store.js";
import { countsFrom } from "./decide-award.js";
import { giveAward } from "./give-award.js";

/** A person: the account that everything belongs to, and all of theirs. */
export type Learner = { organisationId: string; learnerId: string; accountIds: string[] };

type Needs = CatalogueNeeds & {
  awards: Pick<AwardStore, "addOnce" | "listForLearners">;
  eligibility: Pick<EligibilityStore, "listForAccounts">;
  /** An award was made by this very call. */
  onGiven: (award: Award) => Promise<void>;
  now: () => Date;
};

/**
 * Awards whatever the learner's facts earn on the tracks that mention `touched` exams and on
 * those that stand on them: each after those whose award it asks for, so that one pass is enough.
 */
export async function awardEarned(
  needs: Needs,
  learner: Learner,
  { facts, touched }: { facts: readonly ExamFact[]; touched: string[] },
): Promise<void> {
  const { organisationId, learnerId, accountIds } = learner;
  const catalogue = await readCatalogue(needs, { organisationId, examIds: touched });
  if (catalogue.tracks.length === 0) return;
  const { standings, licences } = await needs.eligibility.listForAccounts(
    organisationId,
    accountIds,
  );
  const eligibility = foldEligibility(standings, licences);
  let held = await needs.awards.listForLearners(organisationId, accountIds);
  const explainer = (from = new Date(0)) => {
    const record = {
      facts: facts.filter(({ occurredAt }) => occurredAt > from),
      held: heldAwardsOf(held).filter(({ awardedAt }) => awardedAt > from),
    };
    return createExplainer(catalogue, { ...record, eligibility }, needs.now());
  };
  let explain = explainer();
  for (const track of inDependencyOrder(catalogue.tracks)) {
    const from = countsFrom(track.trackId, held);
    const verdict = (from === undefined ? explain : explainer(from))(track);
    const progress = { track, verdict };
    const given = { organisationId, learnerId, progress, held, courses: catalogue };
    const giving = await giveAward(needs, given);
    if (giving.kind === "not-given") continue;
    if (giving.kind === "given") await needs.onGiven(giving.award);
    held =
      giving.kind === "given"
        ? [...held, { ...giving.award, standing: firstStanding(giving.award) }]
        : await needs.awards.listForLearners(organisationId, accountIds);
    explain = explainer();
  }
}
