import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ToolError } from "../errors.js";
import { parseLmsJson, tokenFaultOf } from "./lms-answer.js";
import type { LmsHttp } from "./lms-http-client.js";
import { LmsError } from "./lms-trouble.js";
import type { Platform } from "./platform.js";
import type { ToolKeys } from "./tool-keys.js";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_SECONDS = 300;
/** A token this close to its end is not used any more. */
const MARGIN_MS = 60_000;
/** What the specification assumes where the LMS names no lifetime. */
const USUAL_LIFETIME_SECONDS = 3600;

const TokenAnswer = z.object({
  access_token: z.string().min(1).max(16_384),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
  scope: z.string().max(16_384).optional().catch(undefined),
});

/** Who asks for a token, and where. A registration that has no id yet has no key of its own. */
export type TokenClient = Pick<Platform, "clientId" | "tokenUrl" | "tokenAudience"> & {
  id?: string;
};

export type GivenToken = {
  token: string;
  lifetimeSeconds: number;
  /** What it holds for: an LMS may leave out what it does not allow, as Moodle does. */
  scopes: readonly string[];
};

type AskNeeds = { http: LmsHttp; toolKeys: Pick<ToolKeys, "sign">; now: () => Date };
type Needs = AskNeeds & { platforms: { findById(id: string): Promise<Platform | undefined> } };

/**
 * Asks an LMS for a token, whatever is held already.
 * @throws LmsError platform-unreachable, platform-refused, platform-busy (with retryAfterMs),
 * platform-answer-unreadable
 */
export async function askForToken(
  needs: AskNeeds,
  client: TokenClient,
  scopes: readonly string[],
): Promise<GivenToken> {
  const issuedAt = Math.floor(needs.now().getTime() / 1000);
  const claims = {
    iss: client.clientId,
    sub: client.clientId,
    aud: client.tokenAudience ?? client.tokenUrl,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
    jti: randomUUID(),
  };
  const assertion = await needs.toolKeys.sign(claims, client.id);
  const answer = await needs.http.send({
    url: client.tokenUrl,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertion,
      scope: scopes.join(" "),
    }).toString(),
  });
  const fault = tokenFaultOf(answer, needs.now());
  if (fault !== undefined) throw fault;
  const parsed = TokenAnswer.safeParse(parseLmsJson(answer.text));
  if (!parsed.success) throw new LmsError("no-token", { detail: "no access token" });
  const { access_token: token, expires_in: lifetimeSeconds = USUAL_LIFETIME_SECONDS } = parsed.data;
  // Left out when it is just what was asked for (RFC 6749 §5.1).
  const said = parsed.data.scope?.split(" ").filter((scope) => scope !== "") ?? [];
  return { token, lifetimeSeconds, scopes: said.length === 0 ? scopes : said };
}

/** Access tokens for the parts of LMSes (LTI Security Framework 1.1 §4.1). */
export type LmsTokens = {
  /**
   * A token that holds for at least another minute; asked for once however many ask.
   * @throws ToolError not-found (no such platform), platform-unreachable, platform-refused,
   * platform-busy (with retryAfterMs), platform-answer-unreadable
   */
  get: (platformId: string, scopes: readonly string[]) => Promise<string>;
  /** Lets a token go that the LMS did not accept, so that the next `get` asks for a new one. */
  forget: (platformId: string, scopes: readonly string[]) => void;
};

const keyOf = (platformId: string, scopes: readonly string[]): string =>
  [platformId, ...[...new Set(scopes)].sort()].join(" ");

export function createLmsTokens(needs: Needs): LmsTokens {
  const held = new Map<string, { token: string; usableUntil: number }>();
  const asking = new Map<string, Promise<string>>();

  async function askFor(platform: Platform, scopes: readonly string[]): Promise<string> {
    const { token, lifetimeSeconds } = await askForToken(needs, platform, [...new Set(scopes)]);
    const now = needs.now().getTime();
    for (const [old, { usableUntil }] of held) if (usableUntil <= now) held.delete(old);
    const usableUntil = now + lifetimeSeconds * 1000 - MARGIN_MS;
    held.set(keyOf(platform.id, scopes), { token, usableUntil });
    return token;
  }

  return {
    async get(platformId, scopes) {
      const key = keyOf(platformId, scopes);
      const inHand = held.get(key);
      if (inHand !== undefined && inHand.usableUntil > needs.now().getTime()) return inHand.token;
      const underWay = asking.get(key);
      if (underWay !== undefined) return await underWay;
      const asked = (async () => {
        const platform = await needs.platforms.findById(platformId);
        if (platform === undefined) throw new ToolError("not-found", { detail: "platform" });
        return await askFor(platform, scopes);
      })().finally(() => {
        asking.delete(key);
      });
      asking.set(key, asked);
      return await asked;
    },
    forget(platformId, scopes) {
      held.delete(keyOf(platformId, scopes));
    },
  };
}
