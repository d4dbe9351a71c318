import { wasValidAt } from "../eligibility/eligibility.js";
import { isGroup, nodesOf, type Requirement } from "../tracks/requirement.js";
import { createExplainer, type LearnerRecord } from "./explain-progress.js";
import { editionsFor } from "./own-edition.js";
import type { Catalogue } from "./read-catalogue.js";
import { isDone, type Verdict } from "./verdict.js";

const mentions = (node: Requirement, examId: string): boolean =>
  nodesOf(node).some((one) => "examId" in one && one.examId === examId);

/** Why one tree keeps an exam closed, innermost reasons last; undefined where it opens. */
function whyClosedBy(
  node: Requirement,
  verdict: Verdict,
  about: { examId: string; record: LearnerRecord; now: Date },
): string | undefined {
  if (!isGroup(node)) return undefined;
  const { examId, record, now } = about;
  const reasons = node.of.map((step, index) => {
    const below = verdict.steps[index];
    if (below === undefined || !mentions(step, examId)) return "not-here";
    if (node.kind !== "in-order" || index < node.of.length - 1)
      return whyClosedBy(step, below, about);
    const open = verdict.steps.slice(0, -1).find((earlier) => !isDone(earlier));
    if (open !== undefined) return open.sentence;
    for (const earlier of node.of) {
      if (earlier.kind !== "eligibility" || earlier.asks !== "licence") continue;
      const known = record.eligibility.find(
        ({ professionId }) => professionId === earlier.professionId,
      );
      if (known?.licences.some((licence) => wasValidAt(licence, now)) !== true)
        return "Your licence is not valid today. Hand in the one that is.";
    }
    return whyClosedBy(step, below, about);
  });
  const here = reasons.filter((reason) => reason !== "not-here");
  // Where it is asked for twice, the way that is open is open.
  return here.includes(undefined) ? undefined : here[0];
}

/**
 * Why an exam does not open yet for a learner: every track that asks for it has it last in an
 * order, and the steps before are not done, or the licence asked for is not valid today.
 * @param catalogue the tracks that mention the exam
 */
export function whyNotOpen(
  catalogue: Catalogue,
  about: { examId: string; record: LearnerRecord; now: Date },
): string | undefined {
  const { examId, record, now } = about;
  const explain = createExplainer(catalogue, record, now);
  let why: string | undefined;
  const tracks = catalogue.tracks.flatMap((track) => editionsFor(track, catalogue, record));
  for (const track of tracks) {
    if (!mentions(track.requirement, examId)) continue;
    const reason = whyClosedBy(track.requirement, explain(track), about);
    if (reason === undefined) return undefined;
    why ??= reason;
  }
  return why;
}
