import { learnerIdOf } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import { explainTracks, type TrackProgress } from "../progress/explain-progress.js";
import { type CatalogueNeeds, readCatalogue } from "../progress/read-catalogue.js";
import { nodesOf } from "../tracks/requirement.js";
import { type LearnerRecordNeeds, readLearnerRecords } from "./read-learner-records.js";

/** Where somebody stands on the tracks that ask for eligibility, by any account of theirs. */
export async function explainEligibility(
  needs: CatalogueNeeds &
    LearnerRecordNeeds & {
      accounts: Pick<AccountStore, "findById" | "listIdsOfLearner">;
      eligibility: CatalogueNeeds["eligibility"] & LearnerRecordNeeds["eligibility"];
      now: () => Date;
    },
  { organisationId, accountId }: { organisationId: string; accountId: string },
): Promise<TrackProgress[]> {
  const account = await needs.accounts.findById(organisationId, accountId);
  const learnerId = account === undefined ? accountId : learnerIdOf(account);
  const accountIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
  const [catalogue, records] = await Promise.all([
    readCatalogue(needs, { organisationId }),
    readLearnerRecords(needs, organisationId, [{ accountIds }]),
  ]);
  return records
    .flatMap((record) => explainTracks(catalogue, record, needs.now()))
    .filter(({ track }) => nodesOf(track.requirement).some(({ kind }) => kind === "eligibility"));
}
