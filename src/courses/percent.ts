/** The score as a percentage of the maximum; more than 100 where an LMS gives extra points. */
export const percentOf = ({ score, maximum }: { score: number; maximum: number }): number =>
  (score * 100) / maximum;

/** Whether a percentage reaches a pass mark, whatever binary fractions did to it. */
export const reaches = (percent: number, passMarkPercent: number): boolean =>
  percent >= passMarkPercent - 1e-9;

/**
 * A result with at most one decimal, e.g. `69.9%`. Rounded down, so that what failed by a hair is
 * not shown as the pass mark (and by no more than `reaches` allows for).
 */
export const plainPercent = (percent: number): string => `${Math.floor(percent * 10 + 1e-8) / 10}%`;
