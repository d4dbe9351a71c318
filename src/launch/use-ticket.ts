import { hashSecret } from "./login-attempt.js";
import type { LaunchStore } from "./launch-store.js";
import { newSession } from "./session.js";

type Needs = {
  launches: Pick<LaunchStore, "takeTicket">;
  sessionIdleMs: number;
  now: () => Date;
};

/** Opens, once, the session that a ticket stands for; undefined when it is used, old or made up. */
export async function useTicket(
  needs: Needs,
  ticket: string,
  previousToken: string | undefined,
): Promise<{ launchId: string; sessionToken: string } | undefined> {
  const now = needs.now();
  const { session, token } = newSession(previousToken, { now, idleMs: needs.sessionIdleMs });
  const launchId = await needs.launches.takeTicket(hashSecret(ticket), session);
  return launchId === undefined ? undefined : { launchId, sessionToken: token };
}
