import type { RequirementGroup } from "../tracks/requirement.js";
import type { Evaluation } from "./evaluation.js";
import { hoursOf } from "./hours-of.js";
import { plainCount, plainHours, plainList } from "./plain-words.js";
import { isDone, type Verdict } from "./verdict.js";

/** More than this many names are counted instead of listed. */
const MOST_NAMES = 5;

type Group = {
  steps: Verdict[];
  done: number;
  needed: number;
  isMet: boolean;
  hours: number;
  given: Evaluation;
};

const openOf = (steps: readonly Verdict[]): Verdict[] => steps.filter((step) => !isDone(step));

/** What a group says: how much of it is done, and what would complete it. */
export function sentenceOfGroup(node: RequirementGroup, group: Group): string {
  if (node.kind === "at-least-hours") return sentenceOfHours(node.hours, group);
  const { steps, done, needed, isMet } = group;
  if (isMet) return sentenceOfMet(done, needed);
  const open = openOf(steps);
  const lacking = needed - done;
  const said = `${done} of ${plainCount(needed, "step")} done`;
  if (open.length < lacking) return `${said}; this cannot be completed as it stands.`;
  const only = open.length === 1 ? open[0] : undefined;
  if (only !== undefined) return `${said}; ${nameOf(only)} would complete this.`;
  const names = open.map(nameOf);
  const last = node.kind === "in-order" ? names.pop() : undefined;
  const choices =
    last === undefined
      ? sayChoices(names, lacking)
      : `${sayChoices(names, names.length)}, then ${last}`;
  return `${said}; ${choices} would complete this.`;
}

function sentenceOfMet(done: number, needed: number): string {
  if (done > needed) return `${plainCount(done, "step")} done, ${needed} needed: complete.`;
  return needed === 1 ? "Done." : `All ${plainCount(needed, "step")} done.`;
}

function sentenceOfHours(neededHours: number, { steps, isMet, hours, given }: Group): string {
  if (isMet) return `${plainHours(hours)} done, ${neededHours} needed: complete.`;
  const said = `${hours} of ${plainHours(neededHours)} done`;
  const open = openOf(steps);
  if (open.length === 0) return `${said}; this cannot be completed as it stands.`;
  const lacking = `${said}; ${plainHours(neededHours - hours)} more would complete this`;
  if (open.length > MOST_NAMES) return `${lacking}, from the other ${open.length} steps.`;
  const names = open.map((step) => {
    const gain = hoursOf([step], given);
    return gain > 0 ? `${nameOf(step)} (${gain})` : nameOf(step);
  });
  return `${lacking}: ${plainList(names, "or")}.`;
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

/** What a sentence calls a step without steps. */
function nameOfLeaf({ exam, held, eligibility, kind }: Verdict): string | undefined {
  if (exam !== undefined) return exam.title;
  if (held !== undefined) return held.name;
  if (eligibility !== undefined) return `eligibility as ${eligibility.name}`;
  if (kind === "exam-passed") return "an exam that is no longer offered";
  return kind === "activity-completed" ? "an activity that is no longer offered" : undefined;
}

/** What a sentence calls an open step: a leaf's name, or what a group still lacks. */
function nameOf(step: Verdict): string {
  const leaf = nameOfLeaf(step);
  if (leaf !== undefined) return leaf;
  if (step.hours !== undefined)
    return `${plainHours(step.hours.needed - step.hours.done)} of a group of ${plainCount(step.steps.length, "step")}`;
  const open = openOf(step.steps);
  const lacking = step.needed - (step.steps.length - open.length);
  const names = open.flatMap(({ exam, held }) => exam?.title ?? held?.name ?? []);
  if (names.length < open.length || names.length > MOST_NAMES || open.length === 0) {
    return `${lacking} of a group of ${plainCount(step.steps.length, "step")}`;
  }
  const choices = sayChoices(names, lacking);
  return lacking === 1 && names.length > 1 ? `one of ${choices}` : choices;
}

/** What a step says that comes last while the steps before it are open. */
export function blockedSentence(verdict: Verdict): string {
  const name = nameOfLeaf(verdict) ?? "These steps";
  if (verdict.exam?.passedAt !== undefined || isDone(verdict)) {
    const said = verdict.sentence.replace(/\.$/u, "");
    return `${said}; it counts once the steps before it are done.`;
  }
  return verdict.steps.length > 0
    ? `${name} open when the steps before them are done.`
    : `${name}: opens when the steps before it are done.`;
}
