/**
 * What a track or programme asks for, as a tree stored as data. Every node has an id of its own,
 * unique in its tree, so that an explanation can name it.
 */
export type Requirement = RequirementGroup | RequirementLeaf;

export type RequirementGroup =
  | { id: string; kind: "all-of"; of: Requirement[] }
  | { id: string; kind: "at-least"; count: number; of: Requirement[] }
  /** Contact hours of the courses behind the steps that are met, each course once. */
  | { id: string; kind: "at-least-hours"; hours: number; of: Requirement[] }
  /** All of them, and the last counts only once the others are met. */
  | { id: string; kind: "in-order"; of: Requirement[] };

export type RequirementLeaf =
  | { id: string; kind: "exam-passed"; examId: string; passMarkPercent?: number | undefined }
  /** An `Exam` of kind "activity" that an assessor has accepted. */
  | { id: string; kind: "activity-completed"; examId: string }
  /** The award of another track, so that micro-credentials stack. */
  | { id: string; kind: "micro-credential-held"; trackId: string }
  | EligibilityStep;

/**
 * Who may earn it: someone who works or studies in a profession, or only who holds a verified
 * licence. The latter stands before the last step of an `in-order` group, and the licence must
 * have been valid when that last step was done.
 */
export type EligibilityStep = {
  id: string;
  kind: "eligibility";
  professionId: string;
  asks: "student-or-practitioner" | "licence";
};

export const isGroup = (node: Requirement): node is RequirementGroup => "of" in node;

/** Every node of a tree, groups before what they hold. */
export function nodesOf(root: Requirement): Requirement[] {
  return isGroup(root) ? [root, ...root.of.flatMap(nodesOf)] : [root];
}

/** The exams, projects and activities that a tree mentions, each once. */
export function examIdsOf(requirement: Requirement): string[] {
  return [
    ...new Set(nodesOf(requirement).flatMap((node) => ("examId" in node ? node.examId : []))),
  ];
}

/** The tracks whose award a tree asks for, each once. */
export function trackIdsOf(requirement: Requirement): string[] {
  return [
    ...new Set(nodesOf(requirement).flatMap((node) => ("trackId" in node ? node.trackId : []))),
  ];
}

/** More steps, groups included, than any sensible track. */
export const MOST_STEPS = 120;

/** Levels of groups within groups. */
export const MOST_LEVELS = 6;
