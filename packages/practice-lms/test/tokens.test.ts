import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { startPracticeLms, type PracticeLms } from "../src/index.js";
import {
  ags,
  assertionClaims,
  call,
  getAccessToken,
  media,
  nrpsScope,
  requestToken,
  signAsTool,
  startFakeTool,
  tokenRequest,
  type Claims,
  type FakeTool,
} from "./fake-tool.js";

describe("practice LMS: access tokens", () => {
  let tool: FakeTool;
  let lms: PracticeLms;
  let now: Date;
  const lineItemsUrl = (): string => `${lms.url}/lti/services/cvi-101/lineitems?type_id=1`;

  before(async () => {
    tool = await startFakeTool();
  });
  after(async () => {
    await tool.stop();
  });
  beforeEach(async () => {
    now = new Date();
    lms = await startPracticeLms({ tools: [tool.describe()], now: () => now });
  });
  afterEach(async () => {
    await lms.stop();
  });

  it("gives a token for a signed assertion, with Moodle's mistaken content type", async () => {
    const assertion = signAsTool(assertionClaims(lms));
    const answer = await requestToken(lms, tokenRequest(assertion, `${ags}score openid`));
    expect(answer.status).to.equal(200);
    expect(answer.type).to.equal("text/html; charset=utf-8");
    expect(answer.body).to.include({
      token_type: "Bearer",
      expires_in: 3600,
      scope: `${ags}score`,
    });
  });

  const minute = 60;
  const wrongAssertions: [string, (claims: Claims) => Claims][] = [
    ["of an unknown client", (claims) => ({ ...claims, iss: "nobody" })],
    ["whose sub is not the client", (claims) => ({ ...claims, sub: "nobody" })],
    ["for another audience", (claims) => ({ ...claims, aud: "https://elsewhere.example" })],
    ["that has expired", (claims) => ({ ...claims, exp: Number(claims["iat"]) - minute })],
    ["without exp", (claims) => ({ ...claims, exp: undefined })],
    ["without jti", (claims) => ({ ...claims, jti: undefined })],
  ];
  for (const [name, change] of wrongAssertions) {
    it(`refuses an assertion ${name}`, async () => {
      const assertion = signAsTool(change(assertionClaims(lms)));
      const answer = await requestToken(lms, tokenRequest(assertion, `${ags}score`));
      expect(answer.status).to.equal(400);
      expect(answer.body["error"]).to.equal("invalid_client");
    });
  }

  it("refuses an assertion signed with a key the tool never published", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    for (const keyid of ["tool-key", "other-key", undefined]) {
      const assertion = signAsTool(assertionClaims(lms), { key: privateKey, keyid });
      const answer = await requestToken(lms, tokenRequest(assertion, `${ags}score`));
      expect(answer.body["error"]).to.equal("invalid_client");
    }
  });

  it("refuses an assertion that was used before", async () => {
    const assertion = signAsTool(assertionClaims(lms));
    expect((await requestToken(lms, tokenRequest(assertion, nrpsScope))).status).to.equal(200);
    expect((await requestToken(lms, tokenRequest(assertion, nrpsScope))).status).to.equal(400);
  });

  for (const [name, change, error] of [
    ["another grant type", { grant_type: "password" }, "unsupported_grant_type"],
    ["another assertion type", { client_assertion_type: "secret" }, "invalid_request"],
    ["no assertion", { client_assertion: "" }, "invalid_request"],
    ["unknown scopes only", { scope: "openid" }, "invalid_scope"],
  ] as const) {
    it(`refuses ${name} with ${error}`, async () => {
      const request = tokenRequest(signAsTool(assertionClaims(lms)), `${ags}score`);
      const answer = await requestToken(lms, { ...request, ...change });
      expect(answer.body["error"]).to.equal(error);
    });
  }

  it("refuses scopes the tool was not registered with", async () => {
    lms.addTool(tool.describe({ scopes: [nrpsScope] }));
    const assertion = signAsTool(assertionClaims(lms));
    const answer = await requestToken(lms, tokenRequest(assertion, `${ags}score`));
    expect(answer.body["error"]).to.equal("invalid_scope");
  });

  it("answers 401 in the Canvas mood, and refuses a request for too much", async () => {
    const canvas = await startPracticeLms({ mood: "canvas", tools: [tool.describe()] });
    const claims = assertionClaims(canvas);
    const wrong = signAsTool({ ...claims, aud: "https://elsewhere.example" });
    expect((await requestToken(canvas, tokenRequest(wrong, nrpsScope))).status).to.equal(401);
    const tooMuch = tokenRequest(signAsTool(claims), `${nrpsScope} openid`);
    expect((await requestToken(canvas, tooMuch)).body["error"]).to.equal("invalid_scope");
    await canvas.stop();
  });

  it("lets a token in until it expires", async () => {
    const token = await getAccessToken(lms);
    const read = async () => (await call(token, lineItemsUrl(), { media: media.lineItems })).status;
    expect(await read()).to.equal(200);
    now = new Date(now.getTime() + 3_601_000);
    expect(await read()).to.equal(401);
  });

  it("refuses a made-up token, and one without the scope", async () => {
    expect((await call("made-up", lineItemsUrl(), { media: media.lineItems })).status).to.equal(
      401,
    );
    const assertion = signAsTool(assertionClaims(lms));
    const { body } = await requestToken(lms, tokenRequest(assertion, nrpsScope));
    const token = String(body["access_token"]);
    expect((await call(token, lineItemsUrl(), { media: media.lineItems })).status).to.equal(401);
  });

  it("can refuse every token, or be down", async () => {
    const token = await getAccessToken(lms);
    lms.faults.expireAccessTokens();
    expect((await call(token, lineItemsUrl(), { media: media.lineItems })).status).to.equal(401);
    lms.faults.tokenDown = true;
    const assertion = signAsTool(assertionClaims(lms));
    expect((await requestToken(lms, tokenRequest(assertion, nrpsScope))).status).to.equal(503);
  });
});
