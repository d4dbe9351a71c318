import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { startPracticeLms, type Mood, type PracticeLms } from "../src/index.js";
import {
  ags,
  launch,
  lti,
  nrpsScope,
  requestToken,
  assertionClaims,
  tokenRequest,
  signAsTool,
  startFakeTool,
  type Claims,
  type FakeTool,
} from "./fake-tool.js";

const dl = (name: string): string => `https://purl.imsglobal.org/spec/lti-dl/claim/${name}`;
const configurationClaim = "https://purl.imsglobal.org/spec/lti-tool-configuration";

describe("practice LMS: content and registration", () => {
  let tool: FakeTool;
  let lms: PracticeLms;

  before(async () => {
    tool = await startFakeTool();
  });
  after(async () => {
    await tool.stop();
  });
  afterEach(async () => {
    await lms.stop();
  });

  describe("Deep Linking", () => {
    let returnUrl: string;
    let data: unknown;

    async function ask(mood: Mood): Promise<void> {
      lms = await startPracticeLms({ mood, tools: [tool.describe()] });
      const claims = await launch(lms, tool, {
        userId: "priya",
        courseId: "cvi-101",
        messageType: "LtiDeepLinkingRequest",
      });
      expect(claims[lti("message_type")]).to.equal("LtiDeepLinkingRequest");
      expect(claims[lti("target_link_uri")]).to.equal(`${tool.url}/choose`);
      expect(claims).not.to.have.property(lti("resource_link"));
      const settings = claims[dl("deep_linking_settings")] as Record<string, unknown>;
      returnUrl = String(settings["deep_link_return_url"]);
      data = settings["data"];
    }

    const items = [
      {
        type: "ltiResourceLink",
        title: "Exam & <practice>",
        url: "http://tool.example/launch?item=1",
        custom: { exam: "one", count: 2 },
        lineItem: { label: "Exam", scoreMaximum: 20, resourceId: "res-1", tag: "quiz" },
      },
      { type: "ltiResourceLink", title: "Reading" },
      { type: "html", html: "<b>no</b>" },
    ];
    const answer = (changes: Claims = {}): Claims => {
      const now = Math.floor(Date.now() / 1000);
      return {
        iss: "tool-1",
        aud: lms.issuer,
        iat: now,
        exp: now + 60,
        nonce: randomUUID(),
        [lti("message_type")]: "LtiDeepLinkingResponse",
        [lti("version")]: "1.3.0",
        [lti("deployment_id")]: "1",
        [dl("content_items")]: items,
        ...(data !== undefined && { [dl("data")]: data }),
        ...changes,
      };
    };
    const bring = async (token: string, to = returnUrl) => {
      const response = await fetch(to, {
        method: "POST",
        body: new URLSearchParams({ JWT: token }),
      });
      return { status: response.status, html: await response.text() };
    };
    const titles = async (): Promise<string[]> => {
      const copy = lms.copyCourse("cvi-101", { id: randomUUID(), code: "C", title: "Copy" });
      return copy.links.map((link) => link.title);
    };

    it("adds the chosen links, their custom parameters and their line items", async () => {
      await ask("moodle");
      const { status, html } = await bring(signAsTool(answer()));
      expect(status).to.equal(200);
      expect(html).to.contain("Exam &amp; &lt;practice&gt;").and.contain("html");
      const rows = lms.gradebook("cvi-101").filter((row) => row.userId === "amara");
      expect(rows).to.have.length(1);
      expect(rows[0]).to.include({ label: "Exam", scoreMaximum: 20, resourceId: "res-1" });
      const copy = lms.copyCourse("cvi-101", { id: "copy", code: "C", title: "Copy" });
      expect(copy.links.map((link) => link.custom)).to.deep.equal([
        { exam: "one", count: "2" },
        {},
      ]);
      expect(copy.links[1]?.targetLinkUri).to.equal(`${tool.url}/launch`);
    });

    const wrongAnswers: [string, Claims][] = [
      ["of another tool", { iss: "nobody" }],
      ["for another platform", { aud: "https://elsewhere.example" }],
      ["that has expired", { exp: 1 }],
      ["without a nonce", { nonce: undefined }],
      ["of another message type", { [lti("message_type")]: "LtiResourceLinkRequest" }],
      ["of another version", { [lti("version")]: "1.1" }],
      ["of another deployment", { [lti("deployment_id")]: "2" }],
      [
        "with a line item of 0 points",
        { [dl("content_items")]: [{ type: "ltiResourceLink", lineItem: { scoreMaximum: 0 } }] },
      ],
    ];
    for (const [name, changes] of wrongAnswers) {
      it(`refuses an answer ${name} and adds nothing`, async () => {
        await ask("moodle");
        expect((await bring(signAsTool(answer(changes)))).status).to.equal(400);
        expect(await titles()).to.deep.equal([]);
      });
    }

    it("refuses an answer that brings back other data", async () => {
      await ask("canvas");
      const wrong = signAsTool(answer({ [dl("data")]: "other" }));
      expect((await bring(wrong)).html).to.contain("claim/data");
      expect((await bring(signAsTool(answer()))).status).to.equal(200);
    });

    it("takes an answer once, and only with a known ticket", async () => {
      await ask("moodle");
      expect((await bring(signAsTool(answer()), `${returnUrl}x`)).status).to.equal(400);
      expect((await bring(signAsTool(answer()))).status).to.equal(200);
      expect((await bring(signAsTool(answer()))).status).to.equal(400);
      expect(await titles()).to.have.length(2);
    });
  });

  describe("dynamic registration", () => {
    const registration = (changes: Claims = {}): Claims => ({
      application_type: "web",
      response_types: ["id_token"],
      grant_types: ["implicit", "client_credentials"],
      initiate_login_uri: `${tool.url}/login`,
      redirect_uris: [`${tool.url}/launch`],
      client_name: "Fake tool",
      jwks_uri: `${tool.url}/jwks`,
      token_endpoint_auth_method: "private_key_jwt",
      scope: `${ags}score ${ags}lineitem`,
      [configurationClaim]: {
        domain: new URL(tool.url).host,
        target_link_uri: `${tool.url}/open`,
        claims: ["sub", "name", "email"],
        custom_parameters: { history: "$Context.id.history" },
        messages: [
          { type: "LtiResourceLinkRequest" },
          { type: "LtiDeepLinkingRequest", target_link_uri: `${tool.url}/choose` },
        ],
      },
      ...changes,
    });
    const register = async (token: string, body: Claims) => {
      const response = await fetch(lms.endpoints.registrationUrl, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Claims };
    };

    it("hands out its configuration and a token in the tool's address", async () => {
      lms = await startPracticeLms();
      const start = lms.startRegistration(`${tool.url}/register?x=1`);
      const url = new URL(start.url);
      expect(url.searchParams.get("x")).to.equal("1");
      expect(url.searchParams.get("registration_token")).to.equal(start.registrationToken);
      const configuration = (await (
        await fetch(url.searchParams.get("openid_configuration") ?? "")
      ).json()) as Claims;
      expect(configuration).to.include({
        issuer: lms.issuer,
        token_endpoint: lms.endpoints.tokenUrl,
        authorization_endpoint: lms.endpoints.authorizationUrl,
        jwks_uri: lms.endpoints.jwksUrl,
        registration_endpoint: lms.endpoints.registrationUrl,
      });
    });

    it("stores the tool, which works once an administrator activates it", async () => {
      lms = await startPracticeLms();
      const { registrationToken } = lms.startRegistration(`${tool.url}/register`);
      const { status, body } = await register(registrationToken, registration());
      expect(status).to.equal(200);
      const clientId = String(body["client_id"]);
      const [stored] = lms.listTools();
      expect(stored).to.deep.include({
        clientId,
        privacy: "public",
        deepLinkingUrl: `${tool.url}/choose`,
        targetLinkUri: `${tool.url}/open`,
        scopes: [`${ags}lineitem`, `${ags}score`],
        isActive: false,
      });
      expect(body[configurationClaim]).to.include({ deployment_id: stored?.deploymentIds[0] });
      const assertion = (): string => signAsTool(assertionClaims(lms, clientId));
      const scope = `${ags}score`;
      expect((await requestToken(lms, tokenRequest(assertion(), scope))).status).to.equal(400);
      lms.activateTool(clientId);
      expect((await requestToken(lms, tokenRequest(assertion(), scope))).status).to.equal(200);
      const refused = await requestToken(lms, tokenRequest(assertion(), nrpsScope));
      expect(refused.body["error"]).to.equal("invalid_scope");
    });

    it("takes a registration token once", async () => {
      lms = await startPracticeLms();
      const { registrationToken } = lms.startRegistration(`${tool.url}/register`);
      expect((await register(registrationToken, registration())).status).to.equal(200);
      expect((await register(registrationToken, registration())).status).to.equal(401);
      expect((await register("made-up", registration())).status).to.equal(401);
      expect(lms.listTools()).to.have.length(1);
    });

    it("refuses a registration token that has expired", async () => {
      let now = new Date();
      lms = await startPracticeLms({ now: () => now });
      const { registrationToken } = lms.startRegistration(`${tool.url}/register`);
      now = new Date(now.getTime() + 3_601_000);
      expect((await register(registrationToken, registration())).status).to.equal(401);
    });

    it("keeps the token good when the request was wrong", async () => {
      lms = await startPracticeLms();
      const { registrationToken } = lms.startRegistration(`${tool.url}/register`);
      for (const changes of [
        { application_type: "native" },
        { response_types: ["code"] },
        { grant_types: ["implicit"] },
        { redirect_uris: [] },
        { jwks_uri: "nowhere" },
        { initiate_login_uri: undefined },
        { client_name: "" },
        { token_endpoint_auth_method: "client_secret_post" },
        { [configurationClaim]: {} },
      ]) {
        const { status } = await register(registrationToken, registration(changes));
        expect(status, JSON.stringify(changes)).to.equal(400);
      }
      expect((await register(registrationToken, registration())).status).to.equal(200);
    });

    it("names no deployment in the Canvas mood, whose deployment ids have two parts", async () => {
      lms = await startPracticeLms({ mood: "canvas" });
      const { registrationToken } = lms.startRegistration(`${tool.url}/register`);
      const { body } = await register(registrationToken, registration());
      expect(body[configurationClaim]).not.to.have.property("deployment_id");
      expect(lms.listTools()[0]?.deploymentIds[0]).to.match(/^\d+:[0-9a-f]{40}$/);
    });
  });
});
