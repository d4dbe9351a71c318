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

const DAY_MS = 86_400_000;
/** Some eleven years of days. */
const MOST_DAYS = 4000;
const daysInWords = new Map<number, string>();

/** A day as people write it, e.g. `3 May 2026` (UTC). The same few days are asked for all the time. */
export function plainDate(date: Date): string {
  const day = Math.floor(date.getTime() / DAY_MS);
  const known = daysInWords.get(day);
  if (known !== undefined) return known;
  const words = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`;
  if (daysInWords.size < MOST_DAYS) daysInWords.set(day, words);
  return words;
}

/** `A`, `A and B`, `A, B and C`; the same with `or`. */
export function plainList(items: readonly string[], word: "and" | "or"): string {
  let list = items[0] ?? "";
  for (let at = 1; at < items.length; at += 1)
    list += `${at === items.length - 1 ? ` ${word}` : ","} ${items[at] ?? ""}`;
  return list;
}

/** `1 step`, `2 steps`. */
export const plainCount = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? "" : "s"}`;

/** `1 contact hour`, `8.5 contact hours`. */
export const plainHours = (hours: number): string =>
  plainCount(Math.round(hours * 100) / 100, "contact hour");
