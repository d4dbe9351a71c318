import { getSigningKeys, type SigningKeyNeeds } from "../issuers/get-signing-keys.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { canonicalForm } from "../signing/canonical-form.js";
import { signDataIntegrity } from "../signing/data-integrity.js";
import { dateTimeOf } from "../signing/date-time.js";
import { encodeStatusList, statusListCredential, type StatusPurpose } from "./status-list.js";
import type { StatusListStore } from "./status-list-store.js";

export type SignListNeeds = SigningKeyNeeds & {
  addresses: PublicAddresses;
  statusLists: Pick<StatusListStore, "beginSigning" | "keepSigned">;
  /** Which places of a list are set, for a purpose. */
  listSetIndexes: (listId: string, purpose: StatusPurpose) => Promise<number[]>;
};

/** Signs both lists as the statuses are now. Of several at once, the newest stays. */
export async function signStatusList(needs: SignListNeeds, listId: string): Promise<void> {
  const found = await needs.statusLists.beginSigning(listId);
  if (found === undefined) return;
  const { list, number } = found;
  const { keys } = await getSigningKeys(needs, list.issuerId);
  const now = dateTimeOf(needs.now());
  const sign = async (purpose: StatusPurpose): Promise<string> => {
    const encodedList = encodeStatusList(
      list,
      purpose,
      await needs.listSetIndexes(listId, purpose),
    );
    const unsigned = statusListCredential(needs.addresses, {
      ...{ list, purpose, encodedList, validFrom: now },
    });
    const by = { canonicalise: canonicalForm, created: now };
    return JSON.stringify(await signDataIntegrity(unsigned, keys.Ed25519, by));
  };
  const signed = { revocation: await sign("revocation"), suspension: await sign("suspension") };
  await needs.statusLists.keepSigned(listId, signed, number);
}
