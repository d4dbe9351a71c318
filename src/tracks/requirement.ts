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
