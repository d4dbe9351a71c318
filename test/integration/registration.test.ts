import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { load } from "cheerio";
import { expect } from "chai";
import { fieldsOf } from "../support/form-fields.js";
import { Browser, type Form } from "../support/test-browser.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const organisationName = "School for Teachers of the Blind";

describe("connecting an LMS", () => {
  let product: TestProduct;
  let undo: (() => Promise<void>)[];

  beforeEach(async () => {
    product = await startTestProduct();
    undo = [
      async () => {
        await product.close();
      },
    ];
    // As on a first start: nobody knows anybody.
    await product.parts.removePlatform(product.organisationId, product.platform.id);
    await product.connection.collection("organisations").deleteMany({});
  });
  afterEach(async () => {
    for (const close of undo.reverse()) await close();
  });

  const setupLink = async (): Promise<string> => (await product.parts.makeSetupLink()) ?? "";
  const listPlatforms = async () => await product.parts.platforms.listAll();
  const byHand = (): Form => ({
    organisationName,
    name: "Campus LMS",
    issuer: product.lms.issuer,
    clientId: product.platform.clientId,
    deploymentId: "1",
    authorizationUrl: product.lms.endpoints.authorizationUrl,
    tokenUrl: product.lms.endpoints.tokenUrl,
    jwksUrl: product.lms.endpoints.jwksUrl,
  });

  /** What a page of a strange LMS says of itself. */
  async function startStranger(handler: RequestListener): Promise<string> {
    const server: Server = createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    undo.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  describe("by hand, on the set-up link", () => {
    it("shows every value to copy", async () => {
      const page = await new Browser().get(await setupLink());
      expect(page.status).to.equal(200);
      for (const path of ["/lti/login", "/lti/launch", "/lti/jwks", "/lti/register?invitation="]) {
        expect(page.text).to.contain(product.url + path);
      }
      expect(page.headers["cache-control"]).to.equal("no-store");
    });

    it("registers the LMS, founds the organisation and gives a code that makes an administrator", async () => {
      const link = await setupLink();
      const done = await new Browser().post(link, byHand());
      expect(done.status).to.equal(200);
      const code = /<code>([0-9A-Z-]{19})<\/code>/.exec(done.text)?.[1] ?? "";
      const [organisation] = await product.parts.organisations.listAll();
      expect(organisation?.name).to.equal(organisationName);

      const visit = await product.launchAs({ userId: "ruth", placement: "administration" });
      expect(visit.launch.organisationId).to.equal(organisation?.id);
      expect((await visit.post("/claim", { code })).status).to.equal(303);
    });

    it("works once, and looking at the page does not use it up", async () => {
      const link = await setupLink();
      await new Browser().get(link);
      await new Browser().get(link);
      expect((await new Browser().post(link, byHand())).status).to.equal(200);
      for (const answer of [
        await new Browser().get(link),
        await new Browser().post(link, byHand()),
      ]) {
        expect(answer.status).to.equal(403);
        expect(answer.text).to.contain("code-invalid");
      }
      expect(await listPlatforms()).to.have.length(1);
      expect(await product.parts.makeSetupLink()).to.equal(undefined);
    });

    it("shows the form again with what is wrong beside each field, and still works after", async () => {
      const link = await setupLink();
      const faulty = await new Browser().post(link, {
        ...byHand(),
        organisationName: " ",
        issuer: "",
        jwksUrl: "javascript:alert(1)",
        name: '"><script>',
      });
      expect(faulty.status).to.equal(422);
      const page = load(faulty.text);
      for (const name of ["organisationName", "issuer", "jwksUrl"]) {
        expect(page(`[name=${name}]`).attr("aria-invalid")).to.equal("true");
        expect(page(`#fault-${name}`).text()).not.to.equal("");
      }
      expect(page("[name=name]").attr("value")).to.equal('"><script>');
      expect(await listPlatforms()).to.have.length(0);
      expect((await new Browser().post(link, byHand())).status).to.equal(200);
    });

    it("says beside the field that a client id is registered already, and still works after", async () => {
      const [first, second] = [await setupLink(), await setupLink()];
      await new Browser().post(first, byHand());
      const taken = await new Browser().post(second, byHand());
      expect(taken.status).to.equal(422);
      expect(load(taken.text)("#fault-clientId").text()).to.contain("registered already");
      const other = await new Browser().post(second, { ...byHand(), clientId: "another" });
      expect(other.status).to.equal(200);
      expect(await listPlatforms()).to.have.length(2);
    });

    it("is closed to made-up and old links", async () => {
      const link = await setupLink();
      expect((await new Browser().get(`${product.url}/setup/${"A".repeat(43)}`)).status).to.equal(
        403,
      );
      product.setNow(new Date(Date.now() + 25 * 60 * 60_000));
      expect((await new Browser().get(link)).status).to.equal(403);
    });
  });

  it("shows Canvas a configuration that anybody may read", async () => {
    const answer = await fetch(`${product.url}/lti/canvas.json`);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get("content-type")).to.contain("application/json");
    expect(await answer.json()).to.include({ public_jwk_url: `${product.url}/lti/jwks` });
  });

  describe("by dynamic registration", () => {
    async function invite(): Promise<string> {
      const { parts } = product;
      const organisation = await parts.organisations.ensureFirst("Academy", new Date());
      return await parts.makeInvitationLink(organisation.id);
    }

    it("asks first, then registers, and launches", async () => {
      const start = product.lms.startRegistration(await invite());
      const question = await new Browser().get(start.url);
      expect(question.status).to.equal(200);
      expect(question.text).to.contain(new URL(product.lms.url).host);
      expect(await listPlatforms()).to.have.length(0);

      const done = await new Browser().post(`${product.url}/lti/register`, fieldsOf(question.text));
      expect(done.status).to.equal(200);
      expect(done.text).to.contain("data-lti-close").and.to.contain("/assets/lti-close.js");
      const [platform, ...others] = await listPlatforms();
      expect(others).to.have.length(0);
      expect(platform).to.include({ issuer: product.lms.issuer, family: "moodle" });

      const clientId = platform?.clientId ?? "";
      product.lms.activateTool(clientId);
      const installed = product.lms.listTools().find((tool) => tool.clientId === clientId);
      expect(installed).to.include({ privacy: "public", jwksUrl: `${product.url}/lti/jwks` });
      const wish = { userId: "amara", courseId: "cvi-101", clientId };
      const [deploymentId = ""] = installed?.deploymentIds ?? [];
      expect((await product.launchAs({ ...wish, deploymentId })).launch.isTestUser).to.equal(false);
    });

    it("tells somebody who opens the address in a browser what to do with it, and uses nothing up", async () => {
      const link = await invite();
      for (const address of [link, link, `${link}&openid_configuration=`]) {
        const opened = await new Browser().get(address);
        expect(opened.status).to.equal(200);
        const page = load(opened.text);
        expect(page("h1").text()).to.equal("This address is for your LMS");
        expect(page("#registration-url").val()).to.equal(link);
        expect(page("h3").text()).to.contain("In Moodle").and.to.contain("In Canvas");
        const byHand = page("a[href^='/setup/']").attr("href") ?? "";
        expect((await new Browser().get(product.url + byHand)).status).to.equal(200);
      }
      const question = await new Browser().get(product.lms.startRegistration(link).url);
      const done = await new Browser().post(`${product.url}/lti/register`, fieldsOf(question.text));
      expect(done.status).to.equal(200);
      const late = await new Browser().get(link);
      expect(late.status).to.equal(403);
      expect(late.text).to.contain("code-invalid").and.not.to.contain("This address is for");
    });

    it("takes Canvas' first deployment, which Canvas names only when it launches", async () => {
      const { lms, platform } = await product.connectLms({ mood: "canvas" });
      await product.parts.removePlatform(platform.organisationId, platform.id);
      const question = await new Browser().get(lms.startRegistration(await invite()).url);
      // The issuer is Canvas', the endpoints are not: a person has to agree.
      expect(question.text).to.contain("canvas.instructure.com").and.to.contain("several hosts");
      await new Browser().post(`${product.url}/lti/register`, fieldsOf(question.text));
      const [registered] = await listPlatforms();
      expect(registered).to.include({ family: "canvas", awaitsFirstDeployment: true });
      const clientId = registered?.clientId ?? "";
      lms.activateTool(clientId);
      const installed = lms.listTools().find((tool) => tool.clientId === clientId);
      expect(installed?.privacy).to.equal("public");
      const visit = await product.launchAs({ userId: "amara", courseId: "cvi-101", lms, clientId });
      expect(visit.launch.courseRoles).to.deep.equal(["learner"]);
    });

    it("works at the very first set-up, with the organisation's name and a code to write down", async () => {
      const token = (await setupLink()).split("/").at(-1) ?? "";
      const start = product.lms.startRegistration(
        `${product.url}/lti/register?invitation=${token}`,
      );
      const question = await new Browser().get(start.url);
      const fields = fieldsOf(question.text);
      const unnamed = await new Browser().post(`${product.url}/lti/register`, fields);
      expect(unnamed.status).to.equal(422);
      expect(load(unnamed.text)("#fault-organisationName").text()).not.to.equal("");
      const done = await new Browser().post(`${product.url}/lti/register`, {
        ...{ ...fields, organisationName },
      });
      expect(done.text).to.match(/<code>[0-9A-Z-]{19}<\/code>/);
      const [organisation] = await product.parts.organisations.listAll();
      expect(organisation?.name).to.equal(organisationName);
    });

    it("is closed without an invitation, and fetches nothing then", async () => {
      let fetches = 0;
      const stranger = await startStranger((_request, response) => {
        fetches += 1;
        response.end("{}");
      });
      const query = `openid_configuration=${encodeURIComponent(stranger)}`;
      for (const invitation of ["", "x", "A".repeat(43)]) {
        const address = `${product.url}/lti/register?invitation=${invitation}&${query}`;
        expect((await new Browser().get(address)).text).to.contain("code-invalid");
        const posted = await new Browser().post(`${product.url}/lti/register`, {
          ...{ invitation, openidConfigurationUrl: stranger, agreedHosts: "x" },
        });
        expect(posted.text).to.contain("code-invalid");
      }
      expect(fetches).to.equal(0);
    });

    it("works once, and still after it came to nothing", async () => {
      const link = await invite();
      product.lms.faults.clear();
      const question = await new Browser().get(product.lms.startRegistration(link).url);
      const fields = fieldsOf(question.text);
      const refused = await new Browser().post(`${product.url}/lti/register`, {
        ...{ ...fields, registrationToken: "not-the-one" },
      });
      expect(refused.status).to.equal(502);
      expect(await listPlatforms()).to.have.length(0);
      const done = await new Browser().post(`${product.url}/lti/register`, fields);
      expect(done.status).to.equal(200);
      const again = await new Browser().post(`${product.url}/lti/register`, fields);
      expect(again.text).to.contain("code-invalid");
    });

    it("changes a registration that the organisation has, and makes no second one", async () => {
      const clientId = "the-same-each-time";
      const own = await startStranger((request, response) => {
        const base = `http://${request.headers.host ?? ""}`;
        const description = {
          ...{ issuer: base, authorization_endpoint: `${base}/auth${round}` },
          ...{ token_endpoint: `${base}/token`, jwks_uri: `${base}/jwks` },
          registration_endpoint: `${base}/register`,
        };
        response.setHeader("content-type", "application/json");
        response.end(
          JSON.stringify(request.method === "GET" ? description : { client_id: clientId }),
        );
      });
      let round = 1;
      for (; round <= 2; round += 1) {
        const link = `${await invite()}&openid_configuration=${encodeURIComponent(own)}`;
        const question = await new Browser().get(link);
        const fields = fieldsOf(question.text);
        const done = await new Browser().post(`${product.url}/lti/register`, fields);
        expect(done.status).to.equal(200);
      }
      const platforms = await listPlatforms();
      expect(platforms).to.have.length(1);
      expect(platforms[0]).to.include({ clientId, authorizationUrl: `${own}/auth2` });
    });

    describe("of a stranger who was invited", () => {
      /** An LMS of another's making that says what it is told to say of itself. */
      async function describeAs(said: object, clientId: string): Promise<string> {
        const evil = await startStranger((request, response) => {
          const base = `http://${request.headers.host ?? ""}`;
          const own = {
            ...{ issuer: base, authorization_endpoint: `${base}/a`, jwks_uri: `${base}/jwks` },
            ...{ token_endpoint: `${base}/token`, registration_endpoint: `${base}/register` },
          };
          const told = request.method === "GET" ? { ...own, ...said } : { client_id: clientId };
          response.end(JSON.stringify(told));
        });
        return `${await invite()}&openid_configuration=${encodeURIComponent(evil)}`;
      }
      const known = async () => {
        const question = await new Browser().get(product.lms.startRegistration(await invite()).url);
        await new Browser().post(`${product.url}/lti/register`, fieldsOf(question.text));
        return await listPlatforms();
      };

      it("vouches for nobody's people but its own", async () => {
        const before = await known();
        const link = await describeAs({ issuer: product.lms.issuer }, "another-client");
        const fields = fieldsOf((await new Browser().get(link)).text);
        const refused = await new Browser().post(`${product.url}/lti/register`, fields);
        expect(refused.status).to.equal(409);
        expect(refused.text).to.contain("platform-speaks-for-another");
        expect(await listPlatforms()).to.deep.equal(before);

        const byHandLink = link.replace("/lti/register?invitation=", "/setup/").replace(/&.*$/, "");
        const typed = await new Browser().post(byHandLink, {
          ...{ ...byHand(), clientId: "another-client", jwksUrl: "http://127.0.0.1:1/jwks" },
        });
        expect(typed.status).to.equal(422);
        expect(load(typed.text)("#fault-clientId").text()).to.contain("on another host");
        expect(await listPlatforms()).to.deep.equal(before);
      });

      it("is not sent what we sign for another LMS, nor put in its place", async () => {
        const before = await known();
        const clientId = before[0]?.clientId ?? "";
        for (const said of [{}, { issuer: product.lms.issuer }]) {
          const link = await describeAs(said, clientId);
          const fields = fieldsOf((await new Browser().get(link)).text);
          const refused = await new Browser().post(`${product.url}/lti/register`, fields);
          expect(refused.text).to.contain("platform-speaks-for-another");
          expect(await listPlatforms()).to.deep.equal(before);
        }
      });
    });

    it("registers only with the hosts that somebody agreed to", async () => {
      const question = await new Browser().get(product.lms.startRegistration(await invite()).url);
      const answer = await new Browser().post(`${product.url}/lti/register`, {
        ...fieldsOf(question.text),
        agreedHosts: "lms.example",
      });
      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain("registration-refused");
      expect(await listPlatforms()).to.have.length(0);
    });

    const nonsense: [string, RequestListener, string][] = [
      ["an error", (_, response) => response.writeHead(500).end("oops"), "platform-unreachable"],
      ["no JSON", (_, response) => response.end("<b>secret</b>"), "platform-answer-unreadable"],
      ["other JSON", (_, response) => response.end('{"secret":1}'), "registration-refused"],
      [
        "a redirect to another host",
        (_, response) => response.writeHead(302, { location: "http://localhost:1/" }).end("secret"),
        "platform-refused",
      ],
      [
        "far too much",
        (_, response) => response.end("x".repeat(6_000_000)),
        "platform-answer-unreadable",
      ],
    ];
    for (const [what, handler, code] of nonsense) {
      it(`says what is wrong when the LMS answers with ${what}, and repeats none of it`, async () => {
        const stranger = await startStranger(handler);
        const link = await invite();
        const address = `${link}&openid_configuration=${encodeURIComponent(stranger)}`;
        const answer = await new Browser().get(address);
        expect(answer.text).to.contain(`<code>${code}</code>`);
        expect(answer.text).not.to.contain("secret");
      });
    }
  });
});
