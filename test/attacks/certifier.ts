import { createPublicKey, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import jsonwebtoken, { type JwtPayload } from "jsonwebtoken";

/** A service call of the tool under test, as it arrived. */
export type ServiceCall = {
  method: string;
  path: string;
  accept: string | undefined;
  contentType: string | undefined;
  /** Scopes of the token that it carried; undefined: no token that was given out here. */
  scopes: string[] | undefined;
  body: unknown;
};

const MEMBERS = [
  { user_id: "certified-learner", roles: ["Learner"], name: "Jo March", status: "Active" },
  { user_id: "certified-teacher", roles: ["Instructor"], name: "Marmee March", status: "Active" },
];

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Checks a tool's signature with a library that the tool does not use. */
export async function verifyByTool(
  token: string,
  about: { jwksUrl: string; issuer: string; audience: string },
): Promise<JwtPayload> {
  const header = jsonwebtoken.decode(token, { complete: true })?.header;
  const { keys } = (await (await fetch(about.jwksUrl)).json()) as { keys: { kid: string }[] };
  const jwk = keys.find(({ kid }) => kid === header?.kid);
  if (jwk === undefined) throw new Error(`no key ${String(header?.kid)}`);
  const { issuer, audience } = about;
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return jsonwebtoken.verify(token, key, { algorithms: ["RS256"], issuer, audience }) as JwtPayload;
}

/**
 * The service side of 1EdTech's certification suite: hands out tokens for signed assertions, takes
 * lineitem, score and result calls and the membership call, and keeps how each of them came.
 */
export async function startCertifier(tool: { clientId: string; jwksUrl: string }) {
  const calls: ServiceCall[] = [];
  const tokens = new Map<string, string[]>();
  const assertions: JwtPayload[] = [];
  let url = "";

  async function giveToken(body: string): Promise<object> {
    const asked = new URLSearchParams(body);
    const { clientId: issuer, jwksUrl } = tool;
    const about = { jwksUrl, issuer, audience: `${url}/token` };
    assertions.push(await verifyByTool(asked.get("client_assertion") ?? "", about));
    if (asked.get("grant_type") !== "client_credentials") throw new Error("grant_type");
    const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    if (asked.get("client_assertion_type") !== type) throw new Error("client_assertion_type");
    const scopes = (asked.get("scope") ?? "").split(" ");
    const access_token = randomUUID();
    tokens.set(access_token, scopes);
    return { access_token, token_type: "Bearer", expires_in: 3600, scope: scopes.join(" ") };
  }

  /** What the suite answers to a service call. */
  function answerTo({ method, path, body }: ServiceCall): [status: number, answer?: object] {
    if (path === "/memberships") return [200, { id: `${url}/memberships`, members: MEMBERS }];
    if (path === "/lineitems" && method === "GET") return [200, []];
    if (path === "/lineitems") return [201, { ...(body as object), id: `${url}/lineitems/1` }];
    if (path === "/lineitems/1/results") return [200, []];
    return path === "/lineitems/1/scores" ? [204] : [404, {}];
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    response.setHeader("content-type", "application/json");
    if (request.url === "/token") {
      response.end(JSON.stringify(await giveToken(text)));
      return;
    }
    const { authorization, accept } = request.headers;
    const call: ServiceCall = {
      method: request.method ?? "",
      path: new URL(request.url ?? "/", url).pathname,
      accept,
      contentType: request.headers["content-type"],
      scopes: tokens.get(authorization?.replace("Bearer ", "") ?? ""),
      body: text === "" ? undefined : JSON.parse(text),
    };
    calls.push(call);
    const [status, answer] = call.scopes === undefined ? [401, {}] : answerTo(call);
    response.writeHead(status).end(answer === undefined ? "" : JSON.stringify(answer));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(400).end(JSON.stringify({ error: String(error) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    assertions,
    /** The first call of this kind. */
    find: (method: string, path: string) =>
      calls.find((call) => call.method === method && call.path === path),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
