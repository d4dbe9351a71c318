import { learnerIdOf } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { credentialDocument } from "./credential.js";
import type { CredentialStore } from "./credential-store.js";
import { nameIn } from "./open-badge.js";
import { reissueCredentials, type ReissueNeeds, withName } from "./reissue-credentials.js";

/**
 * A learner's name was corrected and approved: their credentials that bear another one are issued
 * anew. A name that an LMS alone has changed corrects nothing.
 */
export async function correctNames(
  needs: ReissueNeeds & {
    accounts: Pick<AccountStore, "findById" | "listIdsOfLearner">;
    profiles: Pick<ProfileStore, "find">;
    credentials: Pick<CredentialStore, "listOfLearner">;
  },
  about: { organisationId: string; accountId: string },
): Promise<number> {
  const { organisationId, accountId } = about;
  const profile = await needs.profiles.find(organisationId, accountId);
  const name = profile?.name?.trim() ?? "";
  const account = await needs.accounts.findById(organisationId, accountId);
  if (profile?.nameFrom !== "approved" || name === "" || account === undefined) return 0;
  const ids = await needs.accounts.listIdsOfLearner(organisationId, learnerIdOf(account));
  const held = await needs.credentials.listOfLearner(organisationId, ids);
  const others = held.filter((credential) => nameIn(credentialDocument(credential)) !== name);
  const edition = { reason: "name-corrected" as const, change: withName(name) };
  return await reissueCredentials(needs, others, edition);
}
