import { evaluateEligibility } from "./evaluate-eligibility.js";
import { evaluateExam } from "./evaluate-exam.js";
import { evaluateHeld } from "./evaluate-held.js";
import type { Evaluation } from "./evaluation.js";
import { blockedSentence, sentenceOfGroup, sentenceOfHours } from "./group-sentences.js";
import { hoursOf } from "./hours-of.js";
import { matchMost } from "./match-most.js";
import type { AskedLicence, PreparedGroup, PreparedStep } from "./prepared-step.js";
import { isDone, type Verdict } from "./verdict.js";

/**
 * Says for every step of a tree where the learner stands, why, and which facts count. The
 * sentence is made from the very values that decide, so the two cannot disagree.
 * @param root see `prepareRequirement`
 */
export function evaluateRequirement(root: PreparedStep, given: Evaluation): Verdict {
  const verdict = evaluate(root, given);
  const awaitsLicence =
    "of" in root && root.asksEligibility && !isDone(verdict)
      ? findAwaitedLicence(verdict)
      : undefined;
  if (awaitsLicence === undefined) return verdict;
  return {
    ...verdict,
    awaitsLicence,
    sentence: `Everything is done; what is missing is a verified licence as ${awaitsLicence.name}.`,
  };
}

function evaluate(step: PreparedStep, given: Evaluation): Verdict {
  switch (step.kind) {
    case "exam-passed":
    case "activity-completed":
      return evaluateExam(step, given);
    case "micro-credential-held":
      return evaluateHeld(step, given);
    case "eligibility":
      return evaluateEligibility(step, given);
    case "all-of":
    case "at-least":
    case "in-order":
    case "at-least-hours":
      return evaluateGroup(step, given);
  }
}

function evaluateGroup(group: PreparedGroup, given: Evaluation): Verdict {
  const counted = nothingCounted();
  const { steps } = counted;
  for (const step of group.of) {
    let verdict = evaluate(step, given);
    // The last counts only once the others are done.
    const isLast = steps.length === group.of.length - 1;
    if (group.kind === "in-order" && isLast && counted.done < steps.length)
      verdict = block(step, verdict);
    count(verdict, counted);
  }
  if (group.kind === "at-least-hours") return judgeHours(group, given, counted);
  const isShared =
    group.kind === "at-least" && steps.some(({ exam }) => exam?.counted !== undefined);
  return judgeCount(group, isShared ? countEachPassOnce(group, steps, given) : counted);
}

function count(verdict: Verdict, counted: Counted): void {
  counted.steps.push(verdict);
  counted.isBegun ||= hasBegun(verdict);
  if (!isDone(verdict)) return;
  counted.done += 1;
  addNew(counted.evidence, verdict.evidence);
}

/** The exam in which a step was passed, its own or another that counts for it. */
function passedIn(verdict: Verdict | undefined): string | undefined {
  const exam = verdict?.exam;
  if (exam?.passedAt === undefined || verdict?.state === "in-progress") return undefined;
  return exam.counted?.examId ?? exam.examId;
}

/**
 * One exam that was passed is one step of those to choose from, though decisions let it count for
 * several. They are given out so that as many steps as possible have one: what is done before what
 * waits for a licence.
 */
function countEachPassOnce(
  group: PreparedGroup,
  before: readonly Verdict[],
  given: Evaluation,
): Counted {
  const steps = [...before];
  const places = [...steps.keys()].filter((at) => passedIn(steps[at]) !== undefined);
  places.sort((one, other) => Number(isOpen(steps[one])) - Number(isOpen(steps[other])));
  const choices = places.map((at) => {
    const exam = steps[at]?.exam;
    const own = exam?.counted?.examId ?? exam?.examId ?? "";
    return [own, ...(exam?.others ?? []).map(({ examId }) => examId)];
  });
  for (const [index, by] of matchMost(choices).entries()) {
    const at = places[index] ?? 0;
    const [step, verdict] = [group.of[at], steps[at]];
    if (verdict === undefined || step === undefined || !("examId" in step)) continue;
    if (by === undefined) steps[at] = withoutPass(verdict);
    else if (by !== passedIn(verdict)) steps[at] = evaluateExam(step, given, by);
  }
  const counted = nothingCounted();
  for (const step of steps) count(step, counted);
  return counted;
}

const isOpen = (verdict: Verdict | undefined): boolean => verdict === undefined || !isDone(verdict);

const withoutPass = (verdict: Verdict): Verdict => ({
  ...verdict,
  ...(verdict.exam === undefined
    ? {}
    : { exam: { ...verdict.exam, passedAt: undefined, isSpent: true } }),
  state: "in-progress",
  evidence: [],
  sentence: `${verdict.sentence.replace(/\.$/u, "")}; this pass is one of the steps here already.`,
});

/** Adds to the evidence of a group that of one more step, which holds nothing twice itself. */
function addNew(evidence: string[], more: readonly string[]): void {
  const before = evidence.length;
  for (const id of more) if (before === 0 || !evidence.includes(id)) evidence.push(id);
}

type Counted = { steps: Verdict[]; evidence: string[]; done: number; isBegun: boolean };

const nothingCounted = (): Counted => ({ steps: [], evidence: [], done: 0, isBegun: false });

const stateOf = (isMet: boolean, isBegun: boolean): Verdict["state"] =>
  isMet ? "met" : isBegun ? "in-progress" : "missing";

function judgeCount(group: PreparedGroup, counted: Counted): Verdict {
  const { steps, evidence, done, isBegun } = counted;
  const { id: nodeId, kind, needed } = group;
  const isMet = done >= needed;
  const state = stateOf(isMet, isBegun);
  const sentence = sentenceOf(group, { steps, done, isMet });
  return { nodeId, kind, state, sentence, evidence, needed, steps };
}

/** Remembered where which steps are done decides what is said. */
function sentenceOf(
  group: PreparedGroup,
  about: { steps: readonly Verdict[]; done: number; isMet: boolean },
): string {
  const { sentences } = group;
  if (sentences === undefined) return sentenceOfGroup(group, about);
  let done = 0;
  for (const step of about.steps) done = done * 2 + (isDone(step) ? 1 : 0);
  const known = sentences.get(done);
  if (known !== undefined) return known;
  const sentence = sentenceOfGroup(group, about);
  sentences.set(done, sentence);
  return sentence;
}

function judgeHours(group: PreparedGroup, given: Evaluation, counted: Counted): Verdict {
  const { steps, evidence, done, isBegun } = counted;
  const { id: nodeId, kind, exams } = group;
  const about = { exams, held: given.held };
  const { hours, factIds } = hoursOf(steps.filter(isDone), about);
  const gains = steps.map((step) => (isDone(step) ? 0 : hoursOf([step], about).hours));
  const isMet = hours >= group.hours;
  const needed = neededOfHours(group, { steps, done, hours, gains });
  const sentence = sentenceOfHours(group, { steps, isMet, hours, gains });
  addNew(evidence, factIds);
  return {
    ...{ nodeId, kind, state: stateOf(isMet, isBegun), sentence, evidence, needed, steps },
    hours: { done: hours, needed: group.hours },
  };
}

const hasBegun = ({ state, exam }: Verdict): boolean =>
  state === "met" ||
  state === "waived" ||
  state === "in-progress" ||
  (state === "blocked" && exam?.passedAt !== undefined);

/** Tenths of hours have no exact difference in binary. */
const HAIR = 1e-6;

/** The fewest steps that would make up the contact hours asked for. */
function neededOfHours(
  group: PreparedGroup,
  about: { steps: readonly Verdict[]; done: number; hours: number; gains: readonly number[] },
): number {
  const { steps, done, hours } = about;
  if (hours >= group.hours) return Math.max(1, done);
  const gains = about.gains
    .filter((_gain, index) => !isDone(steps[index] ?? { state: "met" }))
    .sort((one, other) => other - one);
  let lacking = group.hours - hours;
  let more = 0;
  for (const gain of gains) {
    if (lacking <= HAIR) break;
    lacking -= gain;
    more += 1;
  }
  return done + Math.max(1, more) + (lacking > HAIR && more === gains.length ? 1 : 0);
}

function block(step: PreparedStep, verdict: Verdict): Verdict {
  const blocked = { ...verdict };
  blocked.state = "blocked";
  blocked.evidence = [];
  blocked.sentence = blockedSentence(step, verdict);
  return blocked;
}

/** The licence that alone stands between this verdict and its end. */
function findAwaitedLicence(root: Verdict): AskedLicence | undefined {
  const awaited: AskedLicence[] = [];
  return wouldBeDone(root, awaited) ? awaited[0] : undefined;
}

/** Whether it would be, had every licence been verified; `awaited` takes those that are not. */
function wouldBeDone(verdict: Verdict, awaited: AskedLicence[]): boolean {
  const { state, steps, needed, hours, eligibility } = verdict;
  if (eligibility !== undefined) {
    if (state === "blocked") awaited.push(eligibility);
    return isDone(verdict) || state === "blocked";
  }
  if (steps.length === 0) return isDone(verdict) || verdict.exam?.passedAt !== undefined;
  if (hours !== undefined) return hours.done >= hours.needed;
  let done = 0;
  for (const step of steps) done += wouldBeDone(step, awaited) ? 1 : 0;
  return done >= needed;
}
