/**
 * An administrator's decision that a learner who began a track under an earlier version goes on
 * under a newer one. Written once, never changed; unique by (organisation, account, track, version).
 */
export type TrackMove = {
  id: string;
  organisationId: string;
  /** The learner's account. */
  accountId: string;
  trackId: string;
  /** The version that the learner goes on under; the earlier ones are over for them. */
  version: number;
  movedAt: Date;
  /** Account of the administrator. */
  movedBy: string;
  reason: string;
};
