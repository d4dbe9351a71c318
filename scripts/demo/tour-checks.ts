import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { must } from "./tour-steps.js";

/** An EdDSA, ES256 or RS256 signature, checked with Node's own crypto and nothing of Rosette's. */
function isSignedBy(jwt: string, key: JsonWebKey): boolean {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const { alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { alg: string };
  const publicKey = createPublicKey({ key, format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, "base64url");
  if (alg === "ES256") {
    return verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, bytes);
  }
  return verify(alg === "RS256" ? "sha256" : null, signed, publicKey, bytes);
}

type DidDocument = { id: string; verificationMethod: { id: string; publicKeyJwk: JsonWebKey }[] };

async function fetchJson(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, { ...init, headers: { accept: "application/json" } });
  must(response.ok, `${url} answers (${response.status})`);
  return await response.json();
}

export async function checkOnOurOwn(jwt: string): Promise<string> {
  const [header = "", payload = ""] = jwt.split(".");
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string };
  const { iss } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { iss: string };
  // did:web, https://w3c-ccg.github.io/did-method-web/: colons are the path; localhost has no TLS.
  const [, , host = "", ...path] = iss.split(":");
  const address = `http://${decodeURIComponent(host)}/${path.join("/")}/did.json`;
  const document = (await fetchJson(address)) as DidDocument;
  must(document.id === iss, "the DID document is the issuer's");
  const method = document.verificationMethod.find(({ id }) => id === kid);
  must(method !== undefined && isSignedBy(jwt, method.publicKeyJwk), "the signature is good");
  return iss;
}

export async function verifyAtRosette(rosetteUrl: string, credential: string): Promise<string> {
  const report = (await fetchJson(`${rosetteUrl}/verify`, {
    method: "POST",
    body: new URLSearchParams({ credential }),
  })) as { verdict: string };
  return report.verdict;
}

/** The last letter of the payload changed: what a forger's slip would look like. */
export function tampered(jwt: string): string {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const text = Buffer.from(payload, "base64url").toString().replace("Okafor", "Okafur");
  return [header, Buffer.from(text).toString("base64url"), signature].join(".");
}
