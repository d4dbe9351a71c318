/** What the LMS showed for one learner: a grade, or that there is none any more. */
export type Grade = { kind: "graded"; score: number; maximum: number } | { kind: "cleared" };

/** A change in the LMS gradebook that is to become a fact. */
export type GradeChange = {
  /** Counts the changes of this learner and line item, from 1. */
  number: number;
  outcome: Grade;
  occurredAt: Date;
  observedAt: Date;
};

/**
 * What Rosette last saw in the LMS gradebook for one learner and line item. Unique by
 * (lineItemId, sub); changed only by compare-and-swap on `version`, so that of two readers one
 * makes the fact.
 */
export type Observation = {
  id: string;
  organisationId: string;
  lineItemId: string;
  sub: string;
  version: number;
  /** undefined: no grade seen yet. */
  last: Grade | undefined;
  /** Whether what was last seen is a score that Rosette sent, and not somebody's own grade. */
  isOwn: boolean;
  /** Not before this did what was last seen happen. */
  lastOccurredAt: Date | undefined;
  /** Number of the latest change. */
  changeNumber: number;
  /** Sent scores up to this number have been accounted for. */
  echoedNumber: number;
  /** The unusable result that was last reported, so that it is reported once. */
  refused: string | undefined;
  /** Changes that were seen and are not yet facts. */
  unrecorded: GradeChange[];
};

/** The part of an observation that the rule decides on. */
export type Sight = Omit<Observation, "id" | "organisationId" | "lineItemId" | "sub" | "version">;

export const nothingSeen: Sight = {
  last: undefined,
  isOwn: false,
  lastOccurredAt: undefined,
  changeNumber: 0,
  echoedNumber: 0,
  refused: undefined,
  unrecorded: [],
};
