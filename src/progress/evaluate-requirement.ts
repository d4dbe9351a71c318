import {
  isGroup,
  type Requirement,
  type RequirementGroup,
  type RequirementLeaf,
} from "../tracks/requirement.js";
import { evaluateEligibility } from "./evaluate-eligibility.js";
import { evaluateExam } from "./evaluate-exam.js";
import { evaluateHeld } from "./evaluate-held.js";
import type { Evaluation } from "./evaluation.js";
import { blockedSentence, sentenceOfGroup } from "./group-sentences.js";
import { hoursOf } from "./hours-of.js";
import { isDone, type Verdict } from "./verdict.js";

/**
 * Says for every step of a tree where the learner stands, why, and which facts count. The
 * sentence is made from the very values that decide, so the two cannot disagree.
 */
export function evaluateRequirement(root: Requirement, given: Evaluation): Verdict {
  const verdict = evaluate(root, given, undefined);
  const awaitsLicence = isDone(verdict) ? undefined : findAwaitedLicence(verdict);
  if (awaitsLicence === undefined) return verdict;
  return {
    ...verdict,
    awaitsLicence,
    sentence: `Everything is done; what is missing is a verified licence as ${awaitsLicence.name}.`,
  };
}

/**
 * @param licensedAs the professions in which a licence must have been valid when the step was done
 */
function evaluate(
  node: Requirement,
  given: Evaluation,
  licensedAs: readonly string[] | undefined,
): Verdict {
  return isGroup(node)
    ? evaluateGroup(node, given, licensedAs)
    : evaluateLeaf(node, given, licensedAs);
}

function evaluateLeaf(
  leaf: RequirementLeaf,
  given: Evaluation,
  licensedAs: readonly string[] | undefined,
): Verdict {
  switch (leaf.kind) {
    case "exam-passed":
    case "activity-completed":
      return evaluateExam(leaf, given, licensedAs);
    case "micro-credential-held":
      return evaluateHeld(leaf, given);
    case "eligibility":
      return evaluateEligibility(leaf, given);
  }
}

function evaluateGroup(
  group: RequirementGroup,
  given: Evaluation,
  licensedAs: readonly string[] | undefined,
): Verdict {
  const steps =
    group.kind === "in-order"
      ? evaluateInOrder(group.of, given, licensedAs)
      : group.of.map((step) => evaluate(step, given, licensedAs));
  const done = steps.filter(isDone);
  const hours = group.kind === "at-least-hours" ? hoursOf(done, given) : 0;
  const needed = neededOf(group, { steps, done: done.length, hours, given });
  const isMet = group.kind === "at-least-hours" ? hours >= group.hours : done.length >= needed;
  const evidence = new Set<string>();
  for (const step of done) for (const id of step.evidence) evidence.add(id);
  const verdict: Verdict = {
    nodeId: group.id,
    kind: group.kind,
    state: isMet ? "met" : steps.some(hasBegun) ? "in-progress" : "missing",
    sentence: sentenceOfGroup(group, { steps, done: done.length, needed, isMet, hours, given }),
    evidence: [...evidence],
    needed,
    steps,
  };
  if (group.kind === "at-least-hours") verdict.hours = { done: hours, needed: group.hours };
  return verdict;
}

const hasBegun = ({ state, exam }: Verdict): boolean =>
  state === "met" ||
  state === "waived" ||
  state === "in-progress" ||
  (state === "blocked" && exam?.passedAt !== undefined);

/** How many steps must be met. Of contact hours: the fewest that would do. */
function neededOf(
  group: RequirementGroup,
  about: { steps: Verdict[]; done: number; hours: number; given: Evaluation },
): number {
  switch (group.kind) {
    case "all-of":
    case "in-order":
      // Nothing asked for is nothing earned, should such a tree ever get here.
      return Math.max(1, group.of.length);
    case "at-least":
      return Math.max(1, group.count);
    case "at-least-hours": {
      if (about.hours >= group.hours) return Math.max(1, about.done);
      const open = about.steps.filter((step) => !isDone(step));
      const gains = open
        .map((step) => hoursOf([step], about.given))
        .sort((one, other) => other - one);
      let lacking = group.hours - about.hours;
      let more = 0;
      for (const gain of gains) {
        if (lacking <= 0) break;
        lacking -= gain;
        more += 1;
      }
      return about.done + Math.max(1, more) + (lacking > 0 && more === open.length ? 1 : 0);
    }
  }
}

/** The last step counts only once the others are done, and by the licences asked for before it. */
function evaluateInOrder(
  of: readonly Requirement[],
  given: Evaluation,
  licensedAs: readonly string[] | undefined,
): Verdict[] {
  const last = of.at(-1);
  if (last === undefined) return [];
  const earlier = of.slice(0, -1);
  const steps = earlier.map((step) => evaluate(step, given, licensedAs));
  const asked = earlier.flatMap((step) =>
    step.kind === "eligibility" && step.asks === "licence" ? step.professionId : [],
  );
  const verdict = evaluate(
    last,
    given,
    asked.length === 0 ? licensedAs : [...(licensedAs ?? []), ...asked],
  );
  steps.push(steps.every(isDone) ? verdict : block(verdict));
  return steps;
}

const block = (verdict: Verdict): Verdict => ({
  ...verdict,
  state: "blocked",
  evidence: [],
  sentence: blockedSentence(verdict),
});

/** The licence that alone stands between this verdict and its end. */
function findAwaitedLicence(root: Verdict): { professionId: string; name: string } | undefined {
  let found: { professionId: string; name: string } | undefined;
  const wouldBeDone = (verdict: Verdict): boolean => {
    if (verdict.eligibility !== undefined) {
      if (verdict.state === "blocked") found ??= verdict.eligibility;
      return isDone(verdict) || verdict.state === "blocked";
    }
    if (verdict.steps.length === 0) return isDone(verdict) || verdict.exam?.passedAt !== undefined;
    if (verdict.hours !== undefined) return verdict.hours.done >= verdict.hours.needed;
    return verdict.steps.filter(wouldBeDone).length >= verdict.needed;
  };
  return wouldBeDone(root) ? found : undefined;
}
