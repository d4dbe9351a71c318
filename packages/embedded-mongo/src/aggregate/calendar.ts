import { CommandError } from "../command-error.js";
import type { Value } from "../values/value.js";

/** The calendar on wall clocks: times in milliseconds, read as if they were UTC. */

const DAY_MS = 86_400_000;
const WEEK_DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS_OF = new Map([
  ["month", 1],
  ["quarter", 3],
  ["year", 12],
]);
const LENGTH_MS = new Map([
  ["millisecond", 1],
  ["second", 1000],
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", DAY_MS],
  ["week", 7 * DAY_MS],
]);
/** Where MongoDB counts bins of several units from. */
const REFERENCE = Date.UTC(2000, 0, 1);

export function checkUnit(unit: Value): string {
  if (typeof unit === "string" && (LENGTH_MS.has(unit) || MONTHS_OF.has(unit))) return unit;
  const shown = typeof unit === "string" ? unit : "";
  throw new CommandError("FailedToParse", `unknown time unit value: ${shown}`);
}

/** The length of a unit that is as long in every zone; undefined for days and longer ones. */
export function fixedLengthMs(unit: string): number | undefined {
  return unit === "day" || unit === "week" ? undefined : LENGTH_MS.get(unit);
}

/** The number of a day of the week, Sunday being 0; of Sunday when none is given. */
export function weekStart(name: Value): number {
  const wanted = typeof name === "string" ? name.toLowerCase() : "sunday";
  const day = WEEK_DAYS.findIndex((each) => each === wanted || each.slice(0, 3) === wanted);
  if (day >= 0) return day;
  throw new CommandError("FailedToParse", `unknown day of week value: ${wanted}`);
}

export function dayOfYear(wall: number): number {
  const year = new Date(wall).getUTCFullYear();
  return Math.floor((wall - dateOf(year, 0, 1)) / DAY_MS) + 1;
}

/** The week that the days from the year's first Sunday on are in: 1; those before are in 0. */
export function weekOfYear(wall: number): number {
  return Math.floor((dayOfYear(wall) + 6 - new Date(wall).getUTCDay()) / 7);
}

/** ISO 8601: weeks start on Monday; the first is the one with 4 January in it. */
export function isoWeekOf(wall: number): { year: number; week: number; day: number } {
  const day = new Date(wall).getUTCDay() || 7;
  const thursday = wall + (4 - day) * DAY_MS;
  return {
    year: new Date(thursday).getUTCFullYear(),
    week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1,
    day,
  };
}

export function isoDate(year: number, week: number, day: number): number {
  const fourth = dateOf(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() || 7) - 1) * DAY_MS;
  return monday + ((week - 1) * 7 + day - 1) * DAY_MS;
}

/** Months and days out of range carry over. `Date.UTC` takes years below 100 for others. */
export function dateOf(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

function monthsOf(wall: number): number {
  const date = new Date(wall);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export function addUnits(wall: number, unit: string, amount: number): number {
  const months = MONTHS_OF.get(unit);
  if (months === undefined) return wall + amount * (LENGTH_MS.get(unit) ?? 0);
  const total = monthsOf(wall) + amount * months;
  const lastDay = new Date(dateOf(0, total + 1, 0)).getUTCDate();
  const day = Math.min(new Date(wall).getUTCDate(), lastDay);
  return dateOf(0, total, day) + (wall - Math.floor(wall / DAY_MS) * DAY_MS);
}

// The first day at or after the reference on which a week starts.
function origin(unit: string, weekStartsOn: number): number {
  return unit === "week" ? REFERENCE + ((weekStartsOn + 1) % 7) * DAY_MS : REFERENCE;
}

/** The start of the bin of `size` units that a time is in. */
export function startOfBin(
  wall: number,
  { unit, size, weekStartsOn }: { unit: string; size: number; weekStartsOn: number },
): number {
  const months = MONTHS_OF.get(unit);
  if (months !== undefined) {
    const bin = months * size;
    const since = monthsOf(wall) - 2000 * 12;
    return dateOf(2000, Math.floor(since / bin) * bin, 1);
  }
  const bin = size * (LENGTH_MS.get(unit) ?? 1);
  const from = origin(unit, weekStartsOn);
  return from + Math.floor((wall - from) / bin) * bin;
}

/** How many times a unit starts between two times. */
export function unitsBetween(
  { start, end }: { start: number; end: number },
  unit: string,
  weekStartsOn: number,
): number {
  const months = MONTHS_OF.get(unit);
  if (months !== undefined) {
    return Math.floor(monthsOf(end) / months) - Math.floor(monthsOf(start) / months);
  }
  const length = LENGTH_MS.get(unit) ?? 1;
  const from = origin(unit, weekStartsOn);
  return Math.floor((end - from) / length) - Math.floor((start - from) / length);
}
