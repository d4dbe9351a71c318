import type { JWK } from "jose";

/** One of Rosette's own RSA keys. Its id is the `kid`. */
export type ToolKey = {
  id: string;
  /** Counts from 1. Unique, so that two processes at once make one key. */
  generation: number;
  /** Set for a key that was brought from another tool: only this LMS knows it. */
  platformId?: string;
  publicJwk: JWK;
  /** The private JWK as JSON, sealed for `toolKeyPurpose`. */
  sealedPrivateJwk: string;
  createdAt: Date;
  /** Not used before; published from its creation on. Unset for the first key: at once. */
  signsFrom?: Date;
};

/** A sealed key opens under its own name alone. */
export const toolKeyPurpose = (kid: string): string => `tool-key:${kid}`;

/** How long a new key is published before it signs: LMSs keep a key set for minutes to an hour. */
export const publishedAheadMs = 2 * 60 * 60_000;
/** How long a key stays published once its successor signs; what it signed lives for minutes. */
export const staysPublishedMs = 7 * 24 * 60 * 60_000;

type Dated = Pick<ToolKey, "generation" | "platformId" | "createdAt" | "signsFrom">;

const signsFromMs = ({ signsFrom, createdAt }: Dated): number => (signsFrom ?? createdAt).getTime();

const newestFirst = (one: Dated, other: Dated): number => other.generation - one.generation;

/** The key that signs for an LMS: the newest that is due, of the common ones and its own. */
export function findSigningKey<T extends Dated>(
  keys: readonly T[],
  platformId: string | undefined,
  now: Date,
): T | undefined {
  const usable = keys
    .filter((key) => key.platformId === undefined || key.platformId === platformId)
    .sort(newestFirst);
  const due = usable.find((key) => signsFromMs(key) <= now.getTime());
  // A clock that was put back leaves none due; the oldest is the one the LMSs know best.
  return due ?? usable.at(-1);
}

/** The keys that an LMS may still need: all but those whose successor has signed for a while. */
export function listPublishedKeys<T extends Dated>(keys: readonly T[], now: Date): T[] {
  const longSigning = (key: T): boolean => signsFromMs(key) + staysPublishedMs <= now.getTime();
  const replaces = (successor: T, key: T): boolean =>
    successor.generation > key.generation &&
    (successor.platformId === undefined || successor.platformId === key.platformId);
  return keys
    .filter((key) => !keys.some((other) => replaces(other, key) && longSigning(other)))
    .sort(newestFirst);
}
