import { shareOf, type Verdict } from "../progress/verdict.js";
import type { LearnerWalk, WalkFinding } from "./learner-walk.js";

/**
 * Moving everybody who began a track under an earlier version to the one in force: looked at first,
 * learner by learner, and done when an administrator has seen it and says so.
 */
export type GroupMove = LearnerWalk & {
  /** The version that was in force when it began. */
  version: number;
  /** Absent until it is decided. */
  decision?: { by: string; at: Date; reason: string } | undefined;
  /** Of what was found: behind which learner to go on moving. */
  movedBehind: string;
  /** Who was on an earlier version still. */
  moved: number;
  /** When the last of them was moved, or another version was published and it stopped. */
  doneAt?: Date | undefined;
};

/** How far a learner would be from the end, compared with now. */
export type MoveEffect = "nearer" | "same" | "farther";

/** A learner who would be moved, and what that would mean: both in the words that they see. */
export type GroupMember = WalkFinding & {
  ownVersion: number;
  before: string;
  after: string;
  effect: MoveEffect;
};

const leftOf = (verdict: Verdict): number => {
  const { done, needed } = shareOf(verdict);
  return needed - done;
};

/** Whether a learner would have more steps to do than now. */
export function effectOf(before: Verdict, after: Verdict): MoveEffect {
  const more = leftOf(after) - leftOf(before);
  if (more === 0) return "same";
  return more > 0 ? "farther" : "nearer";
}
