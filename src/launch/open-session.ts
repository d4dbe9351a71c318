import { newSessionToken, sessionIdOf } from "./session.js";
import type { SessionStore } from "./session-store.js";

export type OpenSessionNeeds = {
  sessions: Pick<SessionStore, "add" | "end">;
  sessionIdleMs: number;
  now: () => Date;
};

/**
 * Opens a fresh session for an account.
 * @param previousToken of the session the browser had; it ends here
 * @returns the token for the session cookie
 */
export async function openSession(
  needs: OpenSessionNeeds,
  owner: { organisationId: string; accountId: string },
  previousToken: string | undefined,
): Promise<string> {
  const token = newSessionToken();
  const now = needs.now();
  await needs.sessions.add({
    id: sessionIdOf(token),
    organisationId: owner.organisationId,
    accountId: owner.accountId,
    startedAt: now,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + needs.sessionIdleMs),
  });
  if (previousToken !== undefined) await needs.sessions.end(sessionIdOf(previousToken));
  return token;
}
