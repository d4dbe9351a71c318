import { plainCount, plainHours, plainList } from "./plain-words.js";
import type { PreparedGroup, PreparedStep } from "./prepared-step.js";
import { isDone, type Verdict } from "./verdict.js";

/** More than this many names are counted instead of listed. */
const MOST_NAMES = 5;

/** What a group says: how much of it is done, and what would complete it. */
export function sentenceOfGroup(
  group: PreparedGroup,
  about: { steps: readonly Verdict[]; done: number; isMet: boolean },
): string {
  const { steps, done, isMet } = about;
  const { needed, of } = group;
  if (isMet) return sentenceOfMet(done, needed);
  const lacking = needed - done;
  const said = `${done} of ${plainCount(needed, "step")} done`;
  if (of.length - done < lacking) return `${said}; this cannot be completed as it stands.`;
  return `${said}; ${sayOpenSteps(group, steps, lacking)} would complete this.`;
}

function sayOpenSteps(group: PreparedGroup, steps: readonly Verdict[], lacking: number): string {
  const names = namesOfOpen(group, steps);
  if (group.kind !== "in-order" || names.length === 1) return sayChoices(names, lacking);
  const last = names.pop() ?? "";
  return `${sayChoices(names, names.length)}, then ${last}`;
}

/** What the open steps of a group are called, in their order. */
function namesOfOpen({ of }: PreparedGroup, steps: readonly Verdict[]): string[] {
  const names: string[] = [];
  for (const [index, step] of of.entries()) {
    const verdict = steps[index];
    if (verdict !== undefined && !isDone(verdict)) names.push(nameOf(step, verdict));
  }
  return names;
}

function sentenceOfMet(done: number, needed: number): string {
  if (done > needed) return `${plainCount(done, "step")} done, ${needed} needed: complete.`;
  return needed === 1 ? "Done." : `All ${plainCount(needed, "step")} done.`;
}

/**
 * The same where contact hours are counted.
 * @param about with what each open step would add in `gains`
 */
export function sentenceOfHours(
  group: PreparedGroup,
  about: { steps: readonly Verdict[]; isMet: boolean; hours: number; gains: readonly number[] },
): string {
  const { steps, isMet, hours, gains } = about;
  if (isMet) return `${plainHours(hours)} done, ${group.hours} needed: complete.`;
  const said = `${hours} of ${plainHours(group.hours)} done`;
  const names = group.of.flatMap((step, index) => {
    const verdict = steps[index];
    if (verdict === undefined || isDone(verdict)) return [];
    const gain = gains[index] ?? 0;
    return gain > 0 ? `${nameOf(step, verdict)} (${gain})` : nameOf(step, verdict);
  });
  if (names.length === 0) return `${said}; this cannot be completed as it stands.`;
  const lacking = `${said}; ${plainHours(group.hours - hours)} more would complete this`;
  if (names.length > MOST_NAMES) return `${lacking}, from the other ${names.length} steps.`;
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

/** What a sentence calls an open step: a leaf's name, or what a group still lacks. */
function nameOf(step: PreparedStep, verdict: Verdict): string {
  if (!("of" in step)) return step.name;
  const size = plainCount(step.of.length, "step");
  if (verdict.hours !== undefined)
    return `${plainHours(verdict.hours.needed - verdict.hours.done)} of a group of ${size}`;
  const open = step.of.filter((_step, index) => !isDone(verdict.steps[index] ?? verdict));
  const lacking = verdict.needed - (step.of.length - open.length);
  const isListed = open.every(isNamedOutside);
  if (!isListed || open.length > MOST_NAMES || open.length === 0)
    return `${lacking} of a group of ${size}`;
  const choices = sayChoices(
    open.map((one) => ("name" in one ? one.name : "")),
    lacking,
  );
  return lacking === 1 && open.length > 1 ? `one of ${choices}` : choices;
}

/** Whether a step's name says enough in the sentence of a group outside its own. */
const isNamedOutside = (step: PreparedStep): boolean =>
  step.kind === "micro-credential-held" || ("exam" in step && step.exam !== undefined);

/** What a step says that comes last while the steps before it are open. */
export function blockedSentence(step: PreparedStep, verdict: Verdict): string {
  if (verdict.exam?.passedAt !== undefined || isDone(verdict)) {
    const said = verdict.sentence.replace(/\.$/u, "");
    return `${said}; it counts once the steps before it are done.`;
  }
  if (!("of" in step)) return `${step.name}: opens when the steps before it are done.`;
  return "These steps open when the steps before them are done.";
}
