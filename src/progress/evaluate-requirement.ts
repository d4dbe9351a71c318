import type { Requirement } from "../tracks/requirement.js";
import { type GradedFact, percentOfFact, reaches } from "./exam-fact.js";
import { plainCount, plainDate, plainList, plainPercent } from "./plain-words.js";
import type { Standing } from "./standing.js";
import type { Verdict } from "./verdict.js";

/** What a step calls an exam, and the pass mark where the step sets none. */
export type NamedExam = { courseId: string; title: string; passMarkPercent: number };

/** What a tree is evaluated against. */
export type Evaluation = {
  /** By exam; see `foldStandings`. */
  standings: ReadonlyMap<string, Standing>;
  /** By exam. A step whose exam is gone can no longer be met. */
  exams: ReadonlyMap<string, NamedExam>;
};

type ExamStep = Extract<Requirement, { kind: "exam-passed" }>;
type Group = Exclude<Requirement, ExamStep>;

/**
 * Says for every step of a tree where the learner stands, why, and which facts count. The
 * sentence is made from the very values that decide, so the two cannot disagree.
 */
export function evaluateRequirement(node: Requirement, given: Evaluation): Verdict {
  return node.kind === "exam-passed" ? evaluateExam(node, given) : evaluateGroup(node, given);
}

/** The first result that passes: later ones change nothing about when it was passed. */
function findPass(step: ExamStep, counting: readonly GradedFact[]): GradedFact | undefined {
  return counting.find((fact) =>
    reaches(percentOfFact(fact), step.passMarkPercent ?? fact.passMarkPercent),
  );
}

function evaluateExam(step: ExamStep, given: Evaluation): Verdict {
  const base = { nodeId: step.id, kind: step.kind, needed: 0, steps: [] };
  const exam = given.exams.get(step.examId);
  if (exam === undefined) {
    const sentence = "This exam is no longer offered.";
    return { ...base, state: "missing", sentence, evidence: [] };
  }
  const standing = given.standings.get(step.examId);
  const counting = standing?.counting ?? [];
  const pass = findPass(step, counting);
  const best = findBest(counting);
  // A result is held against the mark in force when it was given, so that one is named.
  const passMarkPercent =
    step.passMarkPercent ?? (pass ?? best)?.passMarkPercent ?? exam.passMarkPercent;
  return {
    ...base,
    state: stateOf(pass, best),
    sentence: `${exam.title}: ${sayResult({ standing, pass, best, passMarkPercent })}.`,
    evidence: pass === undefined ? [] : [pass.id],
    exam: {
      examId: step.examId,
      courseId: exam.courseId,
      title: exam.title,
      bestPercent: best && percentOfFact(best),
      passMarkPercent,
      passedAt: pass?.occurredAt,
    },
  };
}

function stateOf(pass: GradedFact | undefined, best: GradedFact | undefined): Verdict["state"] {
  if (pass !== undefined) return "met";
  return best === undefined ? "missing" : "in-progress";
}

function findBest(counting: readonly GradedFact[]): GradedFact | undefined {
  return counting.reduce<GradedFact | undefined>(
    (best, fact) => (best === undefined || percentOfFact(fact) > percentOfFact(best) ? fact : best),
    undefined,
  );
}

function sayResult(result: {
  standing: Standing | undefined;
  pass: GradedFact | undefined;
  best: GradedFact | undefined;
  passMarkPercent: number;
}): string {
  const { standing, pass, best, passMarkPercent } = result;
  if (pass !== undefined) {
    return `passed with ${plainPercent(percentOfFact(pass))} on ${plainDate(pass.occurredAt)}`;
  }
  const needed = `${passMarkPercent}% is needed to pass`;
  if (best !== undefined) return `the result is ${plainPercent(percentOfFact(best))}; ${needed}`;
  return standing?.isCleared === true
    ? `the grade was taken back; ${needed}`
    : `not taken yet; ${needed}`;
}

function evaluateGroup(group: Group, given: Evaluation): Verdict {
  const steps = group.of.map((step) => evaluateRequirement(step, given));
  const wanted = group.kind === "all-of" ? steps.length : group.count;
  // Nothing asked for is nothing earned, should such a tree ever get here.
  const needed = Math.max(1, wanted);
  const met = steps.filter(({ state }) => state === "met");
  const begun = steps.some(({ state }) => state !== "missing");
  const isMet = met.length >= needed;
  return {
    nodeId: group.id,
    kind: group.kind,
    state: isMet ? "met" : begun ? "in-progress" : "missing",
    sentence: isMet
      ? sentenceOfMet(met.length, needed)
      : sentenceOfOpen({ steps, met: met.length, needed }),
    evidence: [...new Set(met.flatMap(({ evidence }) => evidence))],
    needed,
    steps,
  };
}

function sentenceOfMet(met: number, needed: number): string {
  if (met > needed) return `${plainCount(met, "step")} done, ${needed} needed: complete.`;
  return needed === 1 ? "Done." : `All ${plainCount(needed, "step")} done.`;
}

/** More than this many names are counted instead of listed. */
const MOST_NAMES = 5;

const openOf = (steps: readonly Verdict[]): Verdict[] =>
  steps.filter(({ state }) => state !== "met");

function sentenceOfOpen(group: { steps: Verdict[]; met: number; needed: number }): string {
  const { steps, met, needed } = group;
  const open = openOf(steps);
  const lacking = needed - met;
  const done = `${met} of ${plainCount(needed, "step")} done`;
  if (open.length < lacking) return `${done}; this cannot be completed as it stands.`;
  const only = open.length === 1 ? open[0] : undefined;
  const choices = only === undefined ? sayChoices(open.map(nameOf), lacking) : nameOf(only);
  return `${done}; ${choices} would complete this.`;
}

/** What would do: `A and B`, `A or B`, `any 2 of A, B and C`. */
function sayChoices(names: readonly string[], lacking: number): string {
  if (names.length > MOST_NAMES) {
    return lacking === names.length
      ? `the other ${names.length} steps`
      : `any ${lacking} of the other ${names.length}`;
  }
  if (lacking === names.length) return plainList(names, "and");
  if (lacking === 1) return plainList(names, "or");
  return `any ${lacking} of ${plainList(names, "and")}`;
}

/** What a sentence calls an open step: the exam's name, or what a group still lacks. */
function nameOf(step: Verdict): string {
  if (step.exam !== undefined) return step.exam.title;
  if (step.kind === "exam-passed") return "an exam that is no longer offered";
  const open = openOf(step.steps);
  const lacking = step.needed - (step.steps.length - open.length);
  const names = open.flatMap(({ exam }) => exam?.title ?? []);
  if (names.length < open.length || names.length > MOST_NAMES || open.length === 0) {
    return `${lacking} of a group of ${plainCount(step.steps.length, "step")}`;
  }
  const choices = sayChoices(names, lacking);
  return lacking === 1 && names.length > 1 ? `one of ${choices}` : choices;
}
