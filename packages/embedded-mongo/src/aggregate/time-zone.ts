import { CommandError } from "../command-error.js";
import { typeName, type Value } from "../values/value.js";

/** How many milliseconds a zone's clocks are ahead of UTC at a moment (milliseconds since 1970). */
export type Zone = (utcMs: number) => number;

export const UTC: Zone = () => 0;

const known = new Map<string, Zone>();

/** The zone that an operator's `timezone` names: an offset or an Olson name. Null for null. */
export function zoneOf(value: Value): Zone | null {
  if (value === null) return null;
  if (typeof value !== "string") {
    throw new CommandError(40517, `timezone must evaluate to a string, found ${typeName(value)}`);
  }
  const found = known.get(value) ?? fixedZone(value) ?? olsonZone(value);
  if (known.size > 500) known.clear();
  known.set(value, found);
  return found;
}

function fixedZone(name: string): Zone | undefined {
  if (/^(?:UTC|GMT|Z)$/.test(name)) return UTC;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(name) ?? [];
  if (hours === undefined) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return () => offsetMs;
}

function olsonZone(name: string): Zone {
  const format = clockOf(name);
  return (utcMs) => {
    const shown: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(utcMs)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    const wall = Date.UTC(year, month - 1, day, hour, minute, second);
    return wall - Math.floor(utcMs / 1000) * 1000;
  };
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw new CommandError(40485, `unrecognized time zone identifier: "${timeZone}"`);
  }
}

/** What clocks of the zone show, as if it were UTC. */
export function wallOf(utcMs: number, zone: Zone): number {
  return utcMs + zone(utcMs);
}

/** The moment when clocks of the zone show this. */
export function momentOf(wallMs: number, zone: Zone): number {
  return wallMs - zone(wallMs - zone(wallMs));
}
