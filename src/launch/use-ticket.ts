import { hashSecret } from "./login-attempt.js";
import { openSession, type OpenSessionNeeds } from "./open-session.js";
import type { TicketStore } from "./ticket-store.js";

type Needs = OpenSessionNeeds & { tickets: Pick<TicketStore, "take"> };

/** Opens, once, the session that a ticket stands for; undefined when it is used, old or made up. */
export async function useTicket(
  needs: Needs,
  ticket: string,
  previousToken: string | undefined,
): Promise<{ launchId: string; sessionToken: string } | undefined> {
  const taken = await needs.tickets.take(hashSecret(ticket), needs.now());
  if (taken === undefined) return undefined;
  const sessionToken = await openSession(needs, taken, previousToken);
  return { launchId: taken.launchId, sessionToken };
}
