import { createPublicKey, type KeyObject } from "node:crypto";
import type { JWK } from "jose";
import { z } from "zod";
import { faultOf, parseLmsJson } from "./lms-answer.js";
import type { LmsHttp } from "./lms-http-client.js";
import { LmsError } from "./lms-trouble.js";

const MAX_KEYS = 50;
/** 2048 bits: RFC 7518 §3.3 allows no less. */
const LEAST_MODULUS_BYTES = 256;

const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(MAX_KEYS) });

/** An RSA public key of 2048 bits or more. */
export type PlatformKey = KeyObject;

/** The keys that an LMS publishes. */
export type KeySet = {
  /** Those that may sign launches, by `kid`; the first of several under one. */
  usable: Map<string, PlatformKey>;
  publishedCount: number;
};

const isUsable = (jwk: JWK): jwk is JWK & { kid: string; n: string } =>
  jwk.kty === "RSA" &&
  typeof jwk.kid === "string" &&
  typeof jwk.n === "string" &&
  Buffer.byteLength(jwk.n, "base64url") >= LEAST_MODULUS_BYTES &&
  (jwk.use === undefined || jwk.use === "sig") &&
  (jwk.alg === undefined || jwk.alg === "RS256");

/** undefined when it cannot be imported: as good as absent. Only the public part is taken. */
function importKey({ n, e = "" }: { n: string; e?: string }): PlatformKey | undefined {
  try {
    return createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
  } catch {
    return undefined;
  }
}

function importKeys(answer: unknown): KeySet {
  const parsed = Jwks.safeParse(answer);
  if (!parsed.success) throw new LmsError("no-key-set", { detail: "no JWKS" });
  const published = parsed.data.keys as JWK[];
  const usable = new Map<string, PlatformKey>();
  for (const jwk of published) {
    if (!isUsable(jwk) || usable.has(jwk.kid)) continue;
    const key = importKey(jwk);
    if (key !== undefined) usable.set(jwk.kid, key);
  }
  return { usable, publishedCount: published.length };
}

/**
 * Reads the key set (RFC 7517 §5) at an address, whatever was read before.
 * @throws LmsError platform-unreachable, platform-refused, platform-busy,
 * platform-answer-unreadable, platform-address-private
 */
export async function readKeySet(
  needs: { http: LmsHttp; now: () => Date },
  jwksUrl: string,
): Promise<KeySet> {
  const answer = await needs.http.send({
    url: jwksUrl,
    method: "GET",
    headers: { accept: "application/json" },
  });
  const fault = faultOf(answer, needs.now());
  if (fault !== undefined) throw fault;
  return importKeys(parseLmsJson(answer.text));
}
