import { type Eligibility, wasValidAt } from "../eligibility/eligibility.js";
import type { RequirementLeaf } from "../tracks/requirement.js";
import type { CountedExam, Evaluation, NamedExam } from "./evaluation.js";
import { type GradedFact, percentOfFact, reaches } from "./exam-fact.js";
import { plainDate, plainPercent } from "./plain-words.js";
import type { Standing } from "./standing.js";
import type { Verdict } from "./verdict.js";

export type ExamStep = Extract<
  RequirementLeaf,
  { kind: "exam-passed" } | { kind: "activity-completed" }
>;

/** A result that passes, and the decision by which it counts where it is another course's. */
type Pass = { fact: GradedFact; by: CountedExam | undefined };

/** How a pass counts under the licences that are asked for. */
type Counting =
  | { kind: "counts" }
  | { kind: "waived"; reason: string }
  /** No licence is verified yet. */
  | { kind: "awaits-licence"; name: string }
  /** None of the verified licences was valid on that day. */
  | { kind: "without-licence"; name: string };

const rank = { counts: 0, waived: 1, "awaits-licence": 2, "without-licence": 3 } as const;

const doesCount = ({ kind }: Counting): boolean => kind === "counts" || kind === "waived";

const COUNTS: Counting = { kind: "counts" };

/**
 * Whether an exam was passed or an activity accepted.
 * @param licensedAs the professions in which a licence must have been valid on that day
 */
export function evaluateExam(
  step: ExamStep,
  given: Evaluation,
  licensedAs: readonly string[] | undefined,
): Verdict {
  const exam = given.exams.get(step.examId);
  if (exam === undefined) return noLongerOffered(step);
  const standing = given.standings.get(step.examId);
  const isActivity = step.kind === "activity-completed";
  const stepMark = isActivity ? undefined : step.passMarkPercent;
  const passes = findPasses(step.examId, stepMark, given);
  const { pass, counting } = chooseCounting(passes, given, licensedAs);
  const best = findBest(standing);
  // A result is held against the mark in force when it was given, so that one is named.
  const passMarkPercent = stepMark ?? (pass?.fact ?? best)?.passMarkPercent ?? exam.passMarkPercent;
  const said = pass
    ? sayPass(pass, counting, isActivity)
    : sayOpen({ standing, best, passMarkPercent, isActivity });
  return {
    nodeId: step.id,
    kind: step.kind,
    state: stateOf(pass, counting, best),
    sentence: `${exam.title}: ${said}.`,
    evidence: pass && doesCount(counting) ? [pass.fact.id] : [],
    needed: 0,
    exam: aboutExam(step, exam, { pass, counting, best, passMarkPercent }),
    steps: [],
  };
}

function noLongerOffered(step: ExamStep): Verdict {
  const what = step.kind === "exam-passed" ? "exam" : "activity";
  return {
    nodeId: step.id,
    kind: step.kind,
    state: "missing",
    sentence: `This ${what} is no longer offered.`,
    evidence: [],
    needed: 0,
    steps: [],
  };
}

function aboutExam(
  { examId }: ExamStep,
  { courseId, title }: NamedExam,
  found: {
    pass: Pass | undefined;
    counting: Counting;
    best: GradedFact | undefined;
    passMarkPercent: number;
  },
): NonNullable<Verdict["exam"]> {
  const { pass, counting, best, passMarkPercent } = found;
  const equivalencyId = pass?.by?.equivalencyId;
  return {
    examId,
    courseId,
    title,
    bestPercent: best && percentOfFact(best),
    passMarkPercent,
    passedAt: counting.kind === "without-licence" ? undefined : pass?.fact.occurredAt,
    ...(equivalencyId === undefined ? {} : { equivalencyId }),
  };
}

function stateOf(
  pass: Pass | undefined,
  counting: Counting,
  best: GradedFact | undefined,
): Verdict["state"] {
  if (pass === undefined) return best === undefined ? "missing" : "in-progress";
  switch (counting.kind) {
    case "counts":
      return "met";
    case "waived":
      return "waived";
    case "awaits-licence":
      return "blocked";
    case "without-licence":
      return "in-progress";
  }
}

/** Every result that passes, its own and those that a decision counts for it. */
function findPasses(examId: string, stepMark: number | undefined, given: Evaluation): Pass[] {
  const passes: Pass[] = [];
  const add = (standing: Standing | undefined, by: CountedExam | undefined): void => {
    for (const fact of standing?.counting ?? []) {
      if (reaches(percentOfFact(fact), stepMark ?? fact.passMarkPercent)) passes.push({ fact, by });
    }
  };
  add(given.standings.get(examId), undefined);
  for (const other of given.countedAs.get(examId) ?? [])
    add(given.standings.get(other.examId), other);
  return passes;
}

/**
 * Of several passes the one that counts best, and of those the first: later ones change nothing
 * about when it was passed.
 */
function chooseCounting(
  passes: readonly Pass[],
  given: Evaluation,
  licensedAs: readonly string[] | undefined,
): { pass: Pass | undefined; counting: Counting } {
  let pass: Pass | undefined;
  let counting: Counting = COUNTS;
  for (const candidate of passes) {
    const how = licensedAs === undefined ? COUNTS : countUnder(candidate.fact, given, licensedAs);
    const isBetter =
      pass === undefined ||
      rank[how.kind] < rank[counting.kind] ||
      (rank[how.kind] === rank[counting.kind] && candidate.fact.occurredAt < pass.fact.occurredAt);
    if (isBetter) {
      pass = candidate;
      counting = how;
    }
  }
  return { pass, counting };
}

function countUnder(fact: GradedFact, given: Evaluation, licensedAs: readonly string[]): Counting {
  let worst: Counting = COUNTS;
  for (const professionId of licensedAs) {
    const name = given.professionNames.get(professionId) ?? "a profession that is no longer listed";
    const how = countInProfession(fact, given.eligibility.get(professionId), name);
    if (rank[how.kind] > rank[worst.kind]) worst = how;
  }
  return worst;
}

function countInProfession(
  { occurredAt }: GradedFact,
  known: Eligibility | undefined,
  name: string,
): Counting {
  if (known === undefined || known.licences.length === 0) return { kind: "awaits-licence", name };
  if (known.licences.some((licence) => wasValidAt(licence, occurredAt))) return COUNTS;
  return known.dateWaiver === undefined
    ? { kind: "without-licence", name }
    : { kind: "waived", reason: known.dateWaiver.reason };
}

function findBest(standing: Standing | undefined): GradedFact | undefined {
  let best: GradedFact | undefined;
  for (const fact of standing?.counting ?? []) {
    if (best === undefined || percentOfFact(fact) > percentOfFact(best)) best = fact;
  }
  return best;
}

function sayPass({ fact, by }: Pass, counting: Counting, isActivity: boolean): string {
  const how = isActivity ? "accepted" : `passed with ${plainPercent(percentOfFact(fact))}`;
  const said = `${how} on ${plainDate(fact.occurredAt)}${by === undefined ? "" : sayEquivalency(by)}`;
  switch (counting.kind) {
    case "counts":
      return said;
    case "waived":
      return `${said}, while no licence was valid; it counts by way of exception: ${counting.reason.replace(/[.\s]+$/u, "")}`;
    case "awaits-licence":
      return `${said}; it counts once a licence as ${counting.name} that was valid on that day is verified`;
    case "without-licence":
      return `${said}, when no licence as ${counting.name} was valid, so it does not count`;
  }
}

const sayEquivalency = ({ title, since, isForOneLearner }: CountedExam): string =>
  ` in ${title}, which counts for it${isForOneLearner ? " for this learner" : ""} since ${plainDate(since)}`;

function sayOpen(result: {
  standing: Standing | undefined;
  best: GradedFact | undefined;
  passMarkPercent: number;
  isActivity: boolean;
}): string {
  const { standing, best, passMarkPercent, isActivity } = result;
  if (isActivity) {
    if (best !== undefined) return "not accepted yet";
    return standing?.isCleared === true ? "the decision was taken back" : "not handed in yet";
  }
  const needed = `${passMarkPercent}% is needed to pass`;
  if (best !== undefined) return `the result is ${plainPercent(percentOfFact(best))}; ${needed}`;
  return standing?.isCleared === true
    ? `the grade was taken back; ${needed}`
    : `not taken yet; ${needed}`;
}
