import { type AuditEntry, ROSETTE } from "../audit/audit-entry.js";
import type { HeldAward } from "../progress/evaluation.js";
import type { Award } from "./award.js";

export type AwardState = "active" | "on-hold" | "revoked";

/** Why an award stands as it does. */
type StandingCause =
  | "awarded"
  /** What it was given for is not met any more. */
  | "requirement-unmet"
  /** It is met again within the grace period. */
  | "requirement-met-again"
  | "grace-ended"
  /** The learner holds the same award from an earlier day, on an account that was joined since. */
  | "held-twice"
  | "administrator"
  /** Its holder withdrew it when they deleted their account. */
  | "holder";

/**
 * Where an award stands: kept beside the award, which never changes. Every change raises
 * `revision` by one, and who changes it says which revision they saw.
 */
export type AwardStanding = {
  state: AwardState;
  since: Date;
  revision: number;
  cause: StandingCause;
  actorId: AuditEntry["actorId"];
  /** One sentence: the rule's, or the administrator's own words. */
  reason: string;
  /** On hold: when it is revoked unless something changes. */
  graceEndsAt: Date | undefined;
  /** What it was until then; undefined at the beginning. */
  previousState: AwardState | undefined;
  /**
   * Ids of the steps that were not met when an administrator let it stand all the same. It is not
   * put on hold again because of these alone.
   */
  despite: string[];
};

/** An award with where it stands today. */
export type StandingAward = Award & { standing: AwardStanding };

/** Where every award stands at first, and until something is decided about it. */
export const firstStanding = ({ awardedAt }: Pick<Award, "awardedAt">): AwardStanding => ({
  state: "active",
  since: awardedAt,
  revision: 0,
  cause: "awarded",
  actorId: ROSETTE,
  reason: "Everything that it asks for was met.",
  graceEndsAt: undefined,
  previousState: undefined,
  despite: [],
});

/**
 * The awards that stand, as the rules of other tracks read them.
 * @param counting those on hold count too for an award that stands on them already
 */
export const heldAwardsOf = (
  awards: readonly StandingAward[],
  counting: readonly AwardState[] = ["active"],
): HeldAward[] =>
  awards
    .filter(({ standing }) => counting.includes(standing.state))
    .map((award) => ({
      awardId: award.id,
      learnerId: award.learnerId,
      trackId: award.trackId,
      awardedAt: award.awardedAt,
      hoursByCourse: new Map(
        award.evidence.map(({ courseCode, contactHours }) => [courseCode, contactHours]),
      ),
    }));
