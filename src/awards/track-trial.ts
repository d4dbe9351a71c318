import type { LearnerWalk, WalkFinding } from "./learner-walk.js";

/** What publishing a draft would mean, learner by learner: looked at before it is published. */
export type TrackTrial = LearnerWalk & {
  /** Which text of the draft it is about. */
  draftWrittenAt: Date;
  /** The version that the draft has become. */
  publishedAs?: number | undefined;
};

/** A learner whom publishing would award, and why. */
export type TrialCandidate = WalkFinding & { sentence: string };
