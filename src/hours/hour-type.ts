import type { Faults } from "../courses/faults.js";

/** A unit in which hours are told, e.g. professional-development points. Facts stay in hours. */
export type HourType = {
  id: string;
  /** As a column is headed, e.g. `CE credits`. */
  name: string;
  /** How many of it one contact hour is. */
  perHour: number;
};

/** What there is before an administrator has decided. */
export const usualHourTypes: readonly HourType[] = [
  { id: "contact-hours", name: "Contact hours", perHour: 1 },
];

export const mostHourTypes = 6;
const MOST_PER_HOUR = 1000;

/** What is wrong with the units; empty when they may be stored. */
export function faultsOfHourTypes(types: readonly HourType[]): Faults {
  const faults: Faults = {};
  const seen = new Set<string>();
  for (const [index, { name, perHour }] of types.entries()) {
    if (name === "") faults[`name-${index}`] = "Name the unit.";
    else if (seen.has(name.toLowerCase())) faults[`name-${index}`] = "Two units have this name.";
    if (!(perHour > 0 && perHour <= MOST_PER_HOUR))
      faults[`perHour-${index}`] = `Enter a number more than 0 and at most ${MOST_PER_HOUR}.`;
    seen.add(name.toLowerCase());
  }
  if (types.length === 0) faults["name-0"] = "Keep at least one unit.";
  return faults;
}

/** Hours in a unit, to two decimals, never rounded up. */
export const inUnits = (hours: number, { perHour }: HourType): number =>
  Math.floor(hours * perHour * 100 + 1e-6) / 100;
