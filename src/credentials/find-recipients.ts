import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";

export type RecipientNeeds = {
  accounts: Pick<AccountStore, "findLearners">;
  profiles: Pick<ProfileStore, "listByIds">;
};

/** Someone who can be named in a credential. */
export type NamedRecipient = {
  name: string;
  email: string | undefined;
  /** A DID or https address that they say is theirs. */
  holderId?: string | undefined;
};

/**
 * The names and addresses of learners, from whichever of their accounts has a name; a learner's
 * own account comes first. Who has no name yet, from an LMS or approved, is left out.
 */
export async function findRecipients(
  needs: RecipientNeeds,
  organisationId: string,
  learnerIds: readonly string[],
): Promise<Map<string, NamedRecipient>> {
  const [learners, own] = await Promise.all([
    needs.accounts.findLearners(organisationId, learnerIds),
    needs.profiles.listByIds(organisationId, [...learnerIds]),
  ]);
  const asked = new Set(learnerIds);
  const joined = learners.flatMap(({ accountIds }) => accountIds.filter((id) => !asked.has(id)));
  const others = joined.length === 0 ? [] : await needs.profiles.listByIds(organisationId, joined);
  const profiles = new Map([...own, ...others].map((profile) => [profile.id, profile]));
  const recipients = new Map<string, NamedRecipient>();
  for (const { accountIds } of learners) {
    const theirs = accountIds.map((id) => profiles.get(id));
    const named = theirs.find((one) => one?.name?.trim());
    const name = named?.name?.trim();
    if (name === undefined) continue;
    const holderId = theirs.find((one) => one?.holderId !== undefined)?.holderId;
    for (const id of accountIds) recipients.set(id, { name, email: named?.email, holderId });
  }
  return recipients;
}
