const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A grade may wait at most so long before Rosette knows of it. */
export type ReadBounds = { resultsQuickMinutes: number; resultsSlowHours: number };

/**
 * How often to look for readings that are due, so that the time until one is found fits into
 * what `nextRead` leaves of the bound.
 */
export const sweepPauseMs = (bounds: Pick<ReadBounds, "resultsQuickMinutes">): number =>
  Math.min(MINUTE_MS, (bounds.resultsQuickMinutes * MINUTE_MS) / 10);

/** Part of the bound that may pass between two reads; the rest is for the read and the award. */
const SHARE = 0.8;
/** How much earlier chance may bring a read, so that thousands of courses spread out. */
const JITTER = 0.25;

/**
 * When a line item's results are read next: often within a day of a launch in its course, else
 * rarely. After failures the pause doubles each time, up to the slow one.
 * @param random 0 ≤ random < 1
 */
export function nextRead(
  course: { lastLaunchAt: Date; failures: number },
  at: { now: Date; random: number },
  bounds: ReadBounds,
): Date {
  const slowMs = bounds.resultsSlowHours * HOUR_MS * SHARE;
  const quickMs = bounds.resultsQuickMinutes * MINUTE_MS * SHARE;
  const isQuick = at.now.getTime() - course.lastLaunchAt.getTime() <= DAY_MS;
  const usualMs = isQuick ? Math.min(quickMs, slowMs) : slowMs;
  const pauseMs = Math.min(usualMs * 2 ** course.failures, slowMs);
  return new Date(at.now.getTime() + pauseMs * (1 - JITTER * at.random));
}
