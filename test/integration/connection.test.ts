import { generateKeyPairSync } from "node:crypto";
import type { ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { load } from "cheerio";
import { expect } from "chai";
import { describeConnection } from "../../src/platforms/connection-sentences.js";
import type { LmsTrouble } from "../../src/platforms/lms-trouble.js";
import { neededScopes } from "../../src/platforms/tool-registration.js";
import { makeSigningCertificate } from "../../src/documents/make-signing-certificate.js";
import { newId } from "../../src/stored-record.js";
import { startStub } from "../support/stub-lms.js";
import { Browser } from "../support/test-browser.js";
import {
  launchAsAdministrator,
  startTestProduct,
  type TestProduct,
  type TestVisit,
} from "../support/test-product.js";

const works = ["works", "works"];
const rsa = (modulusLength: number) =>
  generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "jwk" });

/** The lines that a page shows, without what to do next. */
function linesOf(html: string): { outcome: string | undefined; what: string }[] {
  const page = load(html);
  return page("#connection dd")
    .toArray()
    .map((line) => ({
      outcome: page(line).attr("data-outcome"),
      what: page(line).find("p").eq(1).text(),
    }));
}

const sentenceOf = (trouble: LmsTrouble): string =>
  describeConnection({ keySet: { kind: "bad", trouble }, token: { kind: "bad", trouble } })[0]
    ?.what ?? "";

describe("testing the connection to an LMS", function () {
  this.timeout(20_000);
  let product: TestProduct;
  let administrator: TestVisit;

  before(async () => {
    product = await startTestProduct();
    administrator = await launchAsAdministrator(product);
  });
  after(async () => {
    await product.close();
  });
  afterEach(() => {
    product.lms.faults.clear();
  });

  const test = async (platformId: string) =>
    await administrator.post(`/admin/platforms/${platformId}/test`);
  const outcomesOf = async (platformId: string) =>
    linesOf((await test(platformId)).text).map(({ outcome }) => outcome);

  /** Registers what a stub publishes at /jwks and /token as an LMS, and tests it. */
  async function testStub(answers: {
    jwks?: (response: ServerResponse) => void;
    token?: (response: ServerResponse) => void;
  }) {
    const stub = await startStub(({ message }, response) => {
      const answer = message.url === "/jwks" ? answers.jwks : answers.token;
      if (answer === undefined) response.end("{}");
      else answer(response);
    });
    try {
      return await testAddresses({ jwksUrl: `${stub.url}/jwks`, tokenUrl: `${stub.url}/token` });
    } finally {
      await stub.stop();
    }
  }

  async function testAddresses(addresses: { jwksUrl: string; tokenUrl: string }) {
    const id = newId();
    await product.parts.platforms.addOnce({
      ...{ ...product.platform, ...addresses, id, clientId: id, issuer: `https://${id}.example` },
    });
    const page = await test(id);
    expect(page.status).to.equal(200);
    expect(page.headers["cache-control"]).to.equal("no-store");
    return page.text;
  }

  for (const mood of ["moodle", "canvas"] as const) {
    it(`finds that everything works with ${mood}, and asks afresh each time`, async () => {
      const { lms, platform } = await product.connectLms({ mood });
      expect(await outcomesOf(platform.id)).to.deep.equal(works);
      lms.faults.tokenDown = true;
      lms.faults.jwksDown = true;
      const lines = linesOf((await test(platform.id)).text);
      expect(lines.map(({ what }) => what)).to.deep.equal([
        sentenceOf("server-error"),
        sentenceOf("server-error"),
      ]);
      lms.faults.clear();
      expect(await outcomesOf(platform.id)).to.deep.equal(works);
    });

    it(`names what ${mood} does not allow`, async () => {
      const { lms } = await product.connectLms({ mood });
      const scopes = [neededScopes[1], neededScopes[2]];
      const clientId = newId();
      const platform = await product.register(lms, { clientId, tool: { scopes } });
      const [, access] = linesOf((await test(platform.id)).text);
      expect(access).to.deep.equal({
        outcome: "incomplete",
        what: "The LMS lets Rosette in, but does not allow making columns in the gradebook and reading who takes part in a course.",
      });
      const closed = await product.register(lms, { clientId: newId(), tool: { scopes: [] } });
      const [, refused] = linesOf((await test(closed.id)).text);
      expect(refused?.what).to.equal(sentenceOf("invalid-scope"));
    });

    it(`says that ${mood} does not recognise us under another client id or key`, async () => {
      const { lms, platform } = await product.connectLms({ mood });
      const other = { ...platform, id: newId(), clientId: newId() };
      await product.parts.platforms.addOnce(other);
      const [keys, access] = linesOf((await test(other.id)).text);
      expect(keys?.outcome).to.equal("works");
      expect(access?.what).to.equal(sentenceOf("invalid-client"));

      const wrongKeys = await product.register(lms, {
        ...{ clientId: newId(), tool: { jwksUrl: `${lms.url}/nowhere` } },
      });
      const [, unsigned] = linesOf((await test(wrongKeys.id)).text);
      expect(unsigned?.what).to.equal(sentenceOf("invalid-client"));
    });
  }

  const json =
    (value: object, status = 200) =>
    (response: ServerResponse) =>
      response.writeHead(status).end(JSON.stringify(value));
  const key = { ...rsa(2048), kid: "1", alg: "RS256" };
  const badKeySets: [string, (response: ServerResponse) => void, LmsTrouble][] = [
    ["nothing", (response) => response.writeHead(404).end("secret"), "not-there"],
    ["a page", (response) => response.end("<b>secret</b>"), "not-json"],
    ["other data", json({ secret: 1 }), "no-key-set"],
    ["no key", json({ keys: [] }), "key-set-empty"],
    ["keys of 1024 bits", json({ keys: [{ ...key, ...rsa(1024) }] }), "key-set-unusable"],
    ["keys for another algorithm", json({ keys: [{ ...key, alg: "RS512" }] }), "key-set-unusable"],
    ["keys without an id", json({ keys: [{ ...key, kid: undefined }] }), "key-set-unusable"],
    ["far too much", (response) => response.end("secret".repeat(100_000)), "too-long"],
    ["a refusal", (response) => response.writeHead(403).end("secret"), "forbidden"],
    ["a broken connection", (response) => response.destroy(), "connection-broken"],
    [
      "a redirect to another host",
      (response) => response.writeHead(302, { location: "http://localhost:1/secret" }).end(),
      "redirected",
    ],
    ["silence", () => undefined, "timed-out"],
  ];
  for (const [what, jwks, trouble] of badKeySets) {
    it(`says what is wrong when the keys' address answers with ${what}`, async () => {
      const text = await testStub({ jwks });
      expect(linesOf(text)[0]).to.deep.equal({ outcome: "fails", what: sentenceOf(trouble) });
      expect(text).not.to.contain("secret");
    });
  }

  const badTokens: [string, (response: ServerResponse) => void, LmsTrouble][] = [
    ["no token", json({ secret: 1 }), "no-token"],
    ["a page", (response) => response.end("<b>secret</b>"), "not-json"],
    ["another way in", json({ error: "unsupported_grant_type" }, 400), "unsupported-grant-type"],
    ["a refusal it explains", json({ error: "invalid_request" }, 400), "invalid-request"],
    ["a refusal in other words", json({ error: "secret" }, 400), "refused"],
    ["too much", (response) => response.writeHead(429).end("secret"), "busy"],
    [
      "a redirect",
      (response) => response.writeHead(307, { location: "/secret" }).end(),
      "redirected",
    ],
  ];
  for (const [what, token, trouble] of badTokens) {
    it(`says what is wrong when the token's address answers with ${what}`, async () => {
      const text = await testStub({ token });
      expect(linesOf(text)[1]).to.deep.equal({ outcome: "fails", what: sentenceOf(trouble) });
      expect(text).not.to.contain("secret");
    });
  }

  it("says what is wrong with an address where nothing answers, and with a name that is none", async () => {
    const text = await testAddresses({
      jwksUrl: "http://127.0.0.1:1/jwks",
      tokenUrl: "http://no-such-lms.invalid/token",
    });
    expect(linesOf(text).map(({ what }) => what)).to.deep.equal([
      sentenceOf("connection-refused"),
      sentenceOf("host-unknown"),
    ]);
  });

  it("tells a certificate that nobody vouches for from no encryption at all", async () => {
    const { certificateDer, privateKeyPkcs8 } = await makeSigningCertificate({
      organisationName: "localhost",
      validFrom: new Date(Date.now() - 60_000),
      validUntil: new Date(Date.now() + 60_000),
    });
    const pem = (kind: string, der: Uint8Array) =>
      `-----BEGIN ${kind}-----\n${Buffer.from(der).toString("base64")}\n-----END ${kind}-----\n`;
    const server = createTlsServer({
      cert: pem("CERTIFICATE", certificateDer),
      key: pem("PRIVATE KEY", privateKeyPkcs8),
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const plain = await startStub((_request, response) => response.end());
    try {
      const text = await testAddresses({
        jwksUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
        tokenUrl: `${plain.url.replace("http:", "https:")}/token`,
      });
      expect(linesOf(text).map(({ what }) => what)).to.deep.equal([
        sentenceOf("certificate-untrusted"),
        sentenceOf("encryption-failed"),
      ]);
    } finally {
      await plain.stop();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("is closed without the form's token, and to who is no administrator", async () => {
    const address = `/admin/platforms/${product.platform.id}/test`;
    const forged = await administrator.post(address, { _csrf: "x" });
    expect(forged.status).to.equal(403);
    const learner = await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    expect((await learner.post(address)).status).to.equal(403);
  });

  describe("on the page where an LMS is set up by hand", () => {
    const typed = () => ({
      name: "Campus LMS",
      issuer: product.lms.issuer,
      clientId: product.platform.clientId,
      authorizationUrl: product.lms.endpoints.authorizationUrl,
      tokenUrl: product.lms.endpoints.tokenUrl,
      jwksUrl: product.lms.endpoints.jwksUrl,
    });
    const invite = async (): Promise<string> => {
      const link = await product.parts.makeInvitationLink(product.organisationId);
      return `${product.url}/setup/${new URL(link).searchParams.get("invitation") ?? ""}`;
    };

    it("tries out what was typed, keeps it in the form, and uses nothing up", async () => {
      const link = await invite();
      const before = (await product.parts.platforms.listAll()).length;
      for (const [changes, outcomes] of [
        [{}, works],
        [{ tokenUrl: `${product.lms.url}/nowhere` }, ["works", "fails"]],
      ] as const) {
        const tested = await new Browser().post(`${link}/test`, { ...typed(), ...changes });
        expect(tested.status).to.equal(200);
        expect(linesOf(tested.text).map(({ outcome }) => outcome)).to.deep.equal(outcomes);
        expect(load(tested.text)("[name=clientId]").attr("value")).to.equal(typed().clientId);
      }
      expect((await product.parts.platforms.listAll()).length).to.equal(before);
      const clientId = newId();
      const connected = await new Browser().post(link, { ...typed(), clientId });
      expect(connected.status).to.equal(200);
    });

    it("shows faults of the form beside its fields, and asks no LMS then", async () => {
      const tested = await new Browser().post(`${await invite()}/test`, {
        ...{ ...typed(), jwksUrl: "javascript:alert(1)" },
      });
      expect(tested.status).to.equal(422);
      expect(load(tested.text)("#fault-jwksUrl").text()).not.to.equal("");
      expect(linesOf(tested.text)).to.deep.equal([]);
    });

    it("sends nobody what is signed for the client id of another LMS", async () => {
      const evil = await startStub((_request, response) => response.end("{}"));
      const tested = await new Browser().post(`${await invite()}/test`, {
        ...{ ...typed(), issuer: evil.url, tokenUrl: `${evil.url}/token` },
      });
      await evil.stop();
      expect(tested.status).to.equal(422);
      expect(load(tested.text)("#fault-clientId").text()).to.contain("on another host");
      expect(evil.requests).to.have.length(0);
    });

    it("is closed without an invitation", async () => {
      const link = `${product.url}/setup/${"A".repeat(43)}/test`;
      expect((await new Browser().post(link, typed())).text).to.contain("code-invalid");
    });
  });
});
