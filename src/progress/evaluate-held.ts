import type { Evaluation } from "./evaluation.js";
import { plainDate } from "./plain-words.js";
import type { PreparedHeld } from "./prepared-step.js";
import type { Verdict } from "./verdict.js";

/** Whether the award of another track is held; if not, how far the learner is there. */
export function evaluateHeld(step: PreparedHeld, given: Evaluation): Verdict {
  const { id: nodeId, kind, trackId, name } = step;
  const award = given.held.get(trackId);
  if (award !== undefined) {
    const { awardId, awardedAt } = award;
    return {
      nodeId,
      kind,
      needed: 0,
      steps: [],
      held: { trackId, name, awardId },
      state: "met",
      sentence: `${name}: earned on ${plainDate(awardedAt)}.`,
      evidence: [awardId],
    };
  }
  const verdict = step.isOffered ? given.underWay(trackId) : undefined;
  if (verdict === undefined) return step.missing;
  return {
    nodeId,
    kind,
    needed: 0,
    steps: [],
    held: { trackId, name, awardId: undefined },
    state: verdict.state === "missing" || verdict.state === "blocked" ? "missing" : "in-progress",
    sentence: `${name}: not earned yet. ${verdict.sentence}`,
    evidence: [],
  };
}
