/** A day as forms, addresses and files write it: `2026-03-01` (UTC). */
export const isoDay = (at: Date): string => at.toISOString().slice(0, 10);

/** The beginning of a day that is written so; undefined when there is none, as on 30 February. */
export function readUtcDay(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const at = new Date(`${text}T00:00:00Z`);
  // 2026-02-30 would be read as a day in March.
  return Number.isNaN(at.getTime()) || isoDay(at) !== text ? undefined : at;
}
