import type { CredentialStore } from "./credential-store.js";
import { reissueCredentials, type ReissueNeeds } from "./reissue-credentials.js";

/** So many are read, signed and written together. */
const BATCH = 200;

/**
 * Issues anew what an issuer's removed keys signed. What is left after a crash is found again by
 * the same call: the credentials themselves say which keys signed them.
 */
export async function reissueSignedWith(
  needs: ReissueNeeds & { credentials: Pick<CredentialStore, "listSignedWith"> },
  about: { issuerId: string; thumbprints: readonly string[] },
): Promise<{ reissued: number; left: number }> {
  const { issuerId, thumbprints } = about;
  const listed = async () =>
    await needs.credentials.listSignedWith({ issuerId, thumbprints, limit: BATCH });
  let reissued = 0;
  let batch = await listed();
  while (batch.length > 0) {
    const done = await reissueCredentials(needs, batch, { reason: "keys-replaced" });
    reissued += done;
    batch = await listed();
    if (done === 0) break;
  }
  return { reissued, left: batch.length };
}
