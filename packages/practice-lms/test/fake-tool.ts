import { createPublicKey, generateKeyPairSync, randomUUID, type JsonWebKey } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import jwt from "jsonwebtoken";
import type { LaunchArgs, PracticeLms, PracticeTool } from "../src/index.js";

export const ags = "https://purl.imsglobal.org/spec/lti-ags/scope/";
export const nrpsScope =
  "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly";
export const lti = (name: string): string => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
export const media = {
  lineItem: "application/vnd.ims.lis.v2.lineitem+json",
  lineItems: "application/vnd.ims.lis.v2.lineitemcontainer+json",
  score: "application/vnd.ims.lis.v1.score+json",
  results: "application/vnd.ims.lis.v2.resultcontainer+json",
  members: "application/vnd.ims.lti-nrps.v2.membershipcontainer+json",
};

export type Claims = Record<string, unknown>;
export type FakeTool = Awaited<ReturnType<typeof startFakeTool>>;

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const kid = "tool-key";

/** The tool's end of the protocol, played with node:crypto and jsonwebtoken alone. */
export async function startFakeTool() {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    const key = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
    response.end(JSON.stringify({ keys: [key] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url,
    describe: (changes: Partial<PracticeTool> = {}): PracticeTool => ({
      clientId: "tool-1",
      deploymentIds: ["1"],
      loginUrl: `${url}/login`,
      redirectUrls: [`${url}/launch`],
      jwksUrl: `${url}/jwks`,
      title: "Fake tool",
      privacy: "public",
      deepLinkingUrl: `${url}/choose`,
      ...changes,
    }),
    stop: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/** Signs as the tool does, or with what a test changes. Claims set to undefined are left out. */
export function signAsTool(
  claims: Claims,
  options: { keyid?: string | undefined; key?: typeof privateKey } = {},
): string {
  const keyid = "keyid" in options ? options.keyid : kid;
  return jwt.sign(JSON.parse(JSON.stringify(claims)) as Claims, options.key ?? privateKey, {
    algorithm: "RS256",
    ...(keyid !== undefined && { keyid }),
  });
}

export function authorizationRequest(tool: FakeTool, hints: Record<string, string>) {
  return {
    client_id: hints["client_id"] ?? "",
    redirect_uri: `${tool.url}/launch`,
    response_type: "id_token",
    response_mode: "form_post",
    prompt: "none",
    scope: "openid",
    nonce: randomUUID(),
    state: "state-1",
    login_hint: hints["login_hint"] ?? "",
    lti_message_hint: hints["lti_message_hint"] ?? "",
  };
}

export async function authorize(
  lms: PracticeLms,
  request: Record<string, string>,
): Promise<{ status: number; html: string; idToken: string | undefined }> {
  const query = new URLSearchParams(request).toString();
  const response = await fetch(`${lms.endpoints.authorizationUrl}?${query}`);
  const html = await response.text();
  return {
    status: response.status,
    html,
    idToken: /name="id_token"\s+value="([^"]+)"/.exec(html)?.[1],
  };
}

/** A whole launch. Returns the claims once the signature has been checked against the JWKS. */
export async function launch(lms: PracticeLms, tool: FakeTool, args: LaunchArgs): Promise<Claims> {
  const { parameters } = lms.startLaunch(args);
  const { idToken } = await authorize(lms, authorizationRequest(tool, parameters));
  const { header } = jwt.decode(idToken ?? "", { complete: true }) ?? {};
  const jwks = (await (await fetch(lms.endpoints.jwksUrl)).json()) as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const jwk = jwks.keys.find((key) => key.kid === header?.kid);
  const key = createPublicKey({ key: jwk ?? {}, format: "jwk" });
  return jwt.verify(idToken ?? "", key, {
    algorithms: ["RS256"],
    ignoreExpiration: true,
  }) as Claims;
}

export function assertionClaims(lms: PracticeLms, clientId = "tool-1"): Claims {
  const now = Math.floor(Date.now() / 1000);
  const aud = lms.endpoints.tokenUrl;
  return { iss: clientId, sub: clientId, aud, iat: now, exp: now + 60, jti: randomUUID() };
}

export function tokenRequest(assertion: string, scope: string): Record<string, string> {
  return {
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
    scope,
  };
}

export async function requestToken(
  lms: PracticeLms,
  request: Record<string, string>,
): Promise<{ status: number; type: string | null; body: Record<string, unknown> }> {
  const response = await fetch(lms.endpoints.tokenUrl, {
    method: "POST",
    body: new URLSearchParams(request),
  });
  const body = JSON.parse(await response.text()) as Record<string, unknown>;
  return { status: response.status, type: response.headers.get("content-type"), body };
}

export async function getAccessToken(lms: PracticeLms, clientId = "tool-1"): Promise<string> {
  const names = ["lineitem", "score", "result.readonly"].map((name) => ags + name);
  const scope = [...names, nrpsScope].join(" ");
  const assertion = signAsTool(assertionClaims(lms, clientId));
  return String((await requestToken(lms, tokenRequest(assertion, scope))).body["access_token"]);
}

/** A service call; `media` is the Accept of a GET and the Content-Type of anything else. */
export async function call(
  token: string,
  url: string,
  options: { method?: string; media?: string; body?: unknown } = {},
) {
  const { method = "GET", media: type = "*/*", body } = options;
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method === "GET" ? { accept: type } : { "content-type": type }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    link: Buffer.from(response.headers.get("link") ?? "", "latin1").toString("utf8"),
    body: readBody(text),
  };
}

/** JSON where it is some, else the text: errors of a Moodle only look like JSON. */
function readBody(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** The address of something below a line item, before its query string. */
export function below(lineItemUrl: string, path: string): string {
  const url = new URL(lineItemUrl);
  url.pathname += path;
  return url.href;
}
