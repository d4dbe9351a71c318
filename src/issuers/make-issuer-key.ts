import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { calculateJwkThumbprint } from "jose";
import type { SealedBox } from "../sealed-box.js";
import type { KeyAlgorithm } from "../signing/key-algorithm.js";
import { newId } from "../stored-record.js";
import { type IssuerKey, type IssuerKeyPlace, issuerKeyPurpose } from "./issuer-key.js";

type Pair = { publicKey: KeyObject; privateKey: KeyObject };

const generate = promisify(generateKeyPair);

const makePair: Record<KeyAlgorithm, () => Promise<Pair>> = {
  Ed25519: async () => await generate("ed25519"),
  ES256: async () => await generate("ec", { namedCurve: "P-256" }),
  RS256: async () => await generate("rsa", { modulusLength: 2048 }),
};

/** Makes a key pair, the private part sealed. It is in use once it is stored. */
export async function makeIssuerKey(
  needs: { sealedBox: SealedBox; now: () => Date },
  place: IssuerKeyPlace,
): Promise<IssuerKey> {
  const { publicKey, privateKey } = await makePair[place.algorithm]();
  const publicJwk = publicKey.export({ format: "jwk" });
  const privateJwk = JSON.stringify(privateKey.export({ format: "jwk" }));
  return {
    id: newId(),
    ...place,
    thumbprint: await calculateJwkThumbprint({ ...publicJwk, kty: publicJwk.kty ?? "" }),
    publicJwk,
    sealedPrivateJwk: needs.sealedBox.seal(privateJwk, issuerKeyPurpose(place)),
    createdAt: needs.now(),
  };
}
