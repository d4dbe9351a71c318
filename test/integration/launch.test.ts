import { expect } from "chai";
import { Browser } from "../support/test-browser.js";
import { beginLaunch, startTestProduct, type TestProduct } from "../support/test-product.js";

const lti = (name: string): string => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
const membership = "http://purl.imsglobal.org/vocab/lis/v2/membership";
type Claims = Record<string, unknown>;

describe("a launch from the practice LMS", () => {
  let product: TestProduct;

  before(async () => {
    product = await startTestProduct();
  });
  after(async () => {
    await product.close();
  });
  afterEach(() => {
    product.lms.faults.clear();
    product.setNow(undefined);
  });

  describe("the payloads that a certified tool must take", () => {
    const person = ["name", "given_name", "family_name", "email"];
    const leavingOut = (names: string[]) => (claims: Claims) =>
      Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
    const withRoles = (roles: string[]) => (claims: Claims) => ({
      ...claims,
      [lti("roles")]: roles,
    });
    const good: [string, (claims: Claims) => Claims][] = [
      ["as they come", (claims) => claims],
      ["with several roles", withRoles([`${membership}#Learner`, `${membership}#Mentor`])],
      ["with a short role", withRoles(["Instructor"])],
      ["with a role nobody knows", withRoles(["http://example.org/roles#Wizard"])],
      ["with an empty list of roles", withRoles([])],
      ["with the e-mail address only", leavingOut(["name", "given_name", "family_name"])],
      ["with names only", leavingOut(["email"])],
      ["with nothing about the person", leavingOut(person)],
      ["with the e-mail address and no context", leavingOut(["name", lti("context")])],
      ["with claims nobody knows", (claims) => ({ ...claims, "https://example.org/x": { y: 1 } })],
      ["with one audience in a list", (claims) => ({ ...claims, aud: [claims["aud"]] })],
      ["with an azp of ours", (claims) => ({ ...claims, azp: claims["aud"] })],
      ["half a minute too late", (claims) => ({ ...claims, exp: now() - 30, iat: now() - 90 })],
    ];
    const now = () => Math.floor(Date.now() / 1000);
    for (const userId of ["amara", "priya"]) {
      for (const [what, alterClaims] of good) {
        it(`are accepted for ${userId}, ${what}`, async () => {
          product.lms.faults.alterClaims = alterClaims;
          const visit = await product.launchAs({ userId, courseId: "cvi-101" });
          expect(visit.launch.issuer).to.equal(product.lms.issuer);
        });
      }
    }
  });

  it("gives the browser a session that no script and no other site can use", async () => {
    const { browser, idToken, state } = await beginLaunch(product, {
      ...{ userId: "amara", courseId: "cvi-101" },
    });
    const answer = await browser.post(`${product.url}/lti/launch`, { id_token: idToken, state });
    const cookie = answer.setCookies.find((each) => each.startsWith("__Host-rosette="));
    for (const attribute of ["HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/"]) {
      expect(cookie).to.contain(`; ${attribute}`);
    }
    expect(answer.headers["location"]).to.match(/^\/l\/[0-9a-f-]{36}\/progress$/);
    const names = [...(browser.cookies.get(product.url)?.keys() ?? [])];
    expect(names).to.deep.equal(["__Host-rosette"]);
  });

  it("keeps what the LMS says, in our words", async () => {
    const visit = await product.launchAs({ userId: "priya", courseId: "cvi-101" });
    const { launch } = visit;
    expect(launch).to.include({ message: "resource-link", isTestUser: false });
    expect(launch.courseRoles).to.deep.equal(["instructor"]);
    expect(launch.context).to.deep.include({ id: "cvi-101", label: "CVI-101" });
    expect(launch.grading?.lineItemsUrl).to.match(/^http:\/\/127\.0\.0\.1/);
    expect(launch.grading?.scopes).to.include(
      "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    );
    expect(launch.roster?.membershipsUrl).to.be.a("string");
    const { accountId, organisationId } = launch;
    const profile = await product.parts.profiles.find(organisationId, accountId);
    expect(profile).to.include({ name: "Priya Raman", nameFrom: "lms" });
    expect(profile?.email).to.contain("@");
  });

  it("finds the same account again, also when two first launches come at once", async () => {
    const wish = { userId: "jonas", courseId: "cvi-101" };
    const visits = await Promise.all([product.launchAs(wish), product.launchAs(wish)]);
    const again = await product.launchAs(wish);
    const accountIds = new Set([...visits, again].map((visit) => visit.launch.accountId));
    expect(accountIds.size).to.equal(1);
  });

  it("keeps one person apart in two LMSes, and in two organisations", async () => {
    const wish = { userId: "amara", courseId: "cvi-101" };
    const here = await product.launchAs(wish);
    const { lms } = await product.connectLms();
    const elsewhere = await product.launchAs({ ...wish, lms });
    expect(elsewhere.launch.accountId).not.to.equal(here.launch.accountId);
    const { parts } = product;
    const other = await parts.organisations.ensureNamed("Another academy", new Date());
    const twin = await product.register(product.lms, {
      clientId: "their-own",
      organisationId: other.id,
    });
    const theirs = await product.launchAs({ ...wish, clientId: twin.clientId });
    expect(theirs.launch.organisationId).to.equal(other.id);
    expect(theirs.launch.accountId).not.to.equal(here.launch.accountId);
  });

  it("is one account through two client ids of one LMS", async () => {
    const wish = { userId: "amara", courseId: "cvi-101" };
    const here = await product.launchAs(wish);
    await product.register(product.lms, { clientId: "course-tool" });
    const there = await product.launchAs({ ...wish, clientId: "course-tool" });
    expect(there.launch.accountId).to.equal(here.launch.accountId);
    expect(there.launch.platformId).not.to.equal(here.launch.platformId);
  });

  it("notes the course as one that waits for an administrator", async () => {
    const { launch } = await product.launchAs({ userId: "amara", courseId: "brl-101" });
    const offering = await product.parts.offerings.findByContext({
      organisationId: launch.organisationId,
      issuer: launch.issuer,
      contextId: "brl-101",
    });
    expect(offering).to.include({ status: "pending" });
  });

  it("notes no course for an administrator's launch from the site itself", async () => {
    const visit = await product.launchAs({ userId: "ruth", placement: "administration" });
    expect(visit.launch.context).to.equal(undefined);
    expect(visit.launch.claimsAdministrator).to.equal(true);
  });

  it("knows the preview account of the LMS", async () => {
    const visit = await product.launchAs({ userId: "test-student", courseId: "cvi-101" });
    expect(visit.launch.isTestUser).to.equal(true);
  });

  it("may stand in the frame of its own LMS only", async () => {
    const visit = await product.launchAs({ userId: "ruth", placement: "administration" });
    const page = await visit.get("/claim");
    const policy = page.headers["content-security-policy"] ?? "";
    expect(policy).to.contain(`frame-ancestors ${product.lms.url}`);
    expect(policy).not.to.contain("*");
  });

  it("lets a school's own Canvas host frame the page, though its issuer is shared", async () => {
    const { lms } = await product.connectLms({ mood: "canvas" });
    const visit = await product.launchAs({ userId: "ruth", lms, placement: "administration" });
    const page = await visit.get("/claim");
    expect(page.headers["content-security-policy"]).to.contain(lms.url);
    const kept = await product.parts.platforms.findById(visit.launch.platformId);
    expect(kept?.family).to.equal("canvas");
  });

  it("accepts many tabs that sign in at once in one browser", async () => {
    const browser = new Browser();
    const wishes = ["cvi-101", "brl-101", "om-101"].map((courseId) => ({
      ...{ userId: "amara", courseId, browser },
    }));
    const begun = [];
    for (const wish of wishes) begun.push(await beginLaunch(product, wish));
    const answers = [];
    for (const { idToken, state } of begun.reverse()) {
      answers.push(await browser.post(`${product.url}/lti/launch`, { id_token: idToken, state }));
    }
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    for (const { headers } of answers) {
      const page = await browser.get(product.url + (headers["location"] ?? ""));
      expect(page.status).to.equal(200);
    }
  });

  it("takes the first deployment of a registration that awaits one, and no second", async () => {
    const platform = await product.register(product.lms, { clientId: "fresh" });
    await product.parts.deployments.removeOfPlatform(platform.id);
    await product.connection
      .collection<{ _id: string }>("platforms")
      .updateOne({ _id: platform.id }, { $set: { awaitsFirstDeployment: true } });
    const wish = { userId: "amara", courseId: "cvi-101", clientId: "fresh" };
    await product.launchAs({ ...wish, deploymentId: "first" });
    await product.launchAs({ ...wish, deploymentId: "first" });
    const { browser, idToken, state } = await beginLaunch(product, {
      ...{ ...wish, deploymentId: "second" },
    });
    const second = await browser.post(`${product.url}/lti/launch`, { id_token: idToken, state });
    expect(second.text).to.contain("launch-deployment-pending");
  });

  it("goes on with the keys it has while the LMS publishes none", async () => {
    await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    product.lms.faults.jwksDown = true;
    product.setNow(new Date(Date.now() + 2 * 60 * 60 * 1000));
    const visit = await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    expect(visit.launch.courseRoles).to.deep.equal(["learner"]);
  });

  it("follows the LMS to a new key", async () => {
    const { lms } = await product.connectLms();
    await product.launchAs({ userId: "amara", courseId: "cvi-101", lms });
    lms.faults.rotateKeys({ withdrawOld: true });
    product.setNow(new Date(Date.now() + 31_000));
    const visit = await product.launchAs({ userId: "amara", courseId: "cvi-101", lms });
    expect(visit.launch.courseRoles).to.deep.equal(["learner"]);
  });
});
