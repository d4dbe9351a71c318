import { createHash, randomBytes } from "node:crypto";

/** A sign-in that was begun here and waits for the LMS' answer. Only hashes are kept. */
export type LoginAttempt = {
  /** SHA-256 of the `state`. */
  id: string;
  nonceHash: string;
  /** SHA-256 of the secret that the browser was given for this attempt, in a cookie. */
  browserHash: string;
  platformId: string;
  /** What the launch must ask for as well. */
  targetLinkUri: string;
  /** The deployment that the LMS named at the start, where it named one. */
  deploymentId: string | undefined;
  /** Frame of the LMS that can keep the secret where cookies are blocked; where it named one. */
  storageTarget?: string | undefined;
  usedAt: Date | undefined;
  expiresAt: Date;
};

/** How long a person may take to sign in at the LMS. */
export const attemptLifetimeMs = 10 * 60 * 1000;

/** 128 random bits, as RFC 6749 §10.10 asks for at least. */
export const newSecret = (): string => randomBytes(16).toString("base64url");

export const hashSecret = (secret: string): string =>
  createHash("sha256").update(secret).digest("base64url");

/**
 * The cookie that ties an attempt to the browser. Each attempt has a cookie of its own, named
 * after its state, so that many tabs may sign in at once.
 */
export const attemptCookieName = (prefix: string, state: string): string =>
  `${prefix}-login-${hashSecret(state).slice(0, 16)}`;
