import type { JWK } from "jose";
import type { SealedBox } from "../sealed-box.js";
import { type IssuerKey, issuerKeyPurpose } from "./issuer-key.js";
import type { IssuerKeyStore } from "./issuer-key-store.js";
import { makeIssuerKey } from "./make-issuer-key.js";

type Needs = {
  issuerKeys: Pick<IssuerKeyStore, "addOnce" | "findCurrent">;
  sealedBox: SealedBox;
  now: () => Date;
};

/** The key that signs for an organisation now, with its private part opened. */
export type OpenedIssuerKey = { key: IssuerKey; privateJwk: JWK };

/**
 * The organisation's newest key; its first one is made here. Of several that are made at once,
 * the index keeps one, and all callers get that one.
 */
export async function getSigningKey(
  needs: Needs,
  organisationId: string,
): Promise<OpenedIssuerKey> {
  const find = async () => await needs.issuerKeys.findCurrent(organisationId);
  let key = await find();
  if (key === undefined) {
    await needs.issuerKeys.addOnce(await makeIssuerKey(needs, { organisationId, number: 1 }));
    key = await find();
  }
  if (key === undefined) throw new Error("An issuer key was stored but is not there");
  const opened = needs.sealedBox.open(key.sealedPrivateJwk, issuerKeyPurpose(key));
  return { key, privateJwk: JSON.parse(opened) as JWK };
}
