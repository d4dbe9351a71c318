import { eachInTurn } from "../each-in-turn.js";
import { type SignListNeeds, signStatusList } from "../status-lists/sign-status-list.js";
import type { StatusListStore } from "../status-lists/status-list-store.js";
import type { CredentialStore } from "./credential-store.js";

/** So many changes are looked at in one run; the next one goes on. */
const MOST_CHANGES = 2000;

/**
 * Signs every list anew in which a status has changed, and those that a crash left unsigned. What
 * is noted as said was read before the list was: a change in between is said by the next run.
 */
export async function publishStatusChanges(
  needs: SignListNeeds & {
    credentials: Pick<CredentialStore, "listUnlisted" | "markListed">;
    statusLists: Pick<StatusListStore, "listUnsigned">;
  },
): Promise<void> {
  const changes = await needs.credentials.listUnlisted(MOST_CHANGES);
  const unsigned = await needs.statusLists.listUnsigned();
  const listIds = new Set([...changes.map(({ listId }) => listId), ...unsigned]);
  // One that cannot be signed keeps no other issuer's revocations from being said.
  await eachInTurn(listIds, async (listId) => {
    await signStatusList(needs, listId);
    await needs.credentials.markListed(changes.filter((change) => change.listId === listId));
  });
}
