import type { Event } from "../events/event.js";
import type { AwardState, StandingAward } from "./award-standing.js";

const told: Record<AwardState, Pick<Event, "code" | "level"> & { said: string }> = {
  active: { code: "award-reinstated", level: "info", said: "An award counts again." },
  "on-hold": { code: "award-on-hold", level: "warning", said: "An award was put on hold." },
  revoked: { code: "award-revoked", level: "warning", said: "An award was revoked." },
};

/** What the administrator is told of a change. */
export function eventOfStanding(award: StandingAward): Omit<Event, "id"> {
  const { id: awardId, organisationId, standing } = award;
  const { code, level, said } = told[standing.state];
  const { since: at, reason } = standing;
  return { organisationId, code, level, at, summary: `${said} ${reason}`, about: { awardId } };
}
