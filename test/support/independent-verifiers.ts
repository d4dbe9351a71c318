import { createHash, createPublicKey, verify } from "node:crypto";
import { base58 } from "@scure/base";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import * as digitalBazaar from "@digitalbazaar/vc";
import * as digitalCredentials from "@digitalcredentials/vc";
import jsonwebtoken from "jsonwebtoken";
import { JsonLdParser } from "jsonld-streaming-parser";
import { RDFC10 } from "rdfjs-c14n";
import type { DidDocument } from "../../src/issuers/issuer.js";
import { loadBundledContext } from "../../src/signing/bundled-contexts.js";

type Json = Record<string, unknown>;

const MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1";

/** Knows the bundled contexts and one issuer's DID document, as published. */
const loaderOf = (did: DidDocument) => async (url: string) => {
  if (url === did.id) return { documentUrl: url, document: did };
  const method = did.verificationMethod.find(({ id }) => id === url);
  if (method === undefined) return await loadBundledContext(url);
  return { documentUrl: url, document: { "@context": MULTIKEY_CONTEXT, ...method } };
};

type Outcome = { verified: boolean; error?: unknown };
/** `checkStatus` is another matter, tested where the lists are. */
const activeStatus = async () => ({ verified: true });

/** Digital Bazaar's own verifier, by which the cryptosuite was specified. */
export async function verifyWithDigitalBazaar(
  credential: Json,
  did: DidDocument,
): Promise<Outcome> {
  return await digitalBazaar.verifyCredential({
    credential,
    suite: new DataIntegrityProof({ cryptosuite }),
    documentLoader: loaderOf(did),
    checkStatus: activeStatus,
  });
}

/** The verifier of the Digital Credentials Consortium, with its own fork of the JSON-LD library. */
export async function verifyWithDigitalCredentials(
  credential: Json,
  did: DidDocument,
): Promise<Outcome> {
  return await digitalCredentials.verifyCredential({
    credential,
    suite: new DataIntegrityProof({ cryptosuite }),
    documentLoader: loaderOf(did),
    checkStatus: activeStatus,
  });
}

/** RDFC-1.0 with a JSON-LD parser and a canonicaliser of other people than jsonld's. */
async function independentCanonicalForm(document: Json): Promise<string> {
  const parser = new JsonLdParser({
    documentLoader: {
      load: async (url: string) => (await loadBundledContext(url)).document,
    },
  });
  const quads: unknown[] = [];
  parser.on("data", (quad: unknown) => quads.push(quad));
  const done = new Promise((resolve, reject) => parser.once("end", resolve).once("error", reject));
  parser.write(JSON.stringify(document));
  parser.end();
  await done;
  return await new RDFC10().canonicalize(quads as never);
}

/** eddsa-rdfc-2022 by the letter of its specification, with Node's cryptography. */
export async function verifyByTheLetter(signed: Json, did: DidDocument): Promise<boolean> {
  const { proof: given, ...document } = signed;
  const [proof] = [given].flat() as { proofValue: string; verificationMethod: string }[];
  const { proofValue, ...options } = proof!;
  const method = did.verificationMethod.find(({ id }) => id === options.verificationMethod);
  const raw = base58.decode(method!.publicKeyMultibase!.slice(1)).slice(2);
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(raw).toString("base64url") },
    format: "jwk",
  });
  const hashes = [
    await independentCanonicalForm({ "@context": document["@context"], ...options }),
    await independentCanonicalForm(document),
  ].map((text) => createHash("sha256").update(text).digest());
  return verify(null, Buffer.concat(hashes), key, base58.decode(proofValue.slice(1)));
}

/** The claims of a VC-JWT, by jsonwebtoken with the key from the DID document. */
export function verifyWithJsonwebtoken(jwt: string, did: DidDocument): Json {
  const { header } = jsonwebtoken.decode(jwt, { complete: true })!;
  const { publicKeyJwk } = did.verificationMethod.find(({ id }) => id === header.kid)!;
  const key = createPublicKey({ key: publicKeyJwk!, format: "jwk" });
  const algorithms = [publicKeyJwk!["alg"] as "RS256" | "ES256"];
  return jsonwebtoken.verify(jwt, key, { algorithms, issuer: did.id }) as Json;
}

/** What the status lists say of a credential, by Digital Bazaar's library with signatures checked. */
export async function statusesByDigitalBazaar(
  credential: Json,
  did: DidDocument,
  lists: ReadonlyMap<string, Json>,
): Promise<Record<string, boolean>> {
  const load = loaderOf(did);
  const outcome = await checkStatus({
    credential,
    documentLoader: async (url) => {
      const document = lists.get(url);
      return document === undefined ? await load(url) : { documentUrl: url, document };
    },
    suite: new DataIntegrityProof({ cryptosuite }),
    verifyBitstringStatusListCredential: true,
    verifyMatchingIssuers: true,
  });
  if (!outcome.verified) throw outcome.error;
  return Object.fromEntries(
    outcome.results.map(({ status, credentialStatus }) => [credentialStatus.statusPurpose, status]),
  );
}
