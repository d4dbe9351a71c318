import { createHash, randomBytes } from "node:crypto";

/** Who a browser is. It says nothing of which launch: the address does, see `Visit`. */
export type Session = {
  /** SHA-256 of the token in the cookie. */
  id: string;
  organisationId: string;
  accountId: string;
  startedAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
};

/** A session that was seen this recently is not written again. */
export const TOUCH_AFTER_MS = 60_000;

/** 256 random bits. */
export const newSessionToken = (): string => randomBytes(32).toString("base64url");

export const sessionIdOf = (token: string): string =>
  createHash("sha256").update(token).digest("base64url");

/** One cookie out of a Cookie header (RFC 6265 §5.4); undefined when it is not there. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
