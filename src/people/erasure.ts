/** What is to become of the credentials of who deletes their account. */
export const credentialWishes = ["keep", "withdraw"] as const;

export type CredentialWish = (typeof credentialWishes)[number];

/** Somebody as their LMS knows them. */
export type LmsPerson = { issuer: string; sub: string };

/**
 * A learner deletes their account. Kept for good: it holds nothing but opaque ids once it is done,
 * and says that it was.
 */
export type Erasure = {
  /** The learner's account. */
  id: string;
  organisationId: string;
  /** Every account of theirs. */
  accountIds: string[];
  /** Who they are at their LMSs, sealed (`LmsPerson[]`); gone when it is done. */
  sealedPeople: string | undefined;
  credentials: CredentialWish;
  requestedAt: Date;
  /** How often everything was gone through. */
  passes: number;
  /** When it is gone through (again); undefined when it is done. */
  nextAt: Date | undefined;
};

/** Purpose of the seal on who somebody was. */
export const peopleSeal = "erasure-people";

const MINUTE_MS = 60_000;

/**
 * What was under way when somebody's account was deleted may still have written of them: a roster
 * that was being read, a picture that was being drawn. Everything is gone through once more.
 */
const SECOND_PASS_MS = 15 * MINUTE_MS;
const PASSES = 2;

/** When it is gone through again after a pass that came to its end; undefined when it is done. */
export const nextPassAt = ({ passes }: Pick<Erasure, "passes">, now: Date): Date | undefined =>
  passes + 1 < PASSES ? new Date(now.getTime() + SECOND_PASS_MS) : undefined;
