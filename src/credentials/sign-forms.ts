import { createPublicKey } from "node:crypto";
import type { OpenedIssuerKey, SigningKeys } from "../issuers/get-signing-keys.js";
import { keyUrl } from "../issuers/issuer.js";
import { canonicalForm } from "../signing/canonical-form.js";
import { isSignedBy, parseCompactJws } from "../signing/compact-jws.js";
import { isDataIntegritySignedBy, signDataIntegrity } from "../signing/data-integrity.js";
import { signVcJwt } from "../signing/sign-vc-jwt.js";
import type { Credential } from "./credential.js";
import { dateTimeOf, type OpenBadgeCredential } from "./open-badge.js";

function isJwtSigned(jwt: string, { key }: OpenedIssuerKey): boolean {
  const jws = parseCompactJws(jwt);
  return (
    jws !== undefined &&
    key.algorithm !== "Ed25519" &&
    isSignedBy(jws, key.algorithm, key.publicJwk)
  );
}

/**
 * Signs a credential in every form, and holds each against the issuer's public key before anyone
 * may rely on it.
 * @throws Error when a fresh signature does not verify, as with a key that was badly restored
 */
export async function signForms(
  badge: OpenBadgeCredential,
  by: { keys: SigningKeys; issuerDid: string; now: Date },
): Promise<Pick<Credential, "forms" | "signedWith">> {
  const { keys, issuerDid, now } = by;
  const { Ed25519, ES256, RS256 } = keys;
  const at = ({ key, privateKey }: OpenedIssuerKey) => ({
    url: keyUrl(issuerDid, key),
    privateKey,
  });
  const signed = await signDataIntegrity(badge, at(Ed25519), {
    canonicalise: canonicalForm,
    created: dateTimeOf(now),
  });
  const forms = {
    dataIntegrity: JSON.stringify(signed),
    jwtRs256: signVcJwt(badge, { algorithm: "RS256", ...at(RS256) }),
    jwtEs256: signVcJwt(badge, { algorithm: "ES256", ...at(ES256) }),
  };
  const publicKey = createPublicKey({ key: Ed25519.key.publicJwk, format: "jwk" });
  const [proof] = signed.proof;
  const isSigned =
    (await isDataIntegritySignedBy({ document: badge, proof }, publicKey, canonicalForm)) &&
    isJwtSigned(forms.jwtRs256, RS256) &&
    isJwtSigned(forms.jwtEs256, ES256);
  if (!isSigned) {
    throw new Error("A credential's fresh signature does not verify; nothing was stored");
  }
  return { forms, signedWith: Object.values(keys).map(({ key }) => key.thumbprint) };
}
