import type { AccountStore } from "../people/account-store.js";
import { explainTracks, type TrackProgress } from "../progress/explain-progress.js";
import { type InventedLearner, recordOfInvented } from "../progress/invented-learner.js";
import type { Catalogue } from "../progress/read-catalogue.js";
import { type LearnerRecordNeeds, readLearnerRecords } from "./read-learner-records.js";

type Tried = { progress: TrackProgress; isHeld: boolean };

/** @param catalogue the one version that is tried, with the versions before it */
function tryOn(catalogue: Catalogue, record: Parameters<typeof explainTracks>[1], now: Date) {
  const [progress] = explainTracks(catalogue, record, now);
  if (progress === undefined) return undefined;
  const isHeld = record.held.some(({ trackId }) => trackId === progress.track.trackId);
  return { progress, isHeld };
}

/** Where somebody invented would stand. Pure. */
export const tryOnInvented = (
  catalogue: Catalogue,
  invented: InventedLearner,
  now: Date,
): Tried | undefined => tryOn(catalogue, recordOfInvented(invented, { catalogue, now }), now);

/**
 * Where a learner would stand under a version, published or not, by any account of theirs. Reads
 * and writes nothing.
 * @returns undefined where nobody has the account
 */
export async function tryOnLearner(
  needs: LearnerRecordNeeds & { accounts: Pick<AccountStore, "findById" | "findLearners"> },
  catalogue: Catalogue,
  about: { organisationId: string; accountId: string; now: Date },
): Promise<(Tried & { learnerId: string }) | undefined> {
  const { organisationId, accountId, now } = about;
  if ((await needs.accounts.findById(organisationId, accountId)) === undefined) return undefined;
  const [learner] = await needs.accounts.findLearners(organisationId, [accountId]);
  if (learner === undefined) return undefined;
  const [record] = await readLearnerRecords(needs, organisationId, [learner]);
  const tried = record && tryOn(catalogue, record, now);
  return tried && { ...tried, learnerId: learner.learnerId };
}
