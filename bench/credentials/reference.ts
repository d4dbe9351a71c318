import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import * as Ed25519Multikey from "@digitalbazaar/ed25519-multikey";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as vc from "@digitalbazaar/vc";
import { loadBundledContext } from "../../src/signing/bundled-contexts.js";
import { verifyWithDigitalBazaar } from "../../test/support/independent-verifiers.js";
import type { Sample } from "./sample.js";

/** Digital Bazaar's library as its own README uses it, contexts on board. */
export async function createReference({ keys, did }: Sample) {
  const { url: id, privateKey } = keys.Ed25519;
  const jwk = privateKey.export({ format: "jwk" });
  const pair = await Ed25519Multikey.fromJwk({
    ...{ jwk: { ...jwk, alg: "EdDSA" }, secretKey: true, id, controller: did.id },
  });
  const signer = { ...pair.signer(), id };
  return {
    /** Signs a copy: the library changes what it is given. */
    async issue(credential: object): Promise<unknown> {
      const suite = new DataIntegrityProof({ signer, cryptosuite });
      return await vc.issue({ credential, suite, documentLoader: loadBundledContext });
    },

    /** @throws Error when it does not verify what it is given */
    async check(signed: object): Promise<void> {
      const { verified } = await verifyWithDigitalBazaar({ ...signed }, did);
      if (!verified) throw new Error("The reference library does not verify what ours signed");
    },
  };
}
