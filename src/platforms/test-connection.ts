import type { KeySet } from "./key-set-client.js";
import type { GivenToken, TokenClient } from "./lms-token-client.js";
import { LmsError, type LmsTrouble } from "./lms-trouble.js";
import type { Platform } from "./platform.js";
import { type NeededScope, neededScopes } from "./tool-registration.js";

type Bad = { kind: "bad"; trouble: LmsTrouble };

/** How an LMS answered when it was tried out. */
export type ConnectionTest = {
  keySet: { kind: "good" } | Bad;
  /** `lacking` are the parts that the LMS does not let us use. */
  token: { kind: "good"; lacking: readonly NeededScope[] } | Bad;
};

/** A registration, or what somebody typed who has yet to make one. */
export type TestedPlatform = TokenClient & Pick<Platform, "jwksUrl">;

type Needs = {
  /** Within the limits of a launch, so that what passes here passes there. */
  readKeySet: (jwksUrl: string) => Promise<KeySet>;
  askForToken: (client: TokenClient, scopes: readonly string[]) => Promise<GivenToken>;
};

async function orTrouble<T extends object>(work: Promise<T>): Promise<T | Bad> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LmsError) return { kind: "bad", trouble: error.trouble };
    throw error;
  }
}

async function tryKeySet(needs: Needs, jwksUrl: string): Promise<{ kind: "good" }> {
  const { usable, publishedCount } = await needs.readKeySet(jwksUrl);
  if (publishedCount === 0) throw new LmsError("key-set-empty");
  if (usable.size === 0) throw new LmsError("key-set-unusable");
  return { kind: "good" };
}

/** Canvas refuses all of it when one thing is too much: which one is found by asking for each. */
async function findRefused(needs: Needs, platform: TestedPlatform): Promise<NeededScope[]> {
  const refused: NeededScope[] = [];
  for (const scope of neededScopes) {
    const outcome = await orTrouble(needs.askForToken(platform, [scope]));
    if (!("trouble" in outcome)) continue;
    if (outcome.trouble !== "invalid-scope") throw new LmsError(outcome.trouble);
    refused.push(scope);
  }
  if (refused.length === neededScopes.length) throw new LmsError("invalid-scope");
  return refused;
}

async function tryToken(needs: Needs, platform: TestedPlatform) {
  const outcome = await orTrouble(needs.askForToken(platform, neededScopes));
  if (!("trouble" in outcome)) {
    const lacking = neededScopes.filter((scope) => !outcome.scopes.includes(scope));
    return { kind: "good" as const, lacking };
  }
  if (outcome.trouble !== "invalid-scope") return outcome;
  return { kind: "good" as const, lacking: await findRefused(needs, platform) };
}

/**
 * Asks an LMS for its keys and for a token, each afresh, and says how it went. Nothing that it
 * answered is kept or handed on.
 */
export async function testConnection(
  needs: Needs,
  platform: TestedPlatform,
): Promise<ConnectionTest> {
  const [keySet, token] = await Promise.all([
    orTrouble(tryKeySet(needs, platform.jwksUrl)),
    orTrouble(tryToken(needs, platform)),
  ]);
  return { keySet, token };
}
