import { isPercent } from "../courses/exam.js";

/**
 * What a track asks for, as a tree stored as data. Every node has an id of its own, unique in
 * its tree, so that an explanation can name it.
 */
export type Requirement =
  | { id: string; kind: "all-of"; of: Requirement[] }
  | { id: string; kind: "at-least"; count: number; of: Requirement[] }
  | { id: string; kind: "exam-passed"; examId: string; passMarkPercent?: number | undefined };

/** The exams that a tree mentions, each once. */
export function examIdsOf(requirement: Requirement): string[] {
  const found = new Set<string>();
  const visit = (node: Requirement): void => {
    if (node.kind === "exam-passed") found.add(node.examId);
    else node.of.forEach(visit);
  };
  visit(requirement);
  return [...found];
}

/** More steps, groups included, than any sensible track. */
export const MOST_STEPS = 120;

/** Levels of groups within groups. */
export const MOST_LEVELS = 6;

/** What is wrong with one step of a tree. */
export type RequirementFault = { nodeId: string; sentence: string };

/**
 * What is wrong with a tree, each fault with the step it belongs to; empty when it can be met.
 * @param isExam whether the organisation has an exam of that id
 */
export function faultsOfRequirement(
  root: Requirement,
  isExam: (examId: string) => boolean,
): RequirementFault[] {
  const faults: RequirementFault[] = [];
  const seen = new Set<string>();
  const visit = (node: Requirement, level: number): void => {
    const fault = (sentence: string) => faults.push({ nodeId: node.id, sentence });
    if (seen.has(node.id)) fault("Two steps have the same id.");
    seen.add(node.id);
    // A forged tree is not walked to its end.
    if (seen.size > MOST_STEPS) return;
    if (node.kind === "exam-passed") {
      const sentence = faultOfExamStep(node, isExam);
      if (sentence !== undefined) fault(sentence);
      return;
    }
    const sentence = faultOfGroup(node, level);
    if (sentence !== undefined) fault(sentence);
    if (level <= MOST_LEVELS) for (const step of node.of) visit(step, level + 1);
  };
  visit(root, 1);
  if (seen.size > MOST_STEPS) {
    faults.push({ nodeId: root.id, sentence: `Use at most ${MOST_STEPS} steps.` });
  }
  return faults;
}

function faultOfExamStep(
  step: Extract<Requirement, { kind: "exam-passed" }>,
  isExam: (examId: string) => boolean,
): string | undefined {
  if (!isExam(step.examId)) return "Choose an exam; this one does not exist.";
  const mark = step.passMarkPercent;
  if (mark !== undefined && !isPercent(mark)) {
    return "Enter a pass mark from 0 to 100, or leave it empty.";
  }
  return undefined;
}

function faultOfGroup(
  group: Extract<Requirement, { of: Requirement[] }>,
  level: number,
): string | undefined {
  if (level > MOST_LEVELS) return `Put at most ${MOST_LEVELS} groups into each other.`;
  if (group.of.length === 0) return "This group has no steps. Add one, or remove the group.";
  if (group.kind === "all-of") return undefined;
  const offered = group.of.length;
  const isCount = Number.isInteger(group.count) && group.count >= 1 && group.count <= offered;
  return isCount ? undefined : `Ask for at least 1 and at most ${offered} of these steps.`;
}
