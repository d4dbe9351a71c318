const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** A day as people write it, e.g. `3 May 2026` (UTC). */
export const plainDate = (date: Date): string =>
  `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`;

/**
 * A result with at most one decimal, e.g. `69.9%`. Rounded down, so that what failed by a hair is
 * not shown as the pass mark (and by no more than `reaches` allows for).
 */
export const plainPercent = (percent: number): string => `${Math.floor(percent * 10 + 1e-8) / 10}%`;

/** `A`, `A and B`, `A, B and C`; the same with `or`. */
export function plainList(items: readonly string[], word: "and" | "or"): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1) ?? ""}`;
}

/** `1 step`, `2 steps`. */
export const plainCount = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? "" : "s"}`;

/** `1 contact hour`, `8.5 contact hours`. */
export const plainHours = (hours: number): string =>
  plainCount(Math.round(hours * 100) / 100, "contact hour");
