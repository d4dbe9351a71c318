import { type Canonicalise, signDataIntegrity } from "./data-integrity.js";
import { type SignableCredential, signVcJwt } from "./sign-vc-jwt.js";
import type { SigningKeySet } from "./signing-key.js";

/** The signed texts of one credential, exactly as they were signed. All say the same. */
export type SignedForms = {
  /** JSON with a Data Integrity proof, `eddsa-rdfc-2022` (OB 3.0 §8.3). */
  dataIntegrity: string;
  /** VC-JWT (OB 3.0 §8.2). */
  jwtRs256: string;
  jwtEs256: string;
};

/** Signs a credential in every form, each held against the public key before it is given out. */
export async function signCredential(
  credential: SignableCredential,
  keys: SigningKeySet,
  needs: { canonicalise: Canonicalise; created: string },
): Promise<SignedForms> {
  return {
    dataIntegrity: JSON.stringify(await signDataIntegrity(credential, keys.Ed25519, needs)),
    jwtRs256: signVcJwt(credential, "RS256", keys.RS256),
    jwtEs256: signVcJwt(credential, "ES256", keys.ES256),
  };
}
