import { createHash, randomBytes } from "node:crypto";

/**
 * A browser outside the LMS that opens a learner's backpack. It was let in by a one-time link that
 * the learner made inside the LMS, and holds a secret in a cookie; no address ever holds one.
 */
export type Device = {
  /** SHA-256 of the secret. */
  id: string;
  organisationId: string;
  learnerId: string;
  /** Guards the forms of its pages (a secret of its own, so that no page holds the cookie's). */
  formToken: string;
  openedAt: Date;
  expiresAt: Date;
};

const DAY_MS = 24 * 60 * 60 * 1000;

/** A browser that was let in stays in for so long, unless the learner shuts it out. */
export const DEVICE_LIFETIME_MS = 90 * DAY_MS;

export const newDeviceSecret = (): string => randomBytes(32).toString("base64url");

export const deviceIdOf = (secret: string): string =>
  createHash("sha256").update(secret).digest("base64url");
