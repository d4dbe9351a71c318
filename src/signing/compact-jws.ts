import { createPublicKey, type JsonWebKey, verify } from "node:crypto";

/** A JSON Web Signature in compact form (RFC 7515 §3.1), taken apart; nothing of it is trusted. */
export type CompactJws = {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
  /** The octets that are signed. */
  signed: Buffer;
  signature: Buffer;
};

/** Unpadded base64url in its one canonical spelling: spare bits would let one text have several. */
const isBase64Url = (text: string): boolean =>
  Buffer.from(text, "base64url").toString("base64url") === text;

function readObject(encoded: string): Record<string, unknown> | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      Buffer.from(encoded, "base64url"),
    );
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Takes a compact JWS apart; undefined when the text is none. An empty signature is let through. */
export function parseCompactJws(text: string): CompactJws | undefined {
  const [header = "", payload = "", signature = "", ...more] = text.split(".");
  if (more.length > 0 || ![header, payload, signature].every(isBase64Url)) return undefined;
  const readHeader = readObject(header);
  const readPayload = readObject(payload);
  if (readHeader === undefined || readPayload === undefined) return undefined;
  return {
    header: readHeader,
    payload: readPayload,
    signed: Buffer.from(`${header}.${payload}`, "ascii"),
    signature: Buffer.from(signature, "base64url"),
  };
}

/** The algorithms we accept (`alg`, RFC 7518 §3.1, RFC 8037 §3.1). */
export type JwsAlgorithm = "RS256" | "ES256" | "EdDSA";

/** What a key must be for an algorithm (RFC 7518 §3.3, §3.4, RFC 8037 §2). */
const keyFits: Record<JwsAlgorithm, (jwk: JsonWebKey) => boolean> = {
  RS256: (jwk) => jwk.kty === "RSA" && Buffer.from(jwk.n ?? "", "base64url").length >= 256,
  ES256: (jwk) => jwk.kty === "EC" && jwk.crv === "P-256",
  EdDSA: (jwk) => jwk.kty === "OKP" && jwk.crv === "Ed25519",
};

export const isJwsAlgorithm = (value: unknown): value is JwsAlgorithm =>
  typeof value === "string" && Object.hasOwn(keyFits, value);

/** Whether the key made the signature. False as well for a key of another kind. */
export function isSignedBy(jws: CompactJws, algorithm: JwsAlgorithm, jwk: JsonWebKey): boolean {
  if (!keyFits[algorithm](jwk)) return false;
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const digest = algorithm === "EdDSA" ? null : "sha256";
    return verify(digest, jws.signed, { key, dsaEncoding: "ieee-p1363" }, jws.signature);
  } catch {
    return false;
  }
}
