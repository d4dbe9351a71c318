import { ROSETTE } from "../audit/audit-entry.js";
import type { Verdict } from "../progress/verdict.js";
import type { AwardStore } from "./award-store.js";
import type { StandingAward } from "./award-standing.js";
import { changeStanding, type StandingNeeds } from "./change-standing.js";
import { decideStanding, heldTwice, judgedAt, type NextStanding } from "./decide-standing.js";

/** What an award is judged by: the version it was awarded under. */
export type Judgement = { verdict: Verdict; graceDays: number };

/** The exams and tracks that something has happened to. */
export type Touched = { examIds: ReadonlySet<string>; trackIds: ReadonlySet<string> };

export type SettleNeeds = StandingNeeds & {
  awards: Pick<AwardStore, "listForLearners">;
  /**
   * Judges one award as of a moment, by all that is known of its learner; the awards it stands on
   * count while they are not revoked.
   */
  judge: (award: StandingAward, at: Date) => Promise<Judgement>;
};

/** Whether an award has to do with any of these, by the explanation that was frozen into it. */
const hasToDoWith = (verdict: Verdict, touched: Touched): boolean =>
  (verdict.exam !== undefined &&
    [verdict.exam.examId, verdict.exam.counted?.examId ?? ""].some((id) =>
      touched.examIds.has(id),
    )) ||
  (verdict.held !== undefined && touched.trackIds.has(verdict.held.trackId)) ||
  verdict.steps.some((step) => hasToDoWith(step, touched));

const twice: NextStanding = {
  state: "revoked",
  cause: "held-twice",
  actorId: ROSETTE,
  reason: "The learner holds the same award from an earlier day; the accounts were joined since.",
};

/**
 * Of what a learner was awarded, what is to be looked at again: what has to do with what was
 * touched, what is held twice, and what was on hold until now.
 */
export function listQuestioned(
  awards: readonly StandingAward[],
  touched: Touched,
  now: Date,
): { award: StandingAward; because: "held-twice" | "grace-ended" | "touched" }[] {
  const doubled = new Set(heldTwice(awards));
  return awards.flatMap((award) => {
    const { state, graceEndsAt } = award.standing;
    if (state === "revoked") return [];
    if (doubled.has(award)) return { award, because: "held-twice" };
    if (graceEndsAt !== undefined && graceEndsAt <= now) return { award, because: "grace-ended" };
    return hasToDoWith(award.explanation, touched) ? { award, because: "touched" } : [];
  });
}

/**
 * Looks again at the awards that one learner holds and that have to do with what was touched:
 * puts on hold, reinstates and revokes as the rules say. Any number of calls come to the same.
 */
export async function settleAwards(
  needs: SettleNeeds,
  about: { organisationId: string; accountIds: string[]; touched: Touched },
): Promise<void> {
  const { organisationId, accountIds, touched } = about;
  const held = await needs.awards.listForLearners(organisationId, accountIds);
  for (const { award, because } of listQuestioned(held, touched, needs.now())) {
    if (because === "held-twice") {
      await changeStanding(
        needs,
        award,
        async ({ standing: { state } }) =>
          await Promise.resolve(state === "revoked" ? undefined : twice),
      );
      continue;
    }
    await changeStanding(needs, award, async (seen) => {
      const now = needs.now();
      const judgement = await needs.judge(seen, judgedAt(seen.standing, now));
      const { standing, explanation } = seen;
      return decideStanding({ standing, explanation, ...judgement, now });
    });
  }
}
