import { plainPercent, reaches } from "../courses/percent.js";
import { type Eligibility, wasValidAt } from "../eligibility/eligibility.js";
import type { CountedExam, Evaluation, NamedExam } from "./evaluation.js";
import { type GradedFact, percentOfFact } from "./exam-fact.js";
import { plainDate } from "./plain-words.js";
import type { AskedLicence, PreparedExam } from "./prepared-step.js";
import type { Standing } from "./standing.js";
import type { Verdict } from "./verdict.js";

/** How a pass counts under the licences that are asked for. */
type Counting =
  | { kind: "counts" }
  | { kind: "waived"; reason: string }
  /** No licence is verified yet. */
  | { kind: "awaits-licence"; name: string }
  /** None of the verified licences was valid on that day. */
  | { kind: "without-licence"; name: string };

const rank = { counts: 0, waived: 1, "awaits-licence": 2, "without-licence": 3 } as const;

const COUNTS: Counting = { kind: "counts" };

/** A result that passes, the decision by which it counts where it is another course's, and how. */
type Pass = { examId: string; fact: GradedFact; by: CountedExam | undefined; counting: Counting };

/**
 * Whether an exam was passed or an activity accepted.
 * @param by only what was passed in this exam counts; each that counts where it is not given
 */
export function evaluateExam(step: PreparedExam, given: Evaluation, by?: string): Verdict {
  const { id: nodeId, kind, exam } = step;
  const standing = given.standings.get(step.examId);
  const countedAs = given.countedAs.get(step.examId);
  if (exam === undefined || (standing === undefined && countedAs === undefined))
    return step.untouched;
  const { pass, others } =
    countedAs === undefined
      ? { pass: bestPassIn(step, standing, { given, by: undefined }), others: undefined }
      : chooseAmong(passesOf(step, standing, { given, countedAs }), by);
  const best = findBest(standing);
  const about = aboutExam(step, exam, { pass, best });
  if (others !== undefined && others.length > 0) about.others = others;
  const said =
    pass === undefined
      ? sayOpen(about, { kind, isCleared: standing?.isCleared === true })
      : sayPass(pass, kind);
  return {
    nodeId,
    kind,
    state: stateOf(pass, best),
    sentence: `${exam.title}: ${said}.`,
    evidence: pass !== undefined && doesCount(pass) ? [pass.fact.id] : [],
    needed: 0,
    exam: about,
    steps: [],
  };
}

type AboutExam = NonNullable<Verdict["exam"]>;

function aboutExam(
  step: PreparedExam,
  { courseId, title, passMarkPercent }: NamedExam,
  { pass, best }: { pass: Pass | undefined; best: GradedFact | undefined },
): AboutExam {
  // A result is held against the mark in force when it was given, so that one is named.
  const markThen = (pass?.fact ?? best)?.passMarkPercent ?? passMarkPercent;
  const about: AboutExam = {
    examId: step.examId,
    courseId,
    title,
    bestPercent: best && percentOfFact(best),
    passMarkPercent: step.passMarkPercent ?? markThen,
    passedAt: pass?.counting.kind === "without-licence" ? undefined : pass?.fact.occurredAt,
  };
  if (pass?.by !== undefined) {
    const { equivalencyId, examId, title: countedTitle } = pass.by;
    about.counted = { equivalencyId, examId, title: countedTitle };
  }
  return about;
}

const doesCount = ({ counting: { kind } }: Pass): boolean => kind === "counts" || kind === "waived";

function stateOf(pass: Pass | undefined, best: GradedFact | undefined): Verdict["state"] {
  if (pass === undefined) return best === undefined ? "missing" : "in-progress";
  switch (pass.counting.kind) {
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

/** Of each exam that counts here, the result that counts best; the step's own exam comes first. */
function passesOf(
  step: PreparedExam,
  standing: Standing | undefined,
  { given, countedAs }: { given: Evaluation; countedAs: readonly CountedExam[] },
): Pass[] {
  const passes: Pass[] = [];
  const own = bestPassIn(step, standing, { given, by: undefined });
  if (own !== undefined) passes.push(own);
  for (const by of countedAs) {
    if (passes.some(({ examId }) => examId === by.examId)) continue;
    const pass = bestPassIn(step, given.standings.get(by.examId), { given, by });
    if (pass !== undefined) passes.push(pass);
  }
  return passes;
}

function bestPassIn(
  step: PreparedExam,
  standing: Standing | undefined,
  about: { given: Evaluation; by: CountedExam | undefined },
): Pass | undefined {
  const { given, by } = about;
  const examId = by?.examId ?? step.examId;
  let chosen: Pass | undefined;
  for (const fact of standing?.counting ?? []) {
    if (!reaches(percentOfFact(fact), step.passMarkPercent ?? fact.passMarkPercent)) continue;
    const pass = { examId, fact, by, counting: countUnder(fact, given, step.licensedAs) };
    if (chosen === undefined || isBetter(pass, chosen)) chosen = pass;
  }
  return chosen;
}

/**
 * Of every result that passes, its own and those that a decision counts for it, the one that
 * counts best; of those its own before others', and the first: later ones change nothing about
 * when it was passed. With it what was passed as well and would do as well.
 */
function chooseAmong(passes: readonly Pass[], examId: string | undefined) {
  let pass: Pass | undefined;
  for (const one of passes) {
    if (examId !== undefined && one.examId !== examId) continue;
    if (pass === undefined || isBetter(one, pass)) pass = one;
  }
  return { pass, others: pass === undefined ? [] : othersOf(passes, pass) };
}

const othersOf = (passes: readonly Pass[], chosen: Pass) =>
  passes.flatMap((pass) =>
    pass !== chosen &&
    (doesCount(chosen) ? doesCount(pass) : pass.counting.kind === chosen.counting.kind)
      ? [{ examId: pass.examId, factId: pass.fact.id }]
      : [],
  );

function isBetter(pass: Pass, chosen: Pass): boolean {
  const better = rank[pass.counting.kind] - rank[chosen.counting.kind];
  if (better !== 0) return better < 0;
  if (pass.by !== undefined && chosen.by === undefined) return false;
  return pass.fact.occurredAt < chosen.fact.occurredAt;
}

function countUnder(
  fact: GradedFact,
  given: Evaluation,
  licensedAs: readonly AskedLicence[],
): Counting {
  let worst = COUNTS;
  for (const { professionId, name } of licensedAs) {
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
  const { dateWaiver } = known;
  // Decided about what had been taken by then; what comes later is another question.
  return dateWaiver === undefined || occurredAt > dateWaiver.waivedAt
    ? { kind: "without-licence", name }
    : { kind: "waived", reason: dateWaiver.reason };
}

function findBest(standing: Standing | undefined): GradedFact | undefined {
  let best: GradedFact | undefined;
  for (const fact of standing?.counting ?? []) {
    if (best === undefined || percentOfFact(fact) > percentOfFact(best)) best = fact;
  }
  return best;
}

/** Somebody's words within a sentence of ours. */
const withoutStop = (text: string): string => text.replace(/[.\s]+$/u, "");

function sayPass({ fact, by, counting }: Pass, kind: PreparedExam["kind"]): string {
  const how =
    kind === "activity-completed" ? "accepted" : `passed with ${plainPercent(percentOfFact(fact))}`;
  const said = `${how} on ${plainDate(fact.occurredAt)}${by === undefined ? "" : sayEquivalency(by)}`;
  switch (counting.kind) {
    case "counts":
      return said;
    case "waived":
      return `${said}, while no licence was valid; it counts by way of exception: ${withoutStop(counting.reason)}`;
    case "awaits-licence":
      return `${said}; it counts once a licence as ${counting.name} that was valid on that day is verified`;
    case "without-licence":
      return `${said}, when no licence as ${counting.name} was valid, so it does not count`;
  }
}

function sayEquivalency(by: CountedExam): string {
  const { title, since, decidedAt, decidedBy, reason, isForOneLearner } = by;
  const forWhom = isForOneLearner ? " for this learner" : "";
  const decided = plainDate(decidedAt);
  const from = plainDate(since) === decided ? "" : ` since ${plainDate(since)}`;
  return ` in ${title}, which counts for it${forWhom}${from} (decided on ${decided} by ${decidedBy}: ${withoutStop(reason)})`;
}

function sayOpen(
  { bestPercent, passMarkPercent }: AboutExam,
  { kind, isCleared }: { kind: PreparedExam["kind"]; isCleared: boolean },
): string {
  if (kind === "activity-completed") {
    if (bestPercent !== undefined) return "not accepted yet";
    return isCleared ? "the decision was taken back" : "not handed in yet";
  }
  const needed = `${passMarkPercent}% is needed to pass`;
  if (bestPercent !== undefined) return `the result is ${plainPercent(bestPercent)}; ${needed}`;
  return isCleared ? `the grade was taken back; ${needed}` : `not taken yet; ${needed}`;
}
