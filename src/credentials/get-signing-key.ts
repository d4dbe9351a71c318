import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import type { SealedBox } from "../sealed-box.js";
import { newId } from "../stored-record.js";
import { type IssuerKey, issuerKeyPurpose } from "./issuer-key.js";
import type { IssuerKeyStore } from "./issuer-key-store.js";

type Needs = {
  issuerKeys: Pick<IssuerKeyStore, "addOnce" | "findCurrent">;
  sealedBox: SealedBox;
  now: () => Date;
};

/**
 * RS256: the one algorithm that every Open Badges 3.0 verifier must know (OB 3.0 §8.2.3). 2048
 * bits are what the same section's reference implementations use.
 */
const algorithm = "RS256";

async function makeKey(needs: Needs, organisationId: string, number: number): Promise<IssuerKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
  const publicJwk = await exportJWK(pair.publicKey);
  const privateJwk = await exportJWK(pair.privateKey);
  return {
    id: newId(),
    organisationId,
    number,
    algorithm,
    thumbprint: await calculateJwkThumbprint(publicJwk),
    publicJwk: { ...publicJwk },
    sealedPrivateJwk: needs.sealedBox.seal(
      JSON.stringify(privateJwk),
      issuerKeyPurpose({ organisationId, number }),
    ),
    createdAt: needs.now(),
  };
}

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
    await needs.issuerKeys.addOnce(await makeKey(needs, organisationId, 1));
    key = await find();
  }
  if (key === undefined) throw new Error("An issuer key was stored but is not there");
  const opened = needs.sealedBox.open(key.sealedPrivateJwk, issuerKeyPurpose(key));
  return { key, privateJwk: JSON.parse(opened) as JWK };
}

/** Adds a key that signs from now on. The older ones stay and keep verifying what they signed. */
export async function rotateIssuerKey(
  needs: Needs,
  organisationId: string,
): Promise<"added" | "already-there"> {
  const current = await needs.issuerKeys.findCurrent(organisationId);
  const key = await makeKey(needs, organisationId, (current?.number ?? 0) + 1);
  return await needs.issuerKeys.addOnce(key);
}
