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
/** Part of the quick pause that is waited after a launch, a change or a first failure. */
const FIRST = 0.25;
/** How much earlier chance may bring a read, so that thousands of courses spread out. */
const JITTER = 0.25;

/** What is known of a line item's readings so far. */
export type ReadHistory = {
  lastLaunchAt: Date;
  /** Readings in a row that changed nothing, since the last change or launch. */
  quietReads: number;
  /** Failures in a row. */
  failures: number;
};

/**
 * When a line item's results are read next. Soon after a launch in its course or a change, for
 * there more is to come; then the pause doubles with each reading that changes nothing, up to the
 * quick bound within a day of a launch, else to the slow one. After a failure it begins anew and
 * doubles up to the slow bound: a stumble costs little, an LMS that is down is left alone.
 * @param random 0 ≤ random < 1
 */
export function nextRead(
  history: ReadHistory,
  at: { now: Date; random: number },
  bounds: ReadBounds,
): Date {
  const slowMs = bounds.resultsSlowHours * HOUR_MS * SHARE;
  const quickMs = Math.min(bounds.resultsQuickMinutes * MINUTE_MS * SHARE, slowMs);
  const { lastLaunchAt, quietReads, failures } = history;
  const isQuick = at.now.getTime() - lastLaunchAt.getTime() <= DAY_MS;
  const longestMs = isQuick && failures === 0 ? quickMs : slowMs;
  const doublings = failures === 0 ? quietReads : failures - 1;
  const pauseMs = Math.min(quickMs * FIRST * 2 ** doublings, longestMs);
  return new Date(at.now.getTime() + pauseMs * (1 - JITTER * at.random));
}
