import { type PathStep, shapeOf } from "../progress/pathway.js";
import {
  type EligibilityStep,
  isGroup,
  type Requirement,
  type RequirementGroup,
  type RequirementLeaf,
} from "../tracks/requirement.js";

/** What a sentence calls an exam, and the pass mark that stands where a step sets none. */
export type NamedExam = { name: string; passMarkPercent: number };

/** What the sentences call what a tree mentions, by id; what is gone is called so. */
export type RequirementNames = {
  exams: ReadonlyMap<string, NamedExam>;
  tracks: ReadonlyMap<string, string>;
  professions: ReadonlyMap<string, string>;
};

/** Draws what a track asks for, in plain words. */
export function describeRequirement(node: Requirement, names: RequirementNames): PathStep {
  const steps = isGroup(node) ? node.of.map((step) => describeRequirement(step, names)) : [];
  const hasChoice = node.kind === "at-least" && node.count < steps.length;
  return {
    ...{ state: undefined, mark: undefined, openExamId: undefined, isNext: false },
    shape: shapeOf(node.kind, hasChoice),
    sentence: isGroup(node) ? describeGroup(node) : describeLeaf(node, names),
    steps,
  };
}

function describeLeaf(leaf: RequirementLeaf, names: RequirementNames): string {
  switch (leaf.kind) {
    case "exam-passed": {
      const exam = names.exams.get(leaf.examId);
      if (exam === undefined) return "Pass an exam that no longer exists.";
      return `Pass ${exam.name} with at least ${leaf.passMarkPercent ?? exam.passMarkPercent}%.`;
    }
    case "activity-completed":
      return `Have ${names.exams.get(leaf.examId)?.name ?? "an activity that no longer exists"} accepted.`;
    case "micro-credential-held":
      return `Earn ${names.tracks.get(leaf.trackId) ?? "a micro-credential that is no longer offered"}.`;
    case "eligibility":
      return describeEligibility(leaf, names);
  }
}

function describeEligibility(
  { professionId, asks }: EligibilityStep,
  { professions }: RequirementNames,
): string {
  const name = professions.get(professionId) ?? "a profession that is no longer listed";
  return asks === "licence"
    ? `Hold a verified licence or registration as ${name}, valid when the last step is done.`
    : `Be a student or practitioner: ${name}.`;
}

function describeGroup(group: RequirementGroup): string {
  const total = group.of.length;
  switch (group.kind) {
    case "all-of":
      return allOf(total);
    case "at-least":
      return group.count === total ? allOf(total) : `Do at least ${group.count} of these ${total}:`;
    case "at-least-hours":
      return `Do at least ${group.hours} contact hours of these:`;
    case "in-order":
      return "Do all of these; the last counts once the others are done:";
  }
}

function allOf(count: number): string {
  if (count === 0) return "Nothing yet: this group has no steps.";
  if (count === 1) return "Do this:";
  return count === 2 ? "Do both of these:" : `Do all ${count} of these:`;
}
