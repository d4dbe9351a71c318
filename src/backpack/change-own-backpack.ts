import type { Credential } from "../credentials/credential.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import { ToolError } from "../errors.js";
import type { AccountStore } from "../people/account-store.js";
import { type Backpack, type BackpackChange, changeBackpack, inOrder } from "./backpack.js";
import type { BackpackStore } from "./backpack-store.js";
import type { Holder } from "./holder.js";

export type OwnBackpackNeeds = {
  backpacks: Pick<BackpackStore, "findOrMake" | "save">;
  credentials: Pick<CredentialStore, "listOfLearner">;
  accounts: Pick<AccountStore, "listIdsOfLearner">;
};

type Owner = Pick<Holder, "organisationId" | "learnerId">;

/** A learner's backpack with every credential of theirs, from whichever of their accounts. */
export async function readBackpack(
  needs: OwnBackpackNeeds,
  { organisationId, learnerId }: Owner,
): Promise<{ backpack: Backpack; credentials: Credential[]; learnerIds: string[] }> {
  const learnerIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
  const [backpack, credentials] = await Promise.all([
    needs.backpacks.findOrMake(organisationId, learnerId),
    needs.credentials.listOfLearner(organisationId, learnerIds),
  ]);
  return { backpack, credentials: inOrder(backpack.order, credentials), learnerIds };
}

const MOST_TRIES = 5;

/** Changes a backpack; when another change came first, on top of that one. */
export async function changeOwnBackpack(
  needs: OwnBackpackNeeds,
  owner: Owner,
  change: BackpackChange,
): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { backpack, credentials } = await readBackpack(needs, owner);
    const changed = changeBackpack(
      backpack,
      change,
      credentials.map(({ id }) => id),
    );
    if ((await needs.backpacks.save(changed)) === "saved") return;
  }
  throw new ToolError("store-unavailable", { detail: "a backpack changes too often" });
}
