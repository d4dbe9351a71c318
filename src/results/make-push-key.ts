import type { SealedBox } from "../sealed-box.js";
import { newId } from "../stored-record.js";
import { makePushSecret, type PushKey, pushKeyPurpose } from "./push-key.js";
import type { PushKeyStore } from "./push-key-store.js";

/** Makes a key for a sender. The secret is told now and never again. */
export async function makePushKey(
  needs: { pushKeys: Pick<PushKeyStore, "add">; sealedBox: SealedBox; now: () => Date },
  wanted: { organisationId: string; sender: string; createdBy: string },
): Promise<{ key: PushKey; secret: string }> {
  const id = newId();
  const secret = makePushSecret();
  const key: PushKey = {
    id,
    organisationId: wanted.organisationId,
    sender: wanted.sender,
    sealedSecret: needs.sealedBox.seal(secret, pushKeyPurpose(id)),
    createdAt: needs.now(),
    createdBy: wanted.createdBy,
    revokedAt: undefined,
  };
  await needs.pushKeys.add(key);
  return { key, secret };
}
