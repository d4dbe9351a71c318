import { isGroup, type Requirement, type RequirementLeaf } from "../tracks/requirement.js";
import type { NamedExam, Names } from "./evaluation.js";
import type { Verdict } from "./verdict.js";

/**
 * A step of a tree with everything that it says which is the same for every learner, looked up
 * and worded once: what a published version asks for is evaluated for thousands of learners.
 */
export type PreparedStep = PreparedExam | PreparedHeld | PreparedEligibility | PreparedGroup;

type Leaf = {
  id: string;
  /** What a sentence calls it. */
  name: string;
};

/** A profession in which a licence must have been valid when a step was done. */
export type AskedLicence = { professionId: string; name: string };

export type PreparedExam = Leaf & {
  kind: "exam-passed" | "activity-completed";
  examId: string;
  /** Undefined when it is no longer offered. */
  exam: NamedExam | undefined;
  /** The step's own; undefined where the exam's counts. */
  passMarkPercent: number | undefined;
  licensedAs: readonly AskedLicence[];
  /** The verdict on whoever has no result. */
  untouched: Verdict;
};

export type PreparedHeld = Leaf & {
  kind: "micro-credential-held";
  trackId: string;
  isOffered: boolean;
  /** The verdict on whoever does not hold it and of whose way there nothing is known. */
  missing: Verdict;
};

export type PreparedEligibility = Leaf & {
  kind: "eligibility";
  profession: AskedLicence;
  asks: "student-or-practitioner" | "licence";
};

export type PreparedGroup = {
  id: string;
  kind: "all-of" | "at-least" | "at-least-hours" | "in-order";
  of: readonly PreparedStep[];
  /** How many steps must be done; of hours see `neededOfHours`. */
  needed: number;
  /** Contact hours asked for; 0 where steps are counted. */
  hours: number;
  exams: Names["exams"];
  /** Whether a licence is asked for anywhere below. */
  asksEligibility: boolean;
  /**
   * Of a few steps without steps of their own: what the group says, by which of them are done
   * (a bit each). Filled as learners come by; undefined where that alone does not decide.
   */
  sentences: Map<number, string> | undefined;
};

/** So many steps make at most 1,024 sentences. */
const MOST_REMEMBERED = 10;

const NOT_LISTED = "a profession that is no longer listed";

const noneOf = <T>(): T[] => Object.freeze<T[]>([]) as T[];

/** Shared by everyone it is true of, so nobody may change it. */
const shared = (verdict: Omit<Verdict, "evidence" | "needed" | "steps">): Verdict =>
  Object.freeze({ ...verdict, evidence: noneOf<string>(), needed: 0, steps: noneOf<Verdict>() });

function prepareExam(
  step: Extract<RequirementLeaf, { examId: string }>,
  { exams }: Names,
  licensedAs: readonly AskedLicence[],
): PreparedExam {
  const { id, kind, examId } = step;
  const exam = exams.get(examId);
  const stepMark = kind === "exam-passed" ? step.passMarkPercent : undefined;
  const base = { id, kind, examId, exam, passMarkPercent: stepMark, licensedAs };
  const about = { nodeId: id, kind, state: "missing" as const };
  if (exam === undefined) {
    const what = kind === "exam-passed" ? "exam" : "activity";
    const untouched = shared({ ...about, sentence: `This ${what} is no longer offered.` });
    return { ...base, name: `an ${what} that is no longer offered`, untouched };
  }
  const { title, courseId } = exam;
  const passMarkPercent = stepMark ?? exam.passMarkPercent;
  const said =
    kind === "activity-completed"
      ? "not handed in yet"
      : `not taken yet; ${passMarkPercent}% is needed to pass`;
  const open = { bestPercent: undefined, passMarkPercent, passedAt: undefined };
  return {
    ...base,
    name: title,
    untouched: shared({
      ...about,
      sentence: `${title}: ${said}.`,
      exam: Object.freeze({ examId, courseId, title, ...open }),
    }),
  };
}

function prepareHeld(
  { id, kind, trackId }: Extract<RequirementLeaf, { trackId: string }>,
  { trackNames }: Names,
): PreparedHeld {
  const known = trackNames.get(trackId);
  const name = known ?? "A micro-credential that is no longer offered";
  const missing = shared({
    ...{ nodeId: id, kind, state: "missing" },
    sentence: known === undefined ? `${name}.` : `${name}: not earned yet.`,
    held: Object.freeze({ trackId, name, awardId: undefined }),
  });
  return { id, kind, trackId, name, isOffered: known !== undefined, missing };
}

function prepareLeaf(
  leaf: RequirementLeaf,
  names: Names,
  licensedAs: readonly AskedLicence[],
): PreparedStep {
  switch (leaf.kind) {
    case "exam-passed":
    case "activity-completed":
      return prepareExam(leaf, names, licensedAs);
    case "micro-credential-held":
      return prepareHeld(leaf, names);
    case "eligibility": {
      const { id, kind, professionId, asks } = leaf;
      const name = names.professionNames.get(professionId) ?? NOT_LISTED;
      return { id, kind, asks, profession: { professionId, name }, name: `eligibility as ${name}` };
    }
  }
}

const asksEligibility = (step: PreparedStep): boolean =>
  step.kind === "eligibility" || ("of" in step && step.asksEligibility);

/**
 * Prepares a tree for any number of learners.
 * @param licensedAs the professions in which a licence must have been valid when the step was done
 */
export function prepareRequirement(
  root: Requirement,
  names: Names,
  licensedAs: readonly AskedLicence[] = [],
): PreparedStep {
  if (!isGroup(root)) return prepareLeaf(root, names, licensedAs);
  const { id, kind } = root;
  const earlier = root.of.slice(0, -1).map((step) => prepareRequirement(step, names, licensedAs));
  const last = root.of.at(-1);
  const asked = earlier.flatMap((step) =>
    kind === "in-order" && step.kind === "eligibility" && step.asks === "licence"
      ? step.profession
      : [],
  );
  const of =
    last === undefined
      ? []
      : [...earlier, prepareRequirement(last, names, [...licensedAs, ...asked])];
  return {
    ...{ id, kind, of, exams: names.exams },
    // Nothing asked for is nothing earned, should such a tree ever get here.
    needed: Math.max(1, kind === "at-least" ? root.count : of.length),
    hours: kind === "at-least-hours" ? root.hours : 0,
    asksEligibility: of.some(asksEligibility),
    sentences:
      of.length <= MOST_REMEMBERED &&
      kind !== "at-least-hours" &&
      of.every((step) => !("of" in step))
        ? new Map()
        : undefined,
  };
}
