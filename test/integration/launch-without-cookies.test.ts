import { expect } from "chai";
import { Browser } from "../support/test-browser.js";
import { fieldsOf, launchWithoutCookies, postForm } from "../support/launch-without-cookies.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const ATTACKER = "https://attacker.example";

describe("a launch in a frame that keeps no cookie", () => {
  let product: TestProduct;

  before(async () => {
    product = await startTestProduct({ mood: "canvas" });
  });
  after(async () => {
    await product.close();
  });
  afterEach(() => {
    product.setNow(undefined);
  });

  const launch = async () =>
    await launchWithoutCookies(product.lms, {
      ...{ rosetteUrl: product.url, userId: "amara", courseId: "cvi-101" },
    });
  const ticketOf = async (): Promise<string> => {
    const { handBack, secret } = await launch();
    return fieldsOf(await handBack(secret))["ticket"] ?? "";
  };
  const goOn = async (ticket: string, origin = product.url) =>
    await postForm(`${product.url}/lti/continue`, { headers: { origin }, form: { ticket } });

  it("asks the LMS' storage, by the origin of its authorization address alone", async () => {
    const { login, storage } = await launch();
    const { origin } = new URL(product.lms.endpoints.authorizationUrl);
    for (const { html } of [login, storage]) expect(html).to.contain(`data-origin="${origin}"`);
    expect(login.headers.get("referrer-policy")).to.equal("same-origin");
    expect(login.headers.get("x-frame-options")).to.equal(null);
    expect(login.headers.get("cross-origin-opener-policy")).to.equal(null);
  });

  it("is let in with what was stored, and gets a ticket in place of a session", async () => {
    const { handBack, secret } = await launch();
    const answer = await handBack(secret);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get("set-cookie")).to.equal(null);
    expect(fieldsOf(answer)["ticket"]).to.match(/^[\w-]{22}$/);
  });

  for (const [what, given] of [
    ["nothing", ""],
    ["another's secret", "A".repeat(22)],
  ] as const) {
    it(`is refused when the storage gives ${what}`, async () => {
      const { handBack } = await launch();
      const answer = await handBack(given);
      expect(answer.status).to.equal(403);
      expect(answer.html).to.contain(
        given === "" ? "launch-cookie-missing" : "launch-browser-wrong",
      );
      expect(answer.html).not.to.contain("ticket");
    });
  }

  it("takes the secret from a page of ours alone: nobody is signed in as somebody else", async () => {
    const { handBack, secret } = await launch();
    for (const origin of [ATTACKER, "null", product.lms.url]) {
      const answer = await handBack(secret, origin);
      expect(fieldsOf(answer)["ticket"], origin).to.equal(undefined);
      expect(answer.headers.get("set-cookie")).to.equal(null);
    }
    expect(fieldsOf(await handBack(secret))["ticket"]).to.match(/^[\w-]{22}$/);
  });

  it("succeeds once when its answer is posted many times at once", async () => {
    const { handBack, secret } = await launch();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => await handBack(secret)),
    );
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
  });

  it("opens the visit once when its ticket is posted many times at once", async () => {
    const ticket = await ticketOf();
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await goOn(ticket)));
    const [opened, ...others] = answers.filter(({ status }) => status === 303);
    expect(others).to.deep.equal([]);
    expect(opened?.headers.get("location")).to.match(/^\/l\/[0-9a-f-]{36}$/);
    const cookie = opened?.headers.get("set-cookie") ?? "";
    expect(cookie)
      .to.match(/^__Host-rosette=[\w-]{43};/)
      .and.contain("Partitioned");
    const refused = answers.find(({ status }) => status !== 303);
    expect(refused?.html).to.contain("launch-ticket-invalid");

    const browser = new Browser();
    const token = /=([\w-]{43});/.exec(cookie)?.[1] ?? "";
    browser.cookies.set(product.url, new Map([["__Host-rosette", token]]));
    const landing = await browser.follow(product.url + (opened?.headers.get("location") ?? ""));
    expect(landing.status).to.equal(200);
  });

  it("takes no ticket from another site, after five minutes, or in an address", async () => {
    const ticket = await ticketOf();
    expect((await goOn(ticket, ATTACKER)).html).to.contain("launch-browser-wrong");
    const inAddress = await fetch(`${product.url}/lti/continue?ticket=${ticket}`);
    expect(inAddress.status).to.equal(404);
    product.setNow(new Date(Date.now() + 5 * 60_000 + 1000));
    expect((await goOn(ticket)).html).to.contain("launch-ticket-invalid");
  });

  it("keeps no ticket as it is", async () => {
    const ticket = await ticketOf();
    const stored = await product.connection.collection("launches").find({}).toArray();
    expect(stored.length).to.be.greaterThan(0);
    expect(JSON.stringify(stored)).not.to.contain(ticket);
  });

  it("holds nobody up who has a cookie of ours, or who opens a page of its own", async () => {
    const { loginUrl, parameters } = product.lms.startLaunch({
      userId: "amara",
      courseId: "cvi-101",
    });
    const framed = { "sec-fetch-dest": "iframe" };
    for (const headers of [
      { "sec-fetch-dest": "document" },
      { ...framed, cookie: "__Host-rosette-kept=1" },
    ]) {
      expect((await postForm(loginUrl, { headers, form: parameters })).status).to.equal(302);
    }
    expect((await postForm(loginUrl, { headers: framed, form: parameters })).status).to.equal(200);
  });

  for (const target of ['"><script>', "a b", "x".repeat(101), "../.."]) {
    it(`takes ${JSON.stringify(target.slice(0, 10))} for no name of a frame`, async () => {
      const { loginUrl, parameters } = product.lms.startLaunch({
        userId: "amara",
        courseId: "cvi-101",
      });
      const form = { ...parameters, lti_storage_target: target };
      const answer = await postForm(loginUrl, { headers: { "sec-fetch-dest": "iframe" }, form });
      expect(answer.html).not.to.contain("data-target");
    });
  }
});
