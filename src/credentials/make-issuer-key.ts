import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import type { SealedBox } from "../sealed-box.js";
import { newId } from "../stored-record.js";
import { type IssuerKey, issuerKeyPurpose } from "./issuer-key.js";

/** The one algorithm that every Open Badges 3.0 verifier must know (OB 3.0 §8.2.3). */
const algorithm = "RS256";

/** Makes a key pair, the private part sealed. It is in use once it is stored. */
export async function makeIssuerKey(
  needs: { sealedBox: SealedBox; now: () => Date },
  place: Pick<IssuerKey, "organisationId" | "number">,
): Promise<IssuerKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
  const publicJwk = await exportJWK(pair.publicKey);
  const privateJwk = await exportJWK(pair.privateKey);
  return {
    id: newId(),
    organisationId: place.organisationId,
    number: place.number,
    algorithm,
    thumbprint: await calculateJwkThumbprint(publicJwk),
    publicJwk: { ...publicJwk },
    sealedPrivateJwk: needs.sealedBox.seal(JSON.stringify(privateJwk), issuerKeyPurpose(place)),
    createdAt: needs.now(),
  };
}
