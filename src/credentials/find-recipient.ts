import type { AccountStore } from "../people/account-store.js";
import { learnerIdOf } from "../people/account.js";
import type { ProfileStore } from "../people/profile-store.js";

export type RecipientNeeds = {
  accounts: Pick<AccountStore, "findById" | "listIdsOfLearner">;
  profiles: Pick<ProfileStore, "listByIds">;
};

/** Someone who can be named in a credential. */
export type NamedRecipient = { name: string; email: string | undefined };

/**
 * The name and address of a learner, from whichever of their accounts has a name; their own
 * account comes first. Undefined while no LMS sent a name and none was approved.
 */
export async function findRecipient(
  needs: RecipientNeeds,
  organisationId: string,
  learnerId: string,
): Promise<NamedRecipient | undefined> {
  const account = await needs.accounts.findById(organisationId, learnerId);
  if (account === undefined) return undefined;
  const ids = await needs.accounts.listIdsOfLearner(organisationId, learnerIdOf(account));
  const profiles = await needs.profiles.listByIds(organisationId, ids);
  for (const id of ids) {
    const profile = profiles.find((candidate) => candidate.id === id);
    const name = profile?.name?.trim() ?? "";
    if (name !== "") return { name, email: profile?.email };
  }
  return undefined;
}
