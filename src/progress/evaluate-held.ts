import type { RequirementLeaf } from "../tracks/requirement.js";
import type { Evaluation } from "./evaluation.js";
import { plainDate } from "./plain-words.js";
import type { Verdict } from "./verdict.js";

type HeldStep = Extract<RequirementLeaf, { kind: "micro-credential-held" }>;

/** Whether the award of another track is held; if not, how far the learner is there. */
export function evaluateHeld(step: HeldStep, given: Evaluation): Verdict {
  const known = given.trackNames.get(step.trackId);
  const award = given.held.get(step.trackId);
  const name = known ?? "A micro-credential that is no longer offered";
  const base = {
    nodeId: step.id,
    kind: step.kind,
    needed: 0,
    steps: [],
    held: { trackId: step.trackId, name, awardId: award?.awardId },
  };
  if (award !== undefined) {
    const sentence = `${name}: earned on ${plainDate(award.awardedAt)}.`;
    return { ...base, state: "met", sentence, evidence: [award.awardId] };
  }
  if (known === undefined) return { ...base, state: "missing", sentence: `${name}.`, evidence: [] };
  const verdict = given.underWay(step.trackId);
  if (verdict === undefined)
    return { ...base, state: "missing", sentence: `${name}: not earned yet.`, evidence: [] };
  return {
    ...base,
    state: verdict.state === "missing" || verdict.state === "blocked" ? "missing" : "in-progress",
    sentence: `${name}: not earned yet. ${verdict.sentence}`,
    evidence: [],
  };
}
