import { plainDate } from "../progress/plain-words.js";
import { type Check, check } from "./verification-report.js";

/** Whether now is in the time in which a credential is valid. XML Schema dateTimes. */
export function checkPeriod(period: { from: string; until: string | undefined }, now: Date): Check {
  const from = new Date(period.from);
  if (from > now) return check("dates", "invalid", `It is not valid before ${plainDate(from)}.`);
  if (period.until === undefined) {
    return check("dates", "valid", `It is valid since ${plainDate(from)} and has no end date.`);
  }
  const until = new Date(period.until);
  return until <= now
    ? check("dates", "invalid", `It was valid until ${plainDate(until)}.`)
    : check("dates", "valid", `It is valid from ${plainDate(from)} until ${plainDate(until)}.`);
}
