import type { SealedBox } from "../sealed-box.js";
import { keyAlgorithms } from "../signing/key-algorithm.js";
import type { IssuerKey } from "./issuer-key.js";
import type { IssuerKeyStore } from "./issuer-key-store.js";
import { makeIssuerKey } from "./make-issuer-key.js";

type Needs = {
  issuerKeys: Pick<IssuerKeyStore, "addOnce" | "list" | "highestNumber">;
  sealedBox: SealedBox;
  now: () => Date;
};

/**
 * Adds a new key of every algorithm; it signs from now on. The older ones stay published, for what
 * they signed must still verify.
 * @returns the new keys
 */
export async function rotateIssuerKeys(needs: Needs, issuerId: string): Promise<IssuerKey[]> {
  const made: IssuerKey[] = [];
  for (const algorithm of keyAlgorithms) {
    const number = (await needs.issuerKeys.highestNumber(issuerId, algorithm)) + 1;
    const key = await makeIssuerKey(needs, { issuerId, algorithm, number });
    // Of two rotations at once the index keeps one, and its key is as new as this one would be.
    if ((await needs.issuerKeys.addOnce(key)) === "added") made.push(key);
  }
  return made;
}

/**
 * After a private key became known to others: adds new keys, then takes every older one out of
 * the published documents. What those signed verifies no longer, until it is issued anew.
 * @returns the thumbprints that were taken out
 */
export async function removeCompromisedKeys(
  needs: Needs & { issuerKeys: Pick<IssuerKeyStore, "remove"> },
  issuerId: string,
): Promise<string[]> {
  const older = await needs.issuerKeys.list(issuerId);
  await rotateIssuerKeys(needs, issuerId);
  const thumbprints = older.map(({ thumbprint }) => thumbprint);
  await needs.issuerKeys.remove(issuerId, thumbprints, needs.now());
  return thumbprints;
}
