import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { SealedBox } from "../sealed-box.js";
import { type KeyAlgorithm, keyAlgorithms } from "../signing/key-algorithm.js";
import { type IssuerKey, issuerKeyPurpose } from "./issuer-key.js";
import type { IssuerKeyStore } from "./issuer-key-store.js";
import { makeIssuerKey } from "./make-issuer-key.js";

type Needs = {
  issuerKeys: Pick<IssuerKeyStore, "addOnce" | "list">;
  sealedBox: SealedBox;
  now: () => Date;
};

/** The key that signs now, with its private part opened. */
export type OpenedIssuerKey = { key: IssuerKey; privateKey: KeyObject };

export type SigningKeys = Record<KeyAlgorithm, OpenedIssuerKey>;

/** The newest key of an algorithm, of those of one issuer, oldest first. */
const newest = (keys: readonly IssuerKey[], algorithm: KeyAlgorithm): IssuerKey | undefined =>
  keys.findLast((key) => key.algorithm === algorithm);

function open({ sealedBox }: Pick<Needs, "sealedBox">, key: IssuerKey): OpenedIssuerKey {
  const privateJwk = JSON.parse(
    sealedBox.open(key.sealedPrivateJwk, issuerKeyPurpose(key)),
  ) as JsonWebKey;
  return { key, privateKey: createPrivateKey({ key: privateJwk, format: "jwk" }) };
}

/**
 * The issuer's newest key of every algorithm; its first ones are made here. Of several that are
 * made at once, the index keeps one, and all callers get that one.
 */
export async function getSigningKeys(needs: Needs, issuerId: string): Promise<SigningKeys> {
  let keys = await needs.issuerKeys.list(issuerId);
  const missing = keyAlgorithms.filter((algorithm) => newest(keys, algorithm) === undefined);
  for (const algorithm of missing) {
    const place = { issuerId, algorithm, number: 1 };
    await needs.issuerKeys.addOnce(await makeIssuerKey(needs, place));
  }
  if (missing.length > 0) keys = await needs.issuerKeys.list(issuerId);
  const openNewest = (algorithm: KeyAlgorithm): OpenedIssuerKey => {
    const key = newest(keys, algorithm);
    if (key === undefined) throw new Error("An issuer key was stored but is not there");
    return open(needs, key);
  };
  return {
    Ed25519: openNewest("Ed25519"),
    ES256: openNewest("ES256"),
    RS256: openNewest("RS256"),
  };
}
