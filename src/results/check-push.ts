import { isId } from "../stored-record.js";
import type { SealedBox } from "../sealed-box.js";
import { ToolError } from "../errors.js";
import {
  isNonce,
  isSignedWith,
  isTimely,
  makePushSecret,
  type PushKey,
  pushKeyPurpose,
  type SignedRequest,
} from "./push-key.js";
import type { PushKeyStore } from "./push-key-store.js";

/** What an unknown key is compared with, so that it takes as long as a known one. */
const nobodysSecret = makePushSecret();

/**
 * Who signed a push: the signature, the time and the nonce all hold, and the nonce is used up.
 * @throws ToolError push-signature-missing, push-expired, push-signature-wrong, push-replayed
 */
export async function checkPush(
  needs: {
    pushKeys: Pick<PushKeyStore, "findInForce" | "useNonce">;
    sealedBox: SealedBox;
    now: () => Date;
  },
  request: SignedRequest,
): Promise<PushKey> {
  const { keyId, nonce } = request.headers;
  if (!isNonce(nonce)) throw new ToolError("push-signature-missing");
  if (!isTimely(request.headers, needs.now())) throw new ToolError("push-expired");
  const key = isId(keyId) ? await needs.pushKeys.findInForce(keyId) : undefined;
  const secret =
    key === undefined
      ? nobodysSecret
      : needs.sealedBox.open(key.sealedSecret, pushKeyPurpose(key.id));
  const isGenuine = isSignedWith(request, secret);
  if (key === undefined || !isGenuine) throw new ToolError("push-signature-wrong");
  if ((await needs.pushKeys.useNonce(key.id, nonce, needs.now())) === "already-there") {
    throw new ToolError("push-replayed");
  }
  return key;
}
