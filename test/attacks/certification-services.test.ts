import { load } from "cheerio";
import { expect } from "chai";
import type { JwtPayload } from "jsonwebtoken";
import type { Exam } from "../../src/courses/exam.js";
import { Browser } from "../support/test-browser.js";
import { approve, eventually, sit, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";
import type { Claims } from "./attack.js";
import { type ServiceCall, startCertifier, verifyByTool } from "./certifier.js";
import { type SimulatedPlatform, startSimulatedPlatform } from "./simulated-platform.js";
import { goodClaims, lti, loginParameters, type World } from "./world.js";

const CLIENT_ID = "certified";
const CONTEXT = "certified-course";
const AGS = "https://purl.imsglobal.org/spec/lti-ags";
const NRPS = "https://purl.imsglobal.org/spec/lti-nrps";
const DL = "https://purl.imsglobal.org/spec/lti-dl/claim";
const roleOf = (role: string) => `http://purl.imsglobal.org/vocab/lis/v2/membership#${role}`;

/** LTI Advantage Conformance Certification Guide 1.3, §6.2 to §6.4: the parts, by its names. */
describe("the parts of 1EdTech's certification guide", () => {
  let product: TestProduct;
  let platform: SimulatedPlatform;
  let certifier: Awaited<ReturnType<typeof startCertifier>>;
  let world: World;
  let exam: Exam;

  before(async () => {
    product = await startTestProduct();
    platform = await startSimulatedPlatform("first");
    const { parts, organisationId, url } = product;
    certifier = await startCertifier({ clientId: CLIENT_ID, jwksUrl: `${url}/lti/jwks` });
    const { issuer, authorizationUrl, jwksUrl } = platform;
    const id = crypto.randomUUID();
    await parts.platforms.addOnce({
      ...{ ...product.platform, issuer, authorizationUrl, jwksUrl },
      ...{ id, clientId: CLIENT_ID, tokenUrl: `${certifier.url}/token` },
    });
    await parts.deployments.ensure({
      ...{ platformId: id, deploymentId: "1", organisationId },
      ...{ status: "approved" as const, at: new Date() },
    });
    const taught = await teach(parts, organisationId, { code: "CERT-1" });
    exam = taught.exam;
    const courseId = taught.course.id;
    await approve(parts, { organisationId, issuer, contextId: CONTEXT, courseId });
    world = {
      ...{ origin: url, loginPath: "/lti/login", launchPath: "/lti/launch" },
      ...{ clientId: CLIENT_ID, platform, otherPlatform: platform },
      mark: () => Promise.resolve(),
    };
    await parts.work.start({ isAlone: true });
  });
  after(async () => {
    await product.parts.work.stop();
    await certifier.stop();
    await platform.stop();
    await product.close();
  });

  /** A launch in a browser of its own, and the forms of its pages. */
  async function enter(changes: Claims) {
    const browser = new Browser();
    const login = await browser.post(`${world.origin}/lti/login`, loginParameters(world));
    const sent = new URL(login.headers["location"] ?? "").searchParams;
    const claims = { ...goodClaims(world, sent.get("nonce") ?? ""), ...changes };
    const launch = { id_token: platform.sign(claims), state: sent.get("state") ?? "" };
    const posted = await browser.post(`${world.origin}/lti/launch`, launch);
    const location = new URL(posted.headers["location"] ?? "", world.origin);
    const landing = await browser.follow(location.href);
    const base = /^\/l\/[^/]+/.exec(location.pathname)?.[0] ?? "";
    const token = load(landing.text)("input[name=_csrf]").first().attr("value") ?? "";
    return {
      ...{ browser, base, landing },
      get: async (path: string) => await browser.get(world.origin + base + path),
      post: async (path: string, form: Record<string, string | string[]> = {}) =>
        await browser.post(world.origin + base + path, { _csrf: token, ...form }),
    };
  }

  const inCourse = {
    [lti("context")]: { id: CONTEXT, title: "Certified course" },
  };

  describe("Deep Linking Message testing", () => {
    const data = "csrf-of-the-suite:7b5e";
    let landing: number;
    let returnedTo: string | undefined;
    let jwt: string;
    let claims: JwtPayload;

    before(async () => {
      const visit = await enter({
        ...inCourse,
        sub: "certified-teacher",
        [lti("message_type")]: "LtiDeepLinkingRequest",
        [lti("roles")]: [roleOf("Instructor")],
        [lti("resource_link")]: undefined,
        [`${DL}/deep_linking_settings`]: {
          deep_link_return_url: `${certifier.url}/deep-links`,
          accept_types: ["ltiResourceLink"],
          accept_presentation_document_targets: ["iframe", "window"],
          accept_multiple: true,
          data,
        },
      });
      landing = visit.landing.status;
      const answer = await visit.post("/content", { items: [`exam:${exam.id}`] });
      const page = load(answer.text);
      returnedTo = page("form").attr("action");
      jwt = page("input[name=JWT]").attr("value") ?? "";
      claims = await verifyByTool(jwt, {
        jwksUrl: `${product.url}/lti/jwks`,
        issuer: CLIENT_ID,
        audience: platform.issuer,
      });
    });

    it("“Send the Request Payload”", () => {
      expect(landing).to.equal(200);
    });
    it("“Receive the Response Payload”", () => {
      expect(returnedTo).to.equal(`${certifier.url}/deep-links`);
      expect(jwt.split(".")).to.have.length(3);
    });
    it("“Response Format Valid”", () => {
      expect(claims[lti("message_type")]).to.equal("LtiDeepLinkingResponse");
      expect(claims[lti("version")]).to.equal("1.3.0");
    });
    it("“Response Timestamps Valid”", () => {
      const now = Date.now() / 1000;
      expect(claims.iat).to.be.within(now - 60, now + 1);
      expect(claims.exp).to.be.greaterThan(now);
    });
    it("“Signature Valid”", async () => {
      const about = { jwksUrl: `${product.url}/lti/jwks`, issuer: CLIENT_ID };
      const [header = "", , signature = ""] = jwt.split(".");
      const changed = Buffer.from(JSON.stringify({ ...claims, [`${DL}/data`]: "other" }));
      const forged = `${header}.${changed.toString("base64url")}.${signature}`;
      const verify = verifyByTool(forged, { ...about, audience: platform.issuer });
      expect(await verify.catch((error: unknown) => (error as Error).message)).to.equal(
        "invalid signature",
      );
    });
    it("“Required Claims Verified”", () => {
      expect(claims).to.include.keys("iss", "aud", "exp", "iat", "nonce");
      expect(claims[lti("deployment_id")]).to.equal("1");
      expect(claims[`${DL}/data`]).to.equal(data);
    });
    it("“Affirm Response”", () => {
      const items = claims[`${DL}/content_items`] as Record<string, unknown>[];
      expect(items).to.have.length(1);
      expect(items[0]).to.include({ type: "ltiResourceLink", title: exam.title });
      expect(items[0]?.["url"]).to.equal(`${product.url}/lti/launch`);
      expect(items[0]?.["lineItem"]).to.include({ scoreMaximum: exam.scoreMaximum });
    });
  });

  /** The checks that the guide makes of each call, by its names. */
  const checkCall = (
    find: () => ServiceCall | undefined,
    wanted: { scope: string; accept: string; contentType?: string; received: string },
  ) => {
    it(`“${wanted.received}”`, () => {
      expect(find()).not.to.equal(undefined);
    });
    it("“Verify JSON Header”", () => {
      const { accept, contentType } = wanted;
      expect(find()).to.include({ accept, contentType });
    });
    it("“Verify Bearer Token”", () => {
      expect(find()?.scopes).not.to.equal(undefined);
    });
    it("“Verify Bearer Scope”", () => {
      expect(find()?.scopes).to.include(wanted.scope);
    });
  };

  describe("Names and Role Provisioning Services Testing", () => {
    let shown: string;

    before(async () => {
      shown = await eventually("the roster is read", async () => {
        const visit = await enter({
          ...inCourse,
          sub: "certified-teacher",
          [lti("roles")]: [roleOf("Instructor")],
          [`${NRPS}/claim/namesroleservice`]: {
            context_memberships_url: `${certifier.url}/memberships`,
            service_versions: ["2.0"],
          },
        });
        const { text } = await visit.get("/course");
        return text.includes("Jo March") && text;
      });
    });

    checkCall(() => certifier.find("GET", "/memberships"), {
      received: "Receive Request",
      scope: `${NRPS}/scope/contextmembership.readonly`,
      accept: "application/vnd.ims.lti-nrps.v2.membershipcontainer+json",
    });
    it("“Generate and Send Response” and “Affirm Response Received”", () => {
      const names = load(shown)("tbody th").text();
      expect(names).to.contain("Jo March").and.not.to.contain("Marmee");
    });
  });

  describe("Assignment and Grade Services Testing", () => {
    before(async () => {
      const visit = await enter({
        ...inCourse,
        sub: "certified-learner",
        [lti("custom")]: { rosette_exam: exam.id },
        [`${AGS}/claim/endpoint`]: {
          scope: ["lineitem", "result.readonly", "score"].map((name) => `${AGS}/scope/${name}`),
          lineitems: `${certifier.url}/lineitems`,
        },
      });
      await sit(visit, exam);
      await eventually("the score is sent", async () => {
        const posts = product.connection.collection("scorePosts");
        return (await posts.countDocuments({ state: "sent" })) === 1;
      });
    });

    describe("the lineitems request", () => {
      checkCall(() => certifier.find("GET", "/lineitems"), {
        received: "Receive lineitems Request",
        scope: `${AGS}/scope/lineitem`,
        accept: "application/vnd.ims.lis.v2.lineitemcontainer+json",
      });
      it("“Generate and Send Response”: of an empty list a column is made", () => {
        expect(certifier.find("POST", "/lineitems")).not.to.equal(undefined);
      });
    });
    describe("the lineitem request", () => {
      const lineItem = "application/vnd.ims.lis.v2.lineitem+json";
      checkCall(() => certifier.find("POST", "/lineitems"), {
        received: "Receive lineitem Request",
        scope: `${AGS}/scope/lineitem`,
        ...{ accept: lineItem, contentType: lineItem },
      });
      it("“Generate and Send Response”: what it is out of, and whose it is", () => {
        const { scoreMaximum, title: label } = exam;
        const body = certifier.find("POST", "/lineitems")?.body;
        expect(body).to.include({ scoreMaximum, label, resourceId: `rosette-exam-${exam.id}` });
      });
    });
    describe("the score request", () => {
      const score = "application/vnd.ims.lis.v1.score+json";
      checkCall(() => certifier.find("POST", "/lineitems/1/scores"), {
        received: "Receive score POST Request",
        scope: `${AGS}/scope/score`,
        ...{ accept: score, contentType: score },
      });
      it("“Generate and Send Response”: a final score of one learner", () => {
        const body = certifier.find("POST", "/lineitems/1/scores")?.body as Record<string, unknown>;
        expect(body).to.include({ userId: "certified-learner", scoreGiven: 100 });
        expect(body).to.include({ activityProgress: "Completed", gradingProgress: "FullyGraded" });
        expect(body["timestamp"]).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      });
    });
    describe("the result request", () => {
      checkCall(() => certifier.find("GET", "/lineitems/1/results"), {
        received: "Receive result GET Request",
        scope: `${AGS}/scope/result.readonly`,
        accept: "application/vnd.ims.lis.v2.resultcontainer+json",
      });
      it("“Generate and Send Response” and “Affirm Response Received”", async () => {
        const items = product.connection.collection("lineItems");
        const isRead = { examId: exam.id, lastReadAt: { $type: "date" }, failures: 0 };
        await eventually("the results are read", async () => {
          return (await items.countDocuments(isRead)) === 1;
        });
      });
    });
    it("asks for its tokens with assertions that name themselves once", () => {
      const { assertions } = certifier;
      expect(assertions.length).to.be.within(1, 8);
      expect(new Set(assertions.map(({ jti }) => jti)).size).to.equal(assertions.length);
      expect(assertions.every(({ sub }) => sub === CLIENT_ID)).to.equal(true);
    });
  });
});
