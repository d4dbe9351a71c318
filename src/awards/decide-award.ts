import type { AwardStanding, StandingAward } from "./award-standing.js";

const ofTrack = (trackId: string, awards: readonly StandingAward[]): StandingAward[] =>
  awards.filter((one) => one.trackId === trackId);

/**
 * Whether a learner has the award of a track: it stands, or is on hold.
 * @param awards what the learner was awarded so far, on any account
 */
export const isHeld = (trackId: string, awards: readonly StandingAward[]): boolean =>
  awards.some((one) => one.trackId === trackId && one.standing.state !== "revoked");

/** The round of a learner's next award of a track: what was revoked may be earned again. */
export const nextRound = (trackId: string, awards: readonly StandingAward[]): number =>
  Math.max(0, ...ofTrack(trackId, awards).map(({ round }) => round)) + 1;

const isByHand = (cause: AwardStanding["cause"]): boolean =>
  cause === "administrator" || cause === "holder";

/**
 * From when on a learner's results count towards a track: an administrator who revokes an award,
 * or a holder who withdraws it, does not see it come back by itself, by the very results that
 * earned it.
 * @returns undefined when all of them count
 */
export function countsFrom(trackId: string, awards: readonly StandingAward[]): Date | undefined {
  const decided = ofTrack(trackId, awards)
    .filter(({ standing }) => standing.state === "revoked" && isByHand(standing.cause))
    .map(({ standing }) => standing.since.getTime());
  return decided.length === 0 ? undefined : new Date(Math.max(...decided));
}
