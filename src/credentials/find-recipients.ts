import type { AccountStore } from "../people/account-store.js";
import { learnerIdOf } from "../people/account.js";
import type { ProfileStore } from "../people/profile-store.js";

export type RecipientNeeds = {
  accounts: Pick<AccountStore, "listByIds" | "listIdsOfLearners">;
  profiles: Pick<ProfileStore, "listByIds">;
};

/** Someone who can be named in a credential. */
export type NamedRecipient = { name: string; email: string | undefined };

/**
 * The names and addresses of learners, from whichever of their accounts has a name; a learner's
 * own account comes first. Who has no name yet, from an LMS or approved, is left out.
 */
export async function findRecipients(
  needs: RecipientNeeds,
  organisationId: string,
  learnerIds: readonly string[],
): Promise<Map<string, NamedRecipient>> {
  const accounts = await needs.accounts.listByIds(organisationId, [...new Set(learnerIds)]);
  const mainIds = [...new Set(accounts.map(learnerIdOf))];
  const idsOf = await needs.accounts.listIdsOfLearners(organisationId, mainIds);
  const listed = await needs.profiles.listByIds(organisationId, [...idsOf.values()].flat());
  const profiles = new Map(listed.map((profile) => [profile.id, profile]));
  const recipients = new Map<string, NamedRecipient>();
  for (const account of accounts) {
    for (const id of idsOf.get(learnerIdOf(account)) ?? []) {
      const profile = profiles.get(id);
      const name = profile?.name?.trim() ?? "";
      if (name === "" || recipients.has(account.id)) continue;
      recipients.set(account.id, { name, email: profile?.email });
    }
  }
  return recipients;
}
