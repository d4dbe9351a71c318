import { load } from "cheerio";
import { expect } from "chai";
import { newId } from "../../src/stored-record.js";
import { startStub } from "../support/stub-lms.js";
import {
  launchAsAdministrator,
  startTestProduct,
  type TestProduct,
  type TestVisit,
} from "../support/test-product.js";

describe("the addresses of a registered LMS", function () {
  this.timeout(20_000);
  let product: TestProduct;
  let administrator: TestVisit;
  let page: string;

  beforeEach(async () => {
    product = await startTestProduct();
    administrator = await launchAsAdministrator(product);
    page = `/admin/platforms/${product.platform.id}/addresses`;
  });
  afterEach(async () => {
    await product.close();
  });

  const kept = async () => await product.parts.platforms.findById(product.platform.id);
  const typed = (changes: object = {}) => ({
    name: "Campus LMS",
    authorizationUrl: product.platform.authorizationUrl,
    tokenUrl: product.platform.tokenUrl,
    jwksUrl: product.platform.jwksUrl,
    tokenAudience: "",
    ...changes,
  });
  const launch = async () => await product.launchAs({ userId: "amara", courseId: "cvi-101" });

  it("are mended where they were wrong, and people are let in again", async () => {
    const wrong = `${product.lms.url}/nowhere`;
    expect((await administrator.post(page, typed({ jwksUrl: wrong }))).status).to.equal(303);
    const refused = await launch().catch((error: unknown) => String(error));
    expect(refused).to.contain("launch-");

    const form = load((await administrator.get(page)).text);
    expect(form("[name=jwksUrl]").val()).to.equal(wrong);
    expect(form("[name=name]").val()).to.equal("Campus LMS");
    const tested = load((await administrator.post(`${page}/test`, typed())).text);
    expect(tested("[data-outcome=works]")).to.have.length(2);
    expect((await kept())?.jwksUrl).to.equal(wrong);

    const saved = await administrator.post(page, typed());
    const after = await administrator.browser.get(product.url + (saved.headers["location"] ?? ""));
    expect(load(after.text)(".notice.done").text()).to.contain("Saved.");
    expect((await launch()).launch.platformId).to.equal(product.platform.id);
  });

  it("change with an entry in the audit trail, and nothing else changes with them", async () => {
    const before = await kept();
    const tokenUrl = "https://lms.example/token";
    await administrator.post(page, typed({ tokenUrl, tokenAudience: "https://lms.example/a" }));
    expect(await kept()).to.deep.equal({
      ...{ ...before, name: "Campus LMS", tokenUrl, tokenAudience: "https://lms.example/a" },
    });
    await administrator.post(page, typed());
    expect(await kept()).to.deep.equal({ ...before, name: "Campus LMS" });
    const entries = await product.connection
      .collection("auditEntries")
      .find({ action: "platform-addresses-changed" })
      .sort({ at: 1 })
      .toArray();
    const { host } = new URL(product.lms.url);
    expect(entries.map((entry) => entry["after"] as unknown)).to.deep.equal([
      { signIn: host, token: "lms.example", keys: host },
      { signIn: host, token: host, keys: host },
    ]);
  });

  it("are asked for again beside their fields when they are none, and nothing is saved", async () => {
    const before = await kept();
    for (const path of [page, `${page}/test`]) {
      const faulty = await administrator.post(path, typed({ name: " ", tokenUrl: "javascript:1" }));
      expect(faulty.status).to.equal(422);
      const form = load(faulty.text);
      expect(form("#fault-name").text()).not.to.equal("");
      expect(form("#fault-tokenUrl").text()).not.to.equal("");
      expect(form("[name=tokenUrl]").val()).to.equal("javascript:1");
    }
    expect(await kept()).to.deep.equal(before);
  });

  it("lead nowhere where what is signed for another LMS' client id would go", async () => {
    const { platform } = product;
    const other = await product.parts.organisations.ensureNamed("Elsewhere", new Date());
    await product.parts.platforms.addOnce({
      ...{ ...platform, id: newId(), organisationId: other.id, issuer: "https://lms.example" },
    });
    const evil = await startStub((_request, response) => response.end("{}"));
    for (const path of [page, `${page}/test`]) {
      const refused = await administrator.post(path, typed({ tokenUrl: `${evil.url}/token` }));
      expect(refused.status).to.equal(422);
      expect(load(refused.text)("#fault-tokenUrl").text()).to.contain("must not go here");
    }
    await evil.stop();
    expect(evil.requests).to.have.length(0);
    expect((await kept())?.tokenUrl).to.equal(platform.tokenUrl);
  });
});
