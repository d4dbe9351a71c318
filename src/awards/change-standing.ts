import type { AuditStore } from "../audit/audit-store.js";
import { recordAudit } from "../audit/record-audit.js";
import type { AwardStore } from "./award-store.js";
import type { AwardState, StandingAward } from "./award-standing.js";
import { follow, type NextStanding } from "./decide-standing.js";

export type StandingNeeds = {
  awards: Pick<AwardStore, "changeStanding" | "findById" | "markStandingTold">;
  audit: Pick<AuditStore, "addOnce">;
  /** Tells the learner, the administrator and the credential. At least once for every change. */
  onStanding: (award: StandingAward) => Promise<void>;
  /** Has what stands on this award, or may be earned in its place, looked at. */
  onGroundShifted: (award: StandingAward) => Promise<void>;
  now: () => Date;
};

const actions: Record<AwardState, string> = {
  active: "award-reinstated",
  "on-hold": "award-put-on-hold",
  revoked: "award-revoked",
};

/** All that follows from an award's latest standing. Idempotent; a sweep repeats it after a crash. */
export async function followUpStanding(needs: StandingNeeds, award: StandingAward): Promise<void> {
  const { id, organisationId, standing } = award;
  const { actorId, reason, revision, since: at, state, previousState, graceEndsAt } = standing;
  await recordAudit(needs, {
    id: `award:${id}:${revision}`,
    ...{ organisationId, at, actorId, reason, action: actions[state] },
    subject: { kind: "award", id },
    ...(previousState === undefined ? {} : { before: { state: previousState } }),
    after: {
      ...{ state, cause: standing.cause },
      ...(graceEndsAt === undefined ? {} : { graceEndsAt: graceEndsAt.toISOString() }),
    },
  });
  await needs.onStanding(award);
  if (state === "revoked" || previousState === "revoked") await needs.onGroundShifted(award);
  await needs.awards.markStandingTold(organisationId, id, revision);
}

const MOST_TRIES = 5;

/**
 * Changes where an award stands and does what follows. Who is overtaken looks again, after doing
 * what the other may have left undone.
 * @param decide is asked again with what stands then; undefined leaves everything as it is
 */
export async function changeStanding<T extends string>(
  needs: StandingNeeds,
  award: StandingAward,
  decide: (award: StandingAward) => Promise<NextStanding | T | undefined>,
): Promise<
  { kind: "changed" | "unchanged"; award: StandingAward } | { kind: "refused"; because: T }
> {
  const { id, organisationId } = award;
  let seen = award;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const next = await decide(seen);
    if (next === undefined) return { kind: "unchanged", award: seen };
    if (typeof next === "string") return { kind: "refused", because: next };
    const standing = follow(seen.standing, next, needs.now());
    if ((await needs.awards.changeStanding({ organisationId, id, standing })) === "changed") {
      const changed = { ...seen, standing };
      await followUpStanding(needs, changed);
      return { kind: "changed", award: changed };
    }
    const found = await needs.awards.findById(organisationId, id);
    if (found === undefined) throw new Error("An award is not there any more");
    seen = found;
    await followUpStanding(needs, seen);
  }
  throw new Error("An award's standing is being changed elsewhere");
}
