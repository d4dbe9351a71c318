import { isDone, type Verdict } from "../progress/verdict.js";
import type { StandingAward } from "./award-standing.js";

/** The number of the first award of a track to a learner. */
const FIRST_ROUND = 1;

export type AwardDecision =
  | { kind: "award"; round: number }
  /** Earned before; what was awarded stands, or is on hold. */
  | { kind: "held"; award: StandingAward }
  | { kind: "not-yet"; because: "requirement-not-met"; sentence: string };

const ofTrack = (trackId: string, awards: readonly StandingAward[]): StandingAward[] =>
  awards.filter((one) => one.trackId === trackId);

/**
 * Whether a learner is to be awarded a track now. What was revoked may be earned again, in the
 * next round.
 * @param awards what the learner was awarded so far, on any account
 */
export function decideAward(
  trackId: string,
  verdict: Verdict,
  awards: readonly StandingAward[],
): AwardDecision {
  const own = ofTrack(trackId, awards);
  const award = own.find(({ standing }) => standing.state !== "revoked");
  if (award !== undefined) return { kind: "held", award };
  if (!isDone(verdict))
    return { kind: "not-yet", because: "requirement-not-met", sentence: verdict.sentence };
  return { kind: "award", round: Math.max(FIRST_ROUND - 1, ...own.map(({ round }) => round)) + 1 };
}

/**
 * From when on a learner's results count towards a track: an administrator who revokes an award
 * does not see it come back by itself, by the very results that earned it.
 * @returns undefined when all of them count
 */
export function countsFrom(trackId: string, awards: readonly StandingAward[]): Date | undefined {
  const decided = ofTrack(trackId, awards)
    .filter(({ standing }) => standing.state === "revoked" && standing.cause === "administrator")
    .map(({ standing }) => standing.since.getTime());
  return decided.length === 0 ? undefined : new Date(Math.max(...decided));
}
