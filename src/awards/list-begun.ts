import type { AccountStore } from "../people/account-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { createExplainer } from "../progress/explain-progress.js";
import { ownEdition } from "../progress/own-edition.js";
import { type CatalogueNeeds, readCatalogueWithEarlier } from "../progress/read-catalogue.js";
import type { Verdict } from "../progress/verdict.js";
import { examIdsBehind } from "../tracks/exam-ids-behind.js";
import type { TrackVersion } from "../tracks/track.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { heldAwardsOf } from "./award-standing.js";
import { isHeld } from "./decide-award.js";
import type { LearnerFile } from "./earned-awards.js";
import { type LearnerFileNeeds, readLearnerFiles } from "./read-learner-files.js";

export type BegunNeeds = CatalogueNeeds &
  LearnerFileNeeds & {
    accounts: Pick<AccountStore, "findLearners">;
    facts: Pick<ExamFactStore, "countAccountsWith" | "listAccountIdsWith">;
    trackVersions: Pick<TrackVersionStore, "listOf">;
    now: () => Date;
  };

/** A learner who may finish a track under an earlier version, and what moving on would mean. */
export type Begun = {
  learner: Pick<LearnerFile, "learnerId" | "accountIds">;
  own: TrackVersion;
  before: Verdict;
  after: Verdict;
};

/** The exams that the earlier versions of a track ask for, by whatever way. */
async function examIdsOfEarlier(needs: BegunNeeds, inForce: TrackVersion): Promise<string[]> {
  const { organisationId, trackId } = inForce;
  const { earlier } = await readCatalogueWithEarlier(needs, inForce);
  const behind = await Promise.all(
    (earlier.get(trackId)?.editions ?? []).map(
      async ({ requirement }) => await examIdsBehind(needs, { organisationId, requirement }),
    ),
  );
  return [...new Set(behind.flat())];
}

/** How many accounts there are to look at. */
export async function countBegun(needs: BegunNeeds, inForce: TrackVersion): Promise<number> {
  const examIds = await examIdsOfEarlier(needs, inForce);
  if (examIds.length === 0) return 0;
  return await needs.facts.countAccountsWith(inForce.organisationId, examIds);
}

/**
 * The learners who began a track under an earlier version and do not hold its award.
 * @param about looks at some `limit` accounts behind `after`, by id; `onlyIds` at these alone
 * @returns how many accounts were looked at, and behind which to go on: undefined at the end
 */
export async function listBegun(
  needs: BegunNeeds,
  about: {
    inForce: TrackVersion;
    limit: number;
    after?: string | undefined;
    onlyIds?: readonly string[];
  },
): Promise<{ begun: Begun[]; looked: number; next: string | undefined }> {
  const { inForce, limit, after = "", onlyIds } = about;
  const { organisationId, trackId } = inForce;
  const catalogue = await readCatalogueWithEarlier(needs, inForce);
  const examIds = await examIdsOfEarlier(needs, inForce);
  if (examIds.length === 0) return { begun: [], looked: 0, next: undefined };
  const walk = { organisationId, examIds, after, limit };
  const { accountIds, next } =
    onlyIds === undefined
      ? await needs.facts.listAccountIdsWith(walk)
      : { accountIds: onlyIds, next: undefined };
  const learners = await needs.accounts.findLearners(organisationId, accountIds);
  const files = await readLearnerFiles(needs, organisationId, learners);
  const now = needs.now();
  const begun = files.flatMap((file): Begun[] => {
    if (isHeld(trackId, file.awards)) return [];
    const record = { ...file, held: heldAwardsOf(file.awards) };
    const own = ownEdition(inForce, catalogue, record);
    if (own === undefined) return [];
    const explain = createExplainer(catalogue, record, now);
    return [{ learner: file, own, before: explain(own), after: explain(inForce) }];
  });
  return { begun, looked: accountIds.length, next };
}
