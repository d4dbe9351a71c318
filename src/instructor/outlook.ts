import { reaches } from "../courses/percent.js";
import { nextStepOf } from "../progress/pathway.js";
import { isDone, shareOf, type Verdict } from "../progress/verdict.js";
import type { OwnWork } from "./own-work.js";
import type { OwnView } from "./shown-verdict.js";

/** Who is close to a badge, who is stuck, and why: in one sentence, for the instructor. */
export type Outlook = { kind: "close" | "stuck"; sentence: string };

const DAY_MS = 86_400_000;
/** So long nothing new, and somebody who has begun is stuck. */
const QUIET_WEEKS = 8;

/** A pass that does not count, and not for want of a turn: no licence was valid on that day. */
const isWithoutLicence = (
  { passedAt, passMarkPercent, isSpent }: NonNullable<Verdict["exam"]>,
  percent: number,
): boolean => passedAt === undefined && isSpent !== true && reaches(percent, passMarkPercent);

/** What stands in the way of work here, beside a result. */
function sayWork(own: OwnWork | undefined): string | undefined {
  switch (own?.state) {
    case "attempts-used":
      return own.attempts === 1
        ? "the one attempt is used, and it is not passed"
        : `all ${own.attempts} attempts are used, and it is not passed`;
    case "returned":
      return "returned with a comment, and not handed in again";
    case "waiting":
      return "handed in, and waits to be assessed";
    case "open":
    case undefined:
      return undefined;
  }
}

/** Why one step of this course cannot go on by itself; undefined where it can. */
function whyStuckAt({ exam, state }: Verdict, { courseId, results, work }: OwnView) {
  if (exam?.courseId !== courseId || state === "blocked") return undefined;
  const percent = results.get(exam.examId)?.percent ?? 0;
  const why =
    state === "in-progress" && isWithoutLicence(exam, percent)
      ? "passed while no licence was valid, so it does not count"
      : sayWork(work.get(exam.examId));
  return why && `${exam.title}: ${why}.`;
}

/** Why a tree cannot be finished as things stand: where there is a choice, only if none is left. */
function whyStuckIn(verdict: Verdict, view: OwnView): string | undefined {
  if (isDone(verdict)) return undefined;
  if (verdict.steps.length === 0) return whyStuckAt(verdict, view);
  const reasons = verdict.steps.map((step) => whyStuckIn(step, view));
  const open = reasons.filter((reason) => reason === undefined).length;
  return open >= verdict.needed ? undefined : reasons.find((reason) => reason !== undefined);
}

const leavesOf = (verdict: Verdict): Verdict[] =>
  verdict.steps.length === 0 ? [verdict] : verdict.steps.flatMap(leavesOf);

const nameOf = ({ exam, held, eligibility }: Verdict): string =>
  exam?.title ??
  held?.name ??
  `saying whether they study or work as ${eligibility?.name ?? "a practitioner"}`;

/** A licence that everything else waits for, or that what comes next waits for. */
function findLicence(verdict: Verdict): string | undefined {
  if (verdict.awaitsLicence !== undefined)
    return `Everything is done but a verified licence as ${verdict.awaitsLicence.name}.`;
  if (nextStepOf(verdict) !== undefined) return undefined;
  const gate = leavesOf(verdict).find(
    ({ eligibility, state }) => eligibility !== undefined && state === "blocked",
  );
  return (
    gate?.eligibility &&
    `What comes next opens with a verified licence as ${gate.eligibility.name}.`
  );
}

function sayLeft(verdict: Verdict): string {
  const next = nextStepOf(verdict);
  if (next === undefined) return "One step is left.";
  const openCount = leavesOf(verdict).filter((leaf) => !isDone(leaf)).length;
  return `One step is left${openCount > 1 ? ", for example" : ":"} ${nameOf(next)}.`;
}

/**
 * Whether a learner who has begun a track is one step from its end, or stuck, and why. Undefined
 * for who has it, has not begun, or is on the way.
 * @param lastAt when anything happened that the track asks for
 */
export function outlookOf(
  verdict: Verdict,
  about: { view: OwnView; lastAt: Date | undefined; now: Date },
): Outlook | undefined {
  const { view, lastAt, now } = about;
  if (isDone(verdict)) return undefined;
  const why = whyStuckIn(verdict, view) ?? findLicence(verdict);
  if (why !== undefined) return { kind: "stuck", sentence: why };
  if (lastAt === undefined || verdict.state === "missing") return undefined;
  const { done, needed } = shareOf(verdict);
  const isClose = needed - done === 1;
  if (now.getTime() - lastAt.getTime() > QUIET_WEEKS * 7 * DAY_MS) {
    const left = isClose ? ` ${sayLeft(verdict)}` : "";
    return { kind: "stuck", sentence: `Nothing new for more than ${QUIET_WEEKS} weeks.${left}` };
  }
  return isClose ? { kind: "close", sentence: sayLeft(verdict) } : undefined;
}
