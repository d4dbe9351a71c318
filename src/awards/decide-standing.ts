import { ROSETTE } from "../audit/audit-entry.js";
import { isDone, type Verdict } from "../progress/verdict.js";
import type { AwardStanding } from "./award-standing.js";

/** What a standing is to be next; the rest follows from the one before. */
export type NextStanding = Pick<AwardStanding, "state" | "cause" | "actorId" | "reason"> &
  Partial<Pick<AwardStanding, "graceEndsAt" | "despite">>;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Ids of the steps at the ends of the tree that are not met. */
export function unmetStepsOf(verdict: Verdict): string[] {
  if (verdict.steps.length > 0) return verdict.steps.flatMap(unmetStepsOf);
  return isDone(verdict) ? [] : [verdict.nodeId];
}

/** Ids of the steps that were met when an award was made. */
const metStepsOf = (explanation: Verdict): string[] => [
  ...(isDone(explanation) ? [explanation.nodeId] : []),
  ...explanation.steps.flatMap(metStepsOf),
];

/**
 * Whether an award still has what it was given for. Only results can take that away: a licence
 * that lapsed since or an exam that is no longer offered changes nothing. What an administrator
 * has foreseen counts as met.
 */
function stillStands(
  verdict: Verdict,
  excuses: { met: readonly string[]; foreseen: readonly string[] },
): boolean {
  if (isDone(verdict)) return true;
  const { steps, needed, hours, nodeId } = verdict;
  if (steps.length === 0) {
    const isAboutResult = verdict.exam !== undefined || verdict.held !== undefined;
    if (excuses.foreseen.includes(nodeId)) return true;
    return !isAboutResult && excuses.met.includes(nodeId);
  }
  const standing = steps.filter((step) => stillStands(step, excuses)).length;
  return standing >= (hours === undefined ? needed : steps.length);
}

/** The standing that follows on another. */
export const follow = (before: AwardStanding, next: NextStanding, since: Date): AwardStanding => ({
  graceEndsAt: undefined,
  despite: before.despite,
  ...next,
  since,
  revision: before.revision + 1,
  previousState: before.state,
});

/** When the verdict on an award is asked for: on hold beyond its grace period, as of its end. */
export const judgedAt = ({ state, graceEndsAt }: AwardStanding, now: Date): Date =>
  state === "on-hold" && graceEndsAt !== undefined && graceEndsAt <= now ? graceEndsAt : now;

/**
 * What the rules make of an award that was given: on hold when what it was given for is not met
 * any more, active again when it is met again in time, revoked when the grace period is over.
 * A revoked award stays revoked: it may be earned again, in a round of its own.
 * @param verdict of the version it was awarded under, as of `judgedAt`
 * @returns undefined when everything stays as it is
 */
export function decideStanding(given: {
  standing: AwardStanding;
  /** As it was frozen into the award. */
  explanation: Verdict;
  verdict: Verdict;
  graceDays: number;
  now: Date;
}): NextStanding | undefined {
  const { standing, explanation, verdict, graceDays, now } = given;
  const { sentence } = verdict;
  const isMet = stillStands(verdict, {
    met: metStepsOf(explanation),
    foreseen: standing.despite,
  });
  const byRules = { actorId: ROSETTE };
  if (standing.state === "active") {
    if (isMet) return undefined;
    const graceEndsAt = new Date(now.getTime() + graceDays * DAY_MS);
    const reason = `What it was given for is not met any more. ${sentence}`;
    return { ...byRules, state: "on-hold", cause: "requirement-unmet", reason, graceEndsAt };
  }
  if (standing.state === "revoked") return undefined;
  if (isMet) {
    const reason = `Everything that it asks for is met again. ${sentence}`;
    return { ...byRules, state: "active", cause: "requirement-met-again", reason };
  }
  if (standing.graceEndsAt === undefined || standing.graceEndsAt > now) return undefined;
  const reason = `The time to put it right is over. ${sentence}`;
  return { ...byRules, state: "revoked", cause: "grace-ended", reason };
}

/** Why an administrator's decision cannot be followed. */
export type DecisionFault =
  | "reason-missing"
  | "revoked-already"
  | "active-already"
  /** The learner holds a later award of the same track. */
  | "earned-again"
  /** Its holder deleted their account and did not want it any more. */
  | "withdrawn-by-holder";

/** What an administrator decides about an award, or its holder for good, with a reason. */
export type AwardDecisionByHand = {
  kind: "revoke" | "reinstate" | "withdraw";
  actorId: string;
  reason: string;
};

/** @param held whether the learner holds another award of the same track */
export function decideByHand(given: {
  standing: AwardStanding;
  decision: AwardDecisionByHand;
  verdict: Verdict;
  isHeldOtherwise: boolean;
}): NextStanding | DecisionFault {
  const { standing, decision, verdict, isHeldOtherwise } = given;
  const { kind, actorId } = decision;
  const reason = decision.reason.trim();
  if (reason === "") return "reason-missing";
  const cause = kind === "withdraw" ? "holder" : "administrator";
  const byHand = { cause, actorId, reason } as const;
  if (kind !== "reinstate") {
    return standing.state === "revoked"
      ? "revoked-already"
      : { ...byHand, state: "revoked", despite: [] };
  }
  if (standing.state === "active") return "active-already";
  if (standing.cause === "holder") return "withdrawn-by-holder";
  if (isHeldOtherwise) return "earned-again";
  return { ...byHand, state: "active", despite: unmetStepsOf(verdict) };
}

/**
 * Of one track: which awards are held besides an earlier one, since accounts were joined. The
 * earliest stays.
 */
export function heldTwice<
  T extends { id: string; trackId: string; awardedAt: Date; standing: AwardStanding },
>(awards: readonly T[]): T[] {
  const standing = awards
    .filter(({ standing: { state } }) => state !== "revoked")
    .sort((a, b) => a.awardedAt.getTime() - b.awardedAt.getTime() || (a.id < b.id ? -1 : 1));
  const seen = new Set<string>();
  return standing.filter(({ trackId }) => seen.has(trackId) || void seen.add(trackId));
}
