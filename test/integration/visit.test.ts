import { expect } from "chai";
import { sessionCookie } from "../../config/http-policy.js";
import { makeCode } from "../../src/people/make-code.js";
import { Browser } from "../support/test-browser.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const fromSite = { userId: "ruth", placement: "administration" } as const;

describe("the pages of a visit", () => {
  let product: TestProduct;

  before(async () => {
    product = await startTestProduct();
  });
  after(async () => {
    await product.close();
  });
  afterEach(() => {
    product.setNow(undefined);
  });

  const claimPage = async (visit: TestVisit, browser = visit.browser) =>
    await browser.get(`${product.url}${visit.base}/claim`);

  it("are open to the browser that launched", async () => {
    const visit = await product.launchAs(fromSite);
    expect((await claimPage(visit)).status).to.equal(200);
  });

  it("are closed without the session's cookie, and say what to do", async () => {
    const visit = await product.launchAs(fromSite);
    const answer = await claimPage(visit, new Browser());
    expect(answer.status).to.equal(401);
    expect(answer.text).to.contain("cookies-blocked");
    expect(answer.headers["content-security-policy"]).to.contain("frame-ancestors *");
  });

  it("are closed to a made-up session", async () => {
    const visit = await product.launchAs(fromSite);
    const browser = new Browser();
    browser.cookies.set(product.url, new Map([[sessionCookie.name, "A".repeat(43)]]));
    expect((await claimPage(visit, browser)).text).to.contain("session-missing");
  });

  it("are closed to everybody else's session", async () => {
    const visit = await product.launchAs(fromSite);
    const other = await product.launchAs({ userId: "jonas", courseId: "cvi-101" });
    const answer = await claimPage(visit, other.browser);
    expect(answer.status).to.equal(401);
    expect(answer.text).to.contain("session-missing");
  });

  it("stay open in two tabs with two courses", async () => {
    const first = await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    const { browser } = first;
    const second = await product.launchAs({ userId: "amara", courseId: "brl-101", browser });
    expect((await claimPage(first)).status).to.equal(200);
    expect((await claimPage(second)).status).to.equal(200);
  });

  it("take a form of the first tab after the second has launched", async () => {
    const first = await product.launchAs(fromSite);
    await product.launchAs({ ...fromSite, browser: first.browser });
    const answer = await first.post("/claim", { code: "0000-0000-0000-0000" });
    expect(answer.status).to.equal(422);
  });

  it("end the session that the browser had before", async () => {
    const first = await product.launchAs(fromSite);
    const old = first.browser.copy();
    await product.launchAs({ ...fromSite, browser: first.browser });
    expect((await claimPage(first, old)).text).to.contain("session-missing");
  });

  it("are closed an hour after the last request, and not before", async () => {
    const begin = Date.now();
    const visit = await product.launchAs(fromSite);
    product.setNow(new Date(begin + 50 * 60_000));
    expect((await claimPage(visit)).status).to.equal(200);
    product.setNow(new Date(begin + 100 * 60_000));
    expect((await claimPage(visit)).status).to.equal(200);
    product.setNow(new Date(begin + 165 * 60_000));
    expect((await claimPage(visit)).text).to.contain("session-missing");
  });

  it("are closed a day after the launch", async () => {
    const begin = Date.now();
    const visit = await product.launchAs(fromSite);
    for (let minutes = 50; minutes < 24 * 60; minutes += 50) {
      product.setNow(new Date(begin + minutes * 60_000));
      expect((await claimPage(visit)).status).to.equal(200);
    }
    product.setNow(new Date(begin + 24 * 60 * 60_000 + 1000));
    expect((await claimPage(visit)).text).to.contain("session-missing");
  });

  it("are closed when every session of the account is ended", async () => {
    const visit = await product.launchAs(fromSite);
    const { organisationId, accountId } = visit.launch;
    await product.parts.launches.endSessions(organisationId, accountId);
    expect((await claimPage(visit)).text).to.contain("session-missing");
  });

  it("are closed when the registration is removed", async () => {
    const { lms, platform } = await product.connectLms();
    const visit = await product.launchAs({ ...fromSite, lms });
    await product.parts.removePlatform(platform.organisationId, platform.id);
    expect((await claimPage(visit)).text).to.contain("session-missing");
  });

  for (const launchId of ["x", "..%2f..", "{}", "0".repeat(36) + "x"]) {
    it(`are not there for the malformed launch ${launchId}`, async () => {
      const { browser } = await product.launchAs(fromSite);
      const answer = await browser.get(`${product.url}/l/${launchId}/claim`);
      expect(answer.status).to.equal(404);
    });
  }

  it("take no form without its token, or with another launch's", async () => {
    const visit = await product.launchAs(fromSite);
    const other = await product.launchAs({ ...fromSite, browser: visit.browser });
    const otherToken = /name="_csrf" value="([^"]+)"/.exec((await claimPage(other)).text)?.[1];
    expect(otherToken).to.match(/^[\w-]{22}$/);
    for (const token of ["", "x", otherToken ?? ""]) {
      const answer = await visit.post("/claim", { _csrf: token, code: "x" });
      expect(answer.status).to.equal(403);
      expect(answer.text).to.contain("form-expired");
    }
  });

  it("rest on a token that is in the browser alone", async () => {
    const visit = await product.launchAs(fromSite);
    const token = visit.browser.cookies.get(product.url)?.get(sessionCookie.name) ?? "";
    expect(token).to.match(/^[\w-]{43}$/);
    const stored = await product.connection.collection("launches").find({}).toArray();
    expect(JSON.stringify(stored)).not.to.contain(token);
  });

  describe("for the one-time administrator code", () => {
    const makeAdministratorCode = async (): Promise<string> => {
      const { parts, organisationId } = product;
      const wanted = { purpose: "administrator", organisationId } as const;
      return (await makeCode(parts, wanted)).code;
    };

    it("are where an administrator of the LMS without a grant lands", async () => {
      const visit = await product.launchAs(fromSite);
      const landed = await visit.browser.get(product.url + visit.base);
      expect(landed.headers["location"]).to.equal(`${visit.base}/claim`);
    });

    it("say what is wrong beside the field, and keep what was typed", async () => {
      const visit = await product.launchAs(fromSite);
      const answer = await visit.post("/claim", { code: "<b>1234" });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.contain('aria-invalid="true"').and.to.contain("&lt;b&gt;1234");
      expect((await visit.post("/claim", { code: " " })).text).to.contain("Enter the code");
    });

    it("make an administrator of whoever has the code, once", async () => {
      const code = await makeAdministratorCode();
      const visit = await product.launchAs(fromSite);
      // As somebody types it: lower case, blanks, letters for digits.
      const typed = code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o");
      const answer = await visit.post("/claim", { code: typed });
      expect(answer.status).to.equal(303);
      expect(answer.headers["location"]).to.equal(`${visit.base}/admin`);
      const { organisationId, accountId } = visit.launch;
      expect(await product.parts.grants.has(organisationId, accountId)).to.equal(true);
      const again = await product.launchAs(fromSite);
      const landed = await again.browser.get(product.url + again.base);
      expect(landed.headers["location"]).to.equal(`${again.base}/admin`);

      expect((await again.post("/claim", { code })).status).to.equal(422);
      const unused = await makeAdministratorCode();
      const jonas = await product.launchAs({ userId: "jonas", courseId: "cvi-101" });
      expect((await jonas.post("/claim", { code: unused })).status).to.equal(403);
      expect((await again.post("/claim", { code: unused })).status, "not used up").to.equal(303);
    });

    it("take no code of another organisation, none that has run out, and none from the preview account", async () => {
      const other = await product.parts.organisations.ensureNamed("Elsewhere", new Date());
      const foreign = await makeCode(product.parts, {
        purpose: "administrator",
        organisationId: other.id,
      });
      const visit = await product.launchAs(fromSite);
      expect((await visit.post("/claim", { code: foreign.code })).status).to.equal(422);

      const code = await makeAdministratorCode();
      const preview = await product.launchAs({ userId: "test-student", courseId: "cvi-101" });
      expect((await preview.post("/claim", { code })).status).to.equal(403);

      product.setNow(new Date(Date.now() + 25 * 60 * 60_000));
      const late = await product.launchAs(fromSite);
      expect((await late.post("/claim", { code })).status).to.equal(422);
    });
  });
});
