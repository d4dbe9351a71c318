import type { Requirement } from "../tracks/requirement.js";

/** A tree in words: a sentence, and the sentences of what it asks for. */
export type RequirementSentence = { sentence: string; steps: RequirementSentence[] };

/** What a sentence calls an exam, and the pass mark that stands where a step sets none. */
export type NamedExam = { name: string; passMarkPercent: number };

/**
 * Says in plain words what a track asks for.
 * @param exams by id; an exam that is gone is called so
 */
export function describeRequirement(
  requirement: Requirement,
  exams: ReadonlyMap<string, NamedExam>,
): RequirementSentence {
  const describe = (node: Requirement): RequirementSentence => {
    switch (node.kind) {
      case "exam-passed": {
        const exam = exams.get(node.examId);
        if (exam === undefined)
          return { sentence: "Pass an exam that no longer exists.", steps: [] };
        const percent = node.passMarkPercent ?? exam.passMarkPercent;
        return { sentence: `Pass ${exam.name} with at least ${percent}%.`, steps: [] };
      }
      case "all-of":
        return { sentence: allOf(node.of.length), steps: node.of.map(describe) };
      case "at-least":
        return { sentence: atLeast(node.count, node.of.length), steps: node.of.map(describe) };
    }
  };
  return describe(requirement);
}

function allOf(count: number): string {
  if (count === 0) return "Nothing yet: this group has no steps.";
  if (count === 1) return "Do this:";
  return count === 2 ? "Do both of these:" : `Do all ${count} of these:`;
}

const atLeast = (count: number, total: number): string =>
  count === total ? allOf(total) : `Do at least ${count} of these ${total}:`;
