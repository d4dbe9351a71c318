import { createHash, randomBytes } from "node:crypto";

/** Who a browser is. It says nothing of which launch: the address does, see `Visit`. */
export type Session = {
  /** SHA-256 of the token in the cookie. */
  id: string;
  organisationId: string;
  accountId: string;
  /** The launch that opened it, in whose record it stands. */
  launchId: string;
  lastSeenAt: Date;
  expiresAt: Date;
};

/** A session as it is opened. */
export type NewSession = Pick<Session, "id" | "lastSeenAt" | "expiresAt"> & {
  /** The session that the browser had; it ends with the write that opens this one. */
  replaces?: string;
};

/** A session that was seen this recently is not written again. */
export const TOUCH_AFTER_MS = 60_000;

/** How long a person may take to press the button that goes on in a new window. */
export const ticketLifetimeMs = 5 * 60 * 1000;

/** 256 random bits. */
const newSessionToken = (): string => randomBytes(32).toString("base64url");

export const sessionIdOf = (token: string): string =>
  createHash("sha256").update(token).digest("base64url");

/**
 * A fresh session.
 * @param previousToken of the session that the browser had
 * @returns what is stored, and the token for the cookie
 */
export function newSession(
  previousToken: string | undefined,
  at: { now: Date; idleMs: number },
): { session: NewSession; token: string } {
  const token = newSessionToken();
  const session = {
    id: sessionIdOf(token),
    lastSeenAt: at.now,
    expiresAt: new Date(at.now.getTime() + at.idleMs),
    ...(previousToken === undefined ? {} : { replaces: sessionIdOf(previousToken) }),
  };
  return { session, token };
}

/** One cookie out of a Cookie header (RFC 6265 §5.4); undefined when it is not there. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
