import { createPublicKey, type KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import type { PracticeTool } from "./model.js";
import { isRecord, readText } from "./unknown-data.js";

/** Why a token signed by a tool is refused, in words for its developer. */
export class ToolTokenRefused extends Error {}

export type ToolTokenReader = {
  /**
   * Checks a JWT that a tool signed: RS256, a kid of the tool's JWKS, signature, audience, expiry.
   * @throws ToolTokenRefused with the reason
   */
  readToolToken(
    token: string,
    expected: { tool: PracticeTool; audiences: string[] },
  ): Promise<Record<string, unknown>>;
};

const fetchTimeoutMs = 10_000;

export function createToolTokenReader(now: () => Date): ToolTokenReader {
  // Public keys by JWKS address, then kid.
  const knownKeys = new Map<string, Map<string, KeyObject>>();

  const findKey = async (jwksUrl: string, kid: string): Promise<KeyObject | undefined> => {
    const known = knownKeys.get(jwksUrl)?.get(kid);
    if (known) return known;
    const fetched = await fetchKeys(jwksUrl);
    knownKeys.set(jwksUrl, fetched);
    return fetched.get(kid);
  };

  return {
    readToolToken: async (token, { tool, audiences }) => {
      const [first, ...others] = audiences;
      if (first === undefined) throw new ToolTokenRefused("no audience is expected");
      const kid = readKeyId(token);
      const key = await findKey(tool.jwksUrl, kid);
      if (!key) throw new ToolTokenRefused(`no key "${kid}" at the tool's JWKS address`);
      try {
        const claims = jwt.verify(token, key, {
          algorithms: ["RS256"],
          audience: [first, ...others],
          clockTimestamp: Math.floor(now().getTime() / 1000),
          clockTolerance: 5,
        });
        if (!isRecord(claims)) throw new ToolTokenRefused("its payload is no object");
        if (typeof claims.exp !== "number") throw new ToolTokenRefused("exp is missing");
        return claims;
      } catch (cause) {
        if (cause instanceof ToolTokenRefused) throw cause;
        throw new ToolTokenRefused(cause instanceof Error ? cause.message : "it is invalid", {
          cause,
        });
      }
    },
  };
}

/** The claims of a JWT nobody has checked yet; only good for finding out who to ask. */
export function peekAtClaims(token: string): Record<string, unknown> {
  const claims: unknown = jwt.decode(token);
  return isRecord(claims) ? claims : {};
}

function readKeyId(token: string): string {
  const header: unknown = jwt.decode(token, { complete: true })?.header;
  if (!isRecord(header)) throw new ToolTokenRefused("it is no JWT");
  const kid = readText(header, "kid");
  if (header["alg"] !== "RS256") throw new ToolTokenRefused("alg must be RS256");
  if (kid === undefined) throw new ToolTokenRefused("the header has no kid");
  return kid;
}

async function fetchKeys(jwksUrl: string): Promise<Map<string, KeyObject>> {
  let body: unknown;
  try {
    const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(fetchTimeoutMs) });
    body = await response.json();
  } catch (cause) {
    throw new ToolTokenRefused(`the tool's keys at ${jwksUrl} cannot be read`, { cause });
  }
  const listed: unknown = isRecord(body) ? body["keys"] : undefined;
  const keys = new Map<string, KeyObject>();
  for (const jwk of Array.isArray(listed) ? (listed as unknown[]) : []) {
    const kid = isRecord(jwk) ? readText(jwk, "kid") : undefined;
    if (!isRecord(jwk) || kid === undefined || jwk["kty"] !== "RSA") continue;
    keys.set(kid, createPublicKey({ key: jwk, format: "jwk" }));
  }
  return keys;
}
