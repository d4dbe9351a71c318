import { expect } from "chai";
import { Browser } from "../support/test-browser.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

describe("a login that an LMS begins", () => {
  let product: TestProduct;
  let parameters: Record<string, string>;

  before(async () => {
    product = await startTestProduct();
  });
  after(async () => {
    await product.close();
  });
  beforeEach(() => {
    ({ parameters } = product.lms.startLaunch({ userId: "amara", courseId: "cvi-101" }));
  });

  const login = async (changes: Record<string, string | string[]> = {}) =>
    await new Browser().post(`${product.url}/lti/login`, { ...parameters, ...changes });

  it("sends the browser to the LMS with state and nonce of its own each time", async () => {
    const answers = [await login(), await login()];
    const addresses = answers.map(({ headers }) => new URL(headers["location"] ?? ""));
    for (const address of addresses) {
      expect(address.href.startsWith(product.lms.endpoints.authorizationUrl)).to.equal(true);
      const sent = Object.fromEntries(address.searchParams);
      expect(sent).to.include({
        scope: "openid",
        response_type: "id_token",
        response_mode: "form_post",
        prompt: "none",
        client_id: product.platform.clientId,
        redirect_uri: `${product.url}/lti/launch`,
        login_hint: "amara",
        lti_message_hint: parameters["lti_message_hint"],
      });
      expect(sent["state"]).to.match(/^[\w-]{22}$/);
      expect(sent["nonce"]).to.match(/^[\w-]{22}$/);
    }
    const secrets = addresses.flatMap(({ searchParams }) => [
      searchParams.get("state"),
      searchParams.get("nonce"),
    ]);
    expect(new Set(secrets).size).to.equal(4);
  });

  it("gives the browser a cookie for this attempt alone, which no other site can set or read", async () => {
    const { setCookies } = await login();
    expect(setCookies).to.have.length(1);
    const [cookie = ""] = setCookies;
    expect(cookie).to.match(/^__Host-rosette-login-[\w-]{16}=[\w-]{22};/);
    for (const attribute of ["HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/"]) {
      expect(cookie).to.contain(`; ${attribute}`);
    }
  });

  it("keeps neither state, nonce nor cookie as they are", async () => {
    const { headers, setCookies } = await login();
    const stored = JSON.stringify(
      await product.connection.collection("launches").find({}).toArray(),
    );
    const sent = new URL(headers["location"] ?? "").searchParams;
    for (const secret of [sent.get("state"), sent.get("nonce"), setCookies[0]?.split(/[=;]/)[1]]) {
      expect(secret).to.have.length(22);
      expect(stored).not.to.contain(secret);
    }
  });

  it("takes its parameters from a GET as well", async () => {
    const query = new URLSearchParams(parameters).toString();
    const answer = await new Browser().get(`${product.url}/lti/login?${query}`);
    expect(answer.status).to.equal(302);
  });

  it("does without client_id where the issuer has one registration, and not with two", async () => {
    expect((await login({ client_id: "" })).status).to.equal(302);
    await product.register(product.lms, { clientId: "another" });
    const answer = await login({ client_id: "" });
    expect(answer.text).to.contain("login-client-ambiguous");
  });

  it("keeps the query of the LMS' own authorization address", async () => {
    const { authorizationUrl } = product.platform;
    await product.parts.platforms.update({
      ...product.platform,
      authorizationUrl: `${authorizationUrl}?tenant=7`,
    });
    const answer = await login();
    await product.parts.platforms.update(product.platform);
    const address = new URL(answer.headers["location"] ?? "");
    expect(address.searchParams.get("tenant")).to.equal("7");
    expect(address.searchParams.get("scope")).to.equal("openid");
  });

  const refused: [string, string, Record<string, string | string[]>][] = [
    ["no issuer", "login-incomplete", { iss: "" }],
    ["two issuers", "login-incomplete", { iss: ["https://a.example", "https://b.example"] }],
    ["no login hint", "login-incomplete", { login_hint: "" }],
    ["no target", "login-incomplete", { target_link_uri: "" }],
    ["an endless hint", "login-incomplete", { lti_message_hint: "x".repeat(9000) }],
    ["an issuer we do not know", "login-platform-unknown", { iss: "https://evil.example" }],
    ["a client id we do not know", "login-platform-unknown", { client_id: "x" }],
  ];
  for (const [what, code, changes] of refused) {
    it(`is refused with ${what}`, async () => {
      const answer = await login(changes);
      expect(answer.status).to.be.within(400, 403);
      expect(answer.text).to.contain(code);
      expect(answer.headers["location"]).to.equal(undefined);
      expect(answer.setCookies).to.deep.equal([]);
    });
  }

  const foreignTargets = [
    "https://evil.example/lti/launch",
    "//evil.example/lti/launch",
    "\\\\evil.example",
    "/lti/launch",
    "javascript:alert(1)",
    "http://localhost@evil.example/lti/launch",
  ];
  for (const target of foreignTargets) {
    it(`is refused with the target ${target}`, async () => {
      const answer = await login({ target_link_uri: target });
      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain("login-target-foreign");
    });
  }

  for (const suffix of [
    ".evil.example/lti/launch",
    "@evil.example",
    "/lti/launchpad",
    "/",
    "/lti/../admin",
  ]) {
    it(`is refused with a target that only begins like ours: …${suffix}`, async () => {
      const answer = await login({ target_link_uri: product.url + suffix });
      expect(answer.text).to.contain("login-target-foreign");
    });
  }
});
