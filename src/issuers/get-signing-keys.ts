import { createPrivateKey, createPublicKey, type JsonWebKey } from "node:crypto";
import type { SealedBox } from "../sealed-box.js";
import { type KeyAlgorithm, keyAlgorithms } from "../signing/key-algorithm.js";
import type { SigningKey, SigningKeySet } from "../signing/signing-key.js";
import { type IssuerKey, issuerKeyPurpose } from "./issuer-key.js";
import type { IssuerKeyStore } from "./issuer-key-store.js";
import { keyUrl } from "./issuer.js";
import { makeIssuerKey } from "./make-issuer-key.js";
import type { PublicAddresses } from "./public-addresses.js";

export type SigningKeyNeeds = {
  addresses: Pick<PublicAddresses, "issuerDid">;
  issuerKeys: Pick<IssuerKeyStore, "addOnce" | "list">;
  sealedBox: SealedBox;
  now: () => Date;
};

/** An issuer's keys in use, and their thumbprints, by which what they signed is found again. */
export type IssuerSigningKeys = { keys: SigningKeySet; signedWith: string[] };

/** The newest key of an algorithm, of those of one issuer, oldest first. */
const newest = (keys: readonly IssuerKey[], algorithm: KeyAlgorithm): IssuerKey | undefined =>
  keys.findLast((key) => key.algorithm === algorithm);

function open(needs: SigningKeyNeeds, key: IssuerKey): SigningKey {
  const privateJwk = JSON.parse(
    needs.sealedBox.open(key.sealedPrivateJwk, issuerKeyPurpose(key)),
  ) as JsonWebKey;
  return {
    url: keyUrl(needs.addresses.issuerDid(key.issuerId), key),
    privateKey: createPrivateKey({ key: privateJwk, format: "jwk" }),
    publicKey: createPublicKey({ key: key.publicJwk, format: "jwk" }),
  };
}

/**
 * The issuer's newest key of every algorithm; its first ones are made here. Of several that are
 * made at once, the index keeps one, and all callers get that one.
 */
export async function getSigningKeys(
  needs: SigningKeyNeeds,
  issuerId: string,
): Promise<IssuerSigningKeys> {
  let keys = await needs.issuerKeys.list(issuerId);
  const missing = keyAlgorithms.filter((algorithm) => newest(keys, algorithm) === undefined);
  for (const algorithm of missing) {
    const place = { issuerId, algorithm, number: 1 };
    await needs.issuerKeys.addOnce(await makeIssuerKey(needs, place));
  }
  if (missing.length > 0) keys = await needs.issuerKeys.list(issuerId);
  const inUse = (algorithm: KeyAlgorithm): IssuerKey => {
    const key = newest(keys, algorithm);
    if (key === undefined) throw new Error("An issuer key was stored but is not there");
    return key;
  };
  return {
    keys: {
      Ed25519: open(needs, inUse("Ed25519")),
      ES256: open(needs, inUse("ES256")),
      RS256: open(needs, inUse("RS256")),
    },
    signedWith: keyAlgorithms.map((algorithm) => inUse(algorithm).thumbprint),
  };
}
