import { createHash, randomBytes } from "node:crypto";

/** A sign-in that was begun here and waits for the LMS' answer. Only hashes are kept. */
export type LoginAttempt = {
  /** Made from the `state`, see `attemptIdOf`; the launch that uses the attempt has it as well. */
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
  expiresAt: Date;
};

/** Everything that must belong together for an attempt to be used. */
export type AttemptKey = Pick<
  LoginAttempt,
  "id" | "nonceHash" | "browserHash" | "platformId" | "deploymentId"
> & {
  /** undefined where the launch names none. */
  targetLinkUri: string | undefined;
};

/** How long a person may take to sign in at the LMS. */
export const attemptLifetimeMs = 10 * 60 * 1000;

/** 128 random bits, as RFC 6749 §10.10 asks for at least. */
export const newSecret = (): string => randomBytes(16).toString("base64url");

export const hashSecret = (secret: string): string =>
  createHash("sha256").update(secret).digest("base64url");

/** The id of the attempt behind a `state`: 122 bits of its SHA-256 in the shape of our ids. */
export function attemptIdOf(state: string): string {
  const hex = createHash("sha256").update(`attempt:${state}`).digest("hex");
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const [a, b, c, e] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(20, 32)];
  return `${a}-${b}-4${c}-${variant}${hex.slice(17, 20)}-${e}`;
}

/**
 * The cookie that ties an attempt to the browser. Each attempt has a cookie of its own, named
 * after its state, so that many tabs may sign in at once.
 */
export const attemptCookieName = (prefix: string, state: string): string =>
  `${prefix}-login-${hashSecret(state).slice(0, 16)}`;
