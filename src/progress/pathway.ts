import type { Requirement } from "../tracks/requirement.js";
import { isDone, shareOf, type Verdict } from "./verdict.js";

/** How a step is drawn on the pathway. */
export type PathShape = "exam" | "activity" | "award" | "gate" | "all" | "choice" | "order";

/** One step of a track as it is drawn, from its first step down to its badge. */
export type PathStep = {
  shape: PathShape;
  /** Undefined where the track is drawn and nobody's progress on it. */
  state: Verdict["state"] | undefined;
  /** In front of the sentence: a course's code, or what a group asks for. */
  mark: string | undefined;
  /** Set where the exam can be opened from the page. */
  openExamId: string | undefined;
  sentence: string;
  /** What would come next for this learner. */
  isNext: boolean;
  steps: PathStep[];
};

/** How a step is drawn; of `at-least` whether there is anything to choose. */
export function shapeOf(kind: Requirement["kind"], hasChoice: boolean): PathShape {
  switch (kind) {
    case "exam-passed":
      return "exam";
    case "activity-completed":
      return "activity";
    case "micro-credential-held":
      return "award";
    case "eligibility":
      return "gate";
    case "in-order":
      return "order";
    case "at-least-hours":
      return "choice";
    case "all-of":
    case "at-least":
      return hasChoice ? "choice" : "all";
  }
}

const lacking = (verdict: Verdict): number => {
  const { done, needed } = shareOf(verdict);
  return needed - done;
};

/**
 * The step that would come next: along the order of the tree, and where there is a choice along
 * what is nearest to its end. Undefined when all is done, or when nothing is the learner's to do.
 */
export function nextStepOf(verdict: Verdict): Verdict | undefined {
  if (isDone(verdict)) return undefined;
  if (verdict.steps.length === 0)
    return verdict.state === "blocked" || verdict.exam?.isSpent === true ? undefined : verdict;
  const open = verdict.steps.filter((step) => !isDone(step));
  const isChoice = verdict.needed < verdict.steps.length;
  const inTurn = isChoice
    ? open.toSorted((one, other) => lacking(one) - lacking(other))
    : // What waits for the others comes after them.
      open.filter(({ state }) => state !== "blocked");
  for (const step of inTurn) {
    const next = nextStepOf(step);
    if (next !== undefined) return next;
  }
  return undefined;
}

function markOf(verdict: Verdict, codeOf: (courseId: string) => string | undefined) {
  const { kind, exam, hours, needed, steps } = verdict;
  if (exam !== undefined) return codeOf(exam.courseId);
  if (steps.length === 0) return kind === "eligibility" ? "Who it is for" : "Micro-credential";
  if (hours !== undefined) return `At least ${hours.needed} contact hours of these:`;
  if (kind === "in-order") return "All of these, the last once the others are done:";
  return needed === steps.length ? "All of these:" : `Any ${needed} of these ${steps.length}:`;
}

/** What drawing a verdict takes beside it. */
export type PathNames = {
  courses: ReadonlyMap<string, { code: string }>;
  /** The course whose exams open from the page. */
  openCourseId?: string | undefined;
};

/** A verdict as it is drawn: the whole tree with its root. */
export function pathOf(root: Verdict, { courses, openCourseId }: PathNames): PathStep {
  const nextId = nextStepOf(root)?.nodeId;
  const draw = (verdict: Verdict): PathStep => {
    const { nodeId, kind, state, sentence, exam, needed, steps } = verdict;
    return {
      shape: shapeOf(kind, needed < steps.length),
      state,
      mark: markOf(verdict, (courseId) => courses.get(courseId)?.code),
      openExamId: exam !== undefined && exam.courseId === openCourseId ? exam.examId : undefined,
      sentence,
      isNext: nodeId === nextId,
      steps: steps.map(draw),
    };
  };
  return draw(root);
}
