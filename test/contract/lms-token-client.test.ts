import { createPublicKey, type JsonWebKey } from "node:crypto";
import type { ServerResponse } from "node:http";
import { expect } from "chai";
import jwt from "jsonwebtoken";
import { ToolError } from "../../src/errors.js";
import { createLmsHttp } from "../../src/platforms/lms-http-client.js";
import { createLmsTokens, type LmsTokens } from "../../src/platforms/lms-token-client.js";
import type { Platform } from "../../src/platforms/platform.js";
import type { ToolKey } from "../../src/platforms/tool-key.js";
import { createToolKeys } from "../../src/platforms/tool-keys.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { codeOf, startStub } from "../support/stub-lms.js";

const scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/score", "other"];
const stored: ToolKey[] = [];
const toolKeys = createToolKeys({
  keys: {
    addOnce: async (key) => {
      stored.push(key);
      return "added";
    },
    listAll: async () => stored,
  },
  sealedBox: createSealedBox("cd".repeat(32)),
  now: () => new Date(),
});

describe("access tokens for an LMS' services", () => {
  let stub: Awaited<ReturnType<typeof startStub>>;
  let answer: (response: ServerResponse) => void;
  let tokens: LmsTokens;
  let platform: Platform;
  let clock: Date;
  let given = 0;

  const giveToken = (response: ServerResponse) => {
    given += 1;
    // Moodle serves this JSON as text/html.
    response.setHeader("content-type", "text/html; charset=utf-8");
    const token = { access_token: `token-${given}`, token_type: "Bearer", expires_in: 3600 };
    response.end(JSON.stringify(token));
  };

  before(async () => {
    stub = await startStub((_request, response) => {
      answer(response);
    });
  });
  after(async () => {
    await stub.stop();
  });
  beforeEach(() => {
    [clock, given, answer] = [new Date(), 0, giveToken];
    stub.requests.length = 0;
    platform = {
      id: "platform-1",
      organisationId: "organisation-1",
      name: "LMS",
      issuer: stub.url,
      clientId: "client-1",
      authorizationUrl: `${stub.url}/auth`,
      tokenUrl: `${stub.url}/token?x=1`,
      tokenAudience: undefined,
      jwksUrl: `${stub.url}/jwks`,
      family: "moodle",
      acceptsAnyDeployment: false,
      createdAt: clock,
    };
    tokens = createLmsTokens({
      http: createLmsHttp({ timeoutMs: 300, maxBytes: 10_000, allowPrivate: true }),
      toolKeys,
      platforms: { findById: async (id) => (id === platform.id ? platform : undefined) },
      now: () => clock,
    });
  });

  const get = async (wanted = scopes) => await tokens.get("platform-1", wanted);

  it("are asked for with an assertion that our published key signed", async () => {
    await get();
    const form = new URLSearchParams(stub.requests[0]?.body);
    expect(Object.fromEntries(form)).to.include({
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      scope: scopes.join(" "),
    });
    const assertion = form.get("client_assertion") ?? "";
    const { keys } = await toolKeys.jwks();
    const kid = jwt.decode(assertion, { complete: true })?.header.kid;
    const jwk = keys.find((key) => key.kid === kid) as JsonWebKey;
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const claims = jwt.verify(assertion, key, { algorithms: ["RS256"] }) as jwt.JwtPayload;
    expect(claims).to.include({ iss: "client-1", sub: "client-1", aud: platform.tokenUrl });
    expect(claims.jti).to.be.a("string");
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).to.equal(300);
  });

  it("publish no private part of the key", async () => {
    const { keys } = await toolKeys.jwks();
    expect(Object.keys(keys[0] ?? {})).to.have.members(["kty", "n", "e", "kid", "alg", "use"]);
    expect(JSON.stringify(stored)).not.to.contain('"d":');
  });

  it("are asked for at the audience that the LMS names", async () => {
    platform = { ...platform, tokenAudience: "https://api.lms.example/auth" };
    await get();
    const form = new URLSearchParams(stub.requests[0]?.body);
    const claims = jwt.decode(form.get("client_assertion") ?? "");
    expect(claims).to.include({ aud: "https://api.lms.example/auth" });
  });

  it("are asked for once by twenty callers at a time", async () => {
    const got = await Promise.all(Array.from({ length: 20 }, async () => await get()));
    expect(new Set(got)).to.deep.equal(new Set(["token-1"]));
    expect(stub.requests).to.have.length(1);
  });

  it("are kept until a minute before their end, for the same scopes in whatever order", async () => {
    await get();
    clock = new Date(clock.getTime() + 3539_000);
    expect(await get([...scopes].reverse())).to.equal("token-1");
    clock = new Date(clock.getTime() + 2000);
    expect(await get()).to.equal("token-2");
    expect(await get(["other"])).to.equal("token-3");
  });

  it("are asked for again after they were let go", async () => {
    await get();
    tokens.forget("platform-1", scopes);
    expect(await get()).to.equal("token-2");
  });

  const failures: [string, (response: ServerResponse) => void, string][] = [
    [
      "refuses",
      (response) => response.writeHead(400).end('{"error":"invalid_client"}'),
      "platform-refused",
    ],
    ["is broken", (response) => response.writeHead(500).end(), "platform-unreachable"],
    ["never answers", () => undefined, "platform-unreachable"],
    ["answers nonsense", (response) => response.end("<html>"), "platform-answer-unreadable"],
    ["forgets the token", (response) => response.end("{}"), "platform-answer-unreadable"],
    ["is busy", (response) => response.writeHead(429).end(), "platform-busy"],
    [
      "is busy as Canvas is",
      (response) => response.writeHead(403).end("403 Forbidden (Rate Limit Exceeded)"),
      "platform-busy",
    ],
  ];
  for (const [what, fail, code] of failures) {
    it(`are not had from an LMS that ${what}, and asked for again the next time`, async () => {
      answer = fail;
      expect(await codeOf(get())).to.equal(code);
      answer = giveToken;
      expect(await get()).to.equal("token-1");
    });
  }

  it("say how long to wait when the LMS does", async () => {
    answer = (response) => response.writeHead(429, { "retry-after": "7" }).end();
    const error: unknown = await get().catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(ToolError);
    expect((error as ToolError).retryAfterMs).to.equal(7000);
  });

  it("are not had for a platform that is not there", async () => {
    expect(await codeOf(tokens.get("nobody", scopes))).to.equal("not-found");
  });
});
