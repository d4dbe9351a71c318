import { verify } from "node:crypto";
import { decodeProtectedHeader } from "jose";
import { z } from "zod";
import type { ErrorCode } from "../errors.js";
import type { PlatformKey } from "../platforms/key-set-client.js";
import type { Platform } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { claimUrls, type ReadClaims, readClaims } from "./lti-claims.js";
import { type AttemptKey, attemptIdOf, hashSecret } from "./login-attempt.js";
import type { PlatformKeys } from "./platform-keys-client.js";
import type { PlatformStorage } from "./platform-storage.js";
import { isOurTarget } from "./target-link.js";

/** What a browser brings back from the LMS. */
export type PostedLaunch = {
  idToken: string;
  state: string;
  /** The attempt's secret, from its cookie or from the LMS' storage. */
  browserSecret: string | undefined;
};

/** A genuine launch. Whether its attempt can be used is decided by the write that opens it. */
export type VerifiedLaunch = {
  kind: "verified";
  /** As this process remembers it; read it afresh before the launch is let in. */
  platform: Platform;
  claims: ReadClaims;
  attempt: Omit<AttemptKey, "browserHash"> & { browserHash: string | undefined };
};
export type RefusedLaunch = {
  kind: "refused";
  code: ErrorCode;
  /** Whose it claims to be, where that is known; not to be trusted before the signature is. */
  platform: Platform | undefined;
  /** Which claim or check; no personal data. */
  detail?: string;
  /** With `launch-cookie-missing`: where the LMS may have kept the secret instead. */
  storage?: PlatformStorage & { key: string };
};

export type VerifyLaunchNeeds = {
  platforms: Pick<PlatformStore, "recallByRegistration" | "listSomeByIssuer">;
  keys: PlatformKeys;
  publicUrl: string;
  now: () => Date;
};

/** A sign-in of ours is never longer; a real one has about 3 kB. */
const LONGEST_TOKEN = 64 * 1024;
const SKEW_SECONDS = 60;

const Envelope = z.looseObject({
  iss: z.string().min(1),
  aud: z.union([z.string(), z.array(z.string()).min(1)]),
});

export type Fault = Pick<RefusedLaunch, "code" | "detail" | "storage">;
export const fault = (code: ErrorCode, detail?: string): Fault =>
  detail === undefined ? { code } : { code, detail };

type OpenedToken = {
  header: { alg?: unknown; kid?: unknown };
  payload: Record<string, unknown>;
  issuer: string;
  audiences: string[];
};

/** Check 1: a JWS in compact form (RFC 7515 §3.1), of a length that somebody would send. */
function openToken(idToken: string): OpenedToken | Fault {
  const parts = idToken.split(".");
  if (idToken.length > LONGEST_TOKEN || parts.length !== 3) return fault("launch-token-malformed");
  try {
    const header = decodeProtectedHeader(idToken);
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
    const envelope = Envelope.safeParse(payload);
    if (!envelope.success) return fault("launch-token-malformed", "iss, aud");
    const { iss, aud } = envelope.data;
    const audiences = [...new Set(typeof aud === "string" ? [aud] : aud)];
    return { header, payload: envelope.data, issuer: iss, audiences };
  } catch {
    return fault("launch-token-malformed");
  }
}

/** Check 2: it claims to come from a registration of ours, and is for nobody else. */
async function findPlatform(
  needs: Pick<VerifyLaunchNeeds, "platforms">,
  { issuer, audiences }: OpenedToken,
): Promise<Platform | Fault> {
  if (audiences.length > 1) return fault("launch-audience-wrong", "several audiences");
  const [clientId = ""] = audiences;
  const platform = await needs.platforms.recallByRegistration(issuer, clientId);
  if (platform !== undefined) return platform;
  const [another] = await needs.platforms.listSomeByIssuer(issuer);
  return fault(another === undefined ? "launch-platform-unknown" : "launch-audience-wrong");
}

/** Checks 3 and 4: how it is signed. Keys that a token brings along are never looked at. */
function readKeyId({ alg, kid }: OpenedToken["header"]): string | Fault {
  // 3. RS256 and nothing else (LTI Security Framework 1.1 §5.1.2).
  if (alg !== "RS256") return fault("launch-algorithm-refused");
  // 4. It names its key.
  return typeof kid === "string" && kid !== "" ? kid : fault("launch-key-missing");
}

/**
 * Check 6: the signature (RFC 7518 §3.3), by the key that the platform publishes under that name
 * (check 5). In this thread: handing 30 µs of work to another costs ten times that.
 */
function hasGoodSignature(idToken: string, key: PlatformKey): boolean {
  const end = idToken.lastIndexOf(".");
  const signature = idToken.slice(end + 1);
  if (!/^[\w-]+$/.test(signature)) return false;
  const signed = Buffer.from(idToken.slice(0, end));
  return verify("sha256", signed, key, Buffer.from(signature, "base64url"));
}

/** Check 8: the times, give or take a minute (NumericDate, RFC 7519 §2). */
function faultOfTimes(payload: Record<string, unknown>, now: Date): Fault | undefined {
  const { exp, iat, nbf } = payload;
  const isTime = (value: unknown): value is number =>
    typeof value === "number" && Number.isFinite(value) && value > 0;
  if (!isTime(exp) || !isTime(iat)) return fault("launch-times-missing");
  if (nbf !== undefined && !isTime(nbf)) return fault("launch-times-missing", "nbf");
  const nowSeconds = now.getTime() / 1000;
  if (exp <= nowSeconds - SKEW_SECONDS || exp <= iat) return fault("launch-expired");
  const begins = Math.max(iat, nbf ?? 0);
  return begins > nowSeconds + SKEW_SECONDS ? fault("launch-from-future") : undefined;
}

/** Check 12: what each kind of message must say besides (Core 1.3 §5.3, Deep Linking 2.0 §4.4). */
function findMissing(claims: ReadClaims): string | undefined {
  if (claims.messageType === "LtiDeepLinkingRequest") {
    return claims.deepLinking === undefined ? "deep_linking_settings" : undefined;
  }
  if (claims.resourceLinkId === undefined) return "resource_link";
  const isReview = claims.messageType === "LtiSubmissionReviewRequest";
  if (isReview && claims.forUserSub === undefined) return "for_user";
  return claims.targetLinkUri === undefined ? "target_link_uri" : undefined;
}

/** Checks 10 to 13: the claims of LTI. */
function readLtiClaims(payload: Record<string, unknown>, publicUrl: string): ReadClaims | Fault {
  // 10. The version.
  if (payload[claimUrls.version] !== "1.3.0") return fault("launch-version-unsupported");
  // 11. A message that we take, with the claims that all of them have.
  const reading = readClaims(payload);
  if (reading.kind === "unsupported") return fault("launch-message-unsupported");
  if (reading.kind === "missing") return fault("launch-claim-missing", reading.claim);
  const { claims } = reading;
  const missing = findMissing(claims);
  if (missing !== undefined) return fault("launch-claim-missing", missing);
  // 13. It is meant for a page of ours.
  const isForeign =
    claims.targetLinkUri !== undefined && !isOurTarget(claims.targetLinkUri, publicUrl);
  return isForeign ? fault("launch-target-wrong") : claims;
}

/** Checks 7 and 8: made for us, by the party it was made for, and just now. Pure. */
export function faultOfSigned(
  payload: Record<string, unknown>,
  { clientId }: Pick<Platform, "clientId">,
  now: Date,
): Fault | undefined {
  if (payload["azp"] !== undefined && payload["azp"] !== clientId) {
    return fault("launch-audience-wrong", "azp");
  }
  return faultOfTimes(payload, now);
}

/** Checks 7 to 13: everything that a genuine token must say. Pure. */
export function checkPayload(
  payload: Record<string, unknown>,
  platform: Pick<Platform, "clientId">,
  at: { publicUrl: string; now: Date },
): { nonce: string; claims: ReadClaims } | Fault {
  const wrong = faultOfSigned(payload, platform, at.now);
  if (wrong !== undefined) return wrong;
  // 9. It carries a nonce.
  const { nonce } = payload;
  if (typeof nonce !== "string" || nonce === "") return fault("launch-nonce-missing");
  const claims = readLtiClaims(payload, at.publicUrl);
  return "code" in claims ? claims : { nonce, claims };
}

/** Check 5: the key is one that the platform publishes. */
async function findKey(
  needs: Pick<VerifyLaunchNeeds, "keys">,
  { jwksUrl }: Platform,
  kid: string,
): Promise<PlatformKey | Fault> {
  const found = await needs.keys.find(jwksUrl, kid);
  if (found.kind === "found") return found.key;
  return fault(found.kind === "unknown" ? "launch-key-unknown" : "launch-keys-unavailable");
}

type SignedMessage = { kind: "signed"; platform: Platform; payload: Record<string, unknown> };

/** Checks 1 to 6, of whatever a platform signs: launches and notices. */
export async function verifySigned(
  needs: Pick<VerifyLaunchNeeds, "platforms" | "keys">,
  token: string,
): Promise<SignedMessage | RefusedLaunch> {
  const opened = openToken(token);
  if ("code" in opened) return { kind: "refused", platform: undefined, ...opened };
  const platform = await findPlatform(needs, opened);
  if ("code" in platform) return { kind: "refused", platform: undefined, ...platform };
  const refused = (why: Fault): RefusedLaunch => ({ kind: "refused", platform, ...why });

  const kid = readKeyId(opened.header);
  if (typeof kid !== "string") return refused(kid);
  const key = await findKey(needs, platform, kid);
  if ("code" in key) return refused(key);
  return hasGoodSignature(token, key)
    ? { kind: "signed", platform, payload: opened.payload }
    : refused(fault("launch-signature-wrong"));
}

/**
 * Verifies a launch (LTI Security Framework 1.1 §5.1.3, OpenID Connect Core §3.2.2.11) by the
 * numbered checks 1 to 13; use-attempt has 14 and 15. Whether its deployment is known comes after, see
 * accept-launch.
 */
export async function verifyLaunch(
  needs: VerifyLaunchNeeds,
  posted: PostedLaunch,
): Promise<VerifiedLaunch | RefusedLaunch> {
  const signed = await verifySigned(needs, posted.idToken);
  if (signed.kind === "refused") return signed;
  const { platform, payload } = signed;
  const at = { publicUrl: needs.publicUrl, now: needs.now() };
  const checked = checkPayload(payload, platform, at);
  if ("code" in checked) return { kind: "refused", platform, ...checked };
  const { nonce, claims } = checked;
  const attempt = {
    id: attemptIdOf(posted.state),
    platformId: platform.id,
    nonceHash: hashSecret(nonce),
    browserHash: posted.browserSecret === undefined ? undefined : hashSecret(posted.browserSecret),
    targetLinkUri: claims.targetLinkUri,
    deploymentId: claims.deploymentId,
  };
  return { kind: "verified", platform, claims, attempt };
}
