import { randomBytes } from "node:crypto";
import { Router, urlencoded } from "express";
import { allScopes, paths } from "./addresses.js";
import { useOnce, type LmsState } from "./lms-state.js";
import { peekAtClaims, ToolTokenRefused } from "./tool-keys-client.js";
import { isRecord, readText } from "./unknown-data.js";

type TokenError = "invalid_request" | "invalid_client" | "invalid_scope" | "unsupported_grant_type";
type Granted = { clientId: string; scopes: string[] };
type Verdict = Granted | { error: TokenError; because: string };

const lifetimeSeconds = 3600;
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Access tokens for the parts (1EdTech Security Framework 1.1, section 4.1; RFC 7523). */
export function tokenRoutes(lms: LmsState): Router {
  const router = Router();
  router.post(paths.token, urlencoded({ extended: false }), async (request, response) => {
    response.set("Cache-Control", "no-store");
    if (lms.faults.tokenDown) {
      response.status(503).json({ error: "temporarily_unavailable" });
      return;
    }
    const body: unknown = request.body;
    const verdict = await judgeTokenRequest(lms, isRecord(body) ? body : {});
    if ("error" in verdict) {
      const status = lms.mood === "canvas" && verdict.error === "invalid_client" ? 401 : 400;
      response.status(status);
      response.json({ error: verdict.error, error_description: verdict.because });
      return;
    }
    const token = randomBytes(24).toString("hex");
    lms.accessTokens.set(token, {
      ...verdict,
      expiresAt: new Date(lms.now().getTime() + lifetimeSeconds * 1000),
    });
    // Moodle labels this JSON as HTML.
    response.type(lms.mood === "moodle" ? "text/html; charset=utf-8" : "application/json");
    response.send(
      JSON.stringify({
        access_token: token,
        token_type: "Bearer",
        expires_in: lifetimeSeconds,
        scope: verdict.scopes.join(" "),
      }),
    );
  });
  return router;
}

async function judgeTokenRequest(lms: LmsState, sent: Record<string, unknown>): Promise<Verdict> {
  if (sent["grant_type"] !== "client_credentials") {
    return { error: "unsupported_grant_type", because: "grant_type must be client_credentials" };
  }
  const assertion = readText(sent, "client_assertion");
  if (sent["client_assertion_type"] !== assertionType || assertion === undefined) {
    return {
      error: "invalid_request",
      because: `a client_assertion of ${assertionType} is needed`,
    };
  }
  const client = await judgeAssertion(lms, assertion);
  if ("error" in client) return client;
  const asked = (readText(sent, "scope") ?? "").split(" ").filter((scope) => scope !== "");
  const allowed = client.scopes;
  const granted = asked.filter((scope) => allowed.includes(scope));
  // Canvas refuses a request that asks for too much; Moodle leaves the surplus out.
  const isTooMuch = lms.mood === "canvas" && granted.length < asked.length;
  if (granted.length === 0 || isTooMuch) {
    return { error: "invalid_scope", because: "the tool may not have these scopes" };
  }
  return { clientId: client.clientId, scopes: granted };
}

/** The client that signed the assertion, with all scopes it may have. */
async function judgeAssertion(lms: LmsState, assertion: string): Promise<Verdict> {
  const refuse = (because: string): Verdict => ({ error: "invalid_client", because });
  const clientId = readText(peekAtClaims(assertion), "iss") ?? "";
  const tool = lms.school.tools.get(clientId);
  if (!tool?.isActive) return refuse("iss names no active tool");
  try {
    const claims = await lms.toolTokens.readToolToken(assertion, {
      tool,
      audiences: [lms.url + paths.token],
    });
    if (claims["sub"] !== clientId) return refuse("sub must be the client id, as iss is");
    if (typeof claims["iat"] !== "number") return refuse("iat is missing");
    const jti = readText(claims, "jti");
    if (jti === undefined) return refuse("jti is missing");
    if (!useOnce(lms, clientId, `jti ${jti}`)) return refuse("this jti was used before");
    return { clientId, scopes: tool.scopes ?? allScopes };
  } catch (cause) {
    if (cause instanceof ToolTokenRefused) return refuse(cause.message);
    throw cause;
  }
}
