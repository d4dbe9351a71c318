import { expect } from "chai";
import express from "express";
import request from "supertest";
import { noticeRoutes } from "../../src/launch/notice.routes.js";
import { createLog } from "../../src/log.js";
import { createErrorHandler } from "../../src/web/error-page.js";
import { approve, eventually, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const COURSE = "cvi-101";
const lti = (name: string) => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
const COPY = { id: "cvi-101-next", code: "CVI-101-27", title: "CVI, next year" };

describe("notices of an LMS like Canvas", () => {
  let product: TestProduct;
  let clientId: string;
  let offeringId: string;

  before(async () => {
    product = await startTestProduct({ mood: "canvas" });
    const { parts, organisationId, lms, platform } = product;
    ({ clientId } = platform);
    const { course } = await teach(parts, organisationId, { code: "CVI-101" });
    const place = { organisationId, issuer: lms.issuer, contextId: COURSE, courseId: course.id };
    offeringId = await approve(parts, place);
    await parts.work.start({ isAlone: true });
    lms.copyCourse(COURSE, COPY);
  });
  after(async () => {
    await product.parts.work.stop();
    await product.close();
  });
  afterEach(() => {
    product.lms.faults.clear();
    product.setNow(undefined);
  });

  const hello = () => product.lms.signNotice({ clientId, type: "LtiHelloWorldNotice" });
  const post = async (...jwts: string[]) =>
    await request(product.server)
      .post("/lti/notices")
      .set("accept", "application/json")
      .send({ notices: jwts.map((jwt) => ({ jwt })) });
  const codesOf = async () => {
    const query = { search: "", page: 1, pageSize: 100 };
    const { items } = await product.parts.events.list(product.organisationId, query);
    return items.map(({ code }) => code);
  };
  const stored = async () => ({
    received: await product.connection.collection("receivedNotices").countDocuments(),
    offerings: await product.connection.collection("offerings").countDocuments(),
  });

  it("are asked for after a launch, and taken", async () => {
    const { lms } = product;
    await product.launchAs({ userId: "priya", courseId: COURSE });
    const status = await eventually("the handlers are set", async () => {
      const about = { clientId, type: "LtiHelloWorldNotice" as const };
      return await lms.sendNotices({ ...about, jwts: [hello()] }).catch(() => undefined);
    });
    expect(status).to.equal(204);
    expect(await codesOf()).to.include("notices-arrive");
  });

  it("of a copied course are remembered until its first launch, if we know the original", async () => {
    const { lms, parts, organisationId } = product;
    const type = "LtiContextCopyNotice" as const;
    const jwt = lms.signNotice({ clientId, type, courseId: COPY.id });
    expect((await post(jwt)).status).to.equal(204);
    const place = { organisationId, issuer: lms.issuer, contextId: COPY.id };
    const offering = await parts.offerings.findByContext(place);
    expect(offering).to.deep.include({ status: "pending", origins: [COURSE] });
    expect(offering?.copiedFrom, "no column speaks for it yet").to.equal(undefined);
    expect((await parts.offerings.findById(organisationId, offeringId))?.status).to.equal(
      "approved",
    );

    lms.copyCourse("brl-101", { id: "brl-next", code: "BRL-27", title: "Braille, next year" });
    const unknown = lms.signNotice({ clientId, type, courseId: "brl-next" });
    expect((await post(unknown)).status).to.equal(204);
    const nothing = await parts.offerings.findByContext({ ...place, contextId: "brl-next" });
    expect(nothing).to.equal(undefined);
  });

  it("are taken once, however often and however many at a time they are sent", async () => {
    const told = async () => (await codesOf()).filter((code) => code === "notices-arrive").length;
    const before = await told();
    const jwt = hello();
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await post(jwt)));
    expect(answers.filter(({ status }) => status === 204)).to.have.length(1);
    const again = await post(jwt);
    expect(again.body).to.include({ code: "launch-already-used" });
    expect(await told()).to.equal(before + 1);
  });

  it("are handled when they are sent again, after handling them failed or the process died", async () => {
    const { parts } = product;
    const copied = { id: "cvi-101-third", code: "CVI-101-28", title: "CVI, the year after" };
    product.lms.copyCourse(COURSE, copied);
    const type = "LtiContextCopyNotice" as const;
    const jwt = product.lms.signNotice({ clientId, type, courseId: copied.id });
    const app = express().use(express.json());
    let fails = true;
    app.use(
      noticeRoutes({
        ...parts,
        handleNotice: async (accepted) => {
          if (fails && accepted.notice.type === type) throw new Error("the process died");
          await parts.handleNotice(accepted);
        },
      }),
      createErrorHandler(createLog({ logLevel: "silent" })),
    );
    const send = async (...jwts: string[]) =>
      await request(app)
        .post("/lti/notices")
        .set("accept", "application/json")
        .send({ notices: jwts.map((one) => ({ jwt: one })) });
    const other = hello();
    expect((await send(jwt, other)).status).to.equal(500);
    expect((await send(other)).body, "the one after it").to.include({
      code: "launch-already-used",
    });
    fails = false;
    expect((await send(jwt)).status).to.equal(204);
    const place = { issuer: product.lms.issuer, contextId: copied.id };
    const about = { organisationId: product.organisationId, ...place };
    expect(await parts.offerings.findByContext(about)).to.deep.include({ origins: [COURSE] });
    expect((await send(jwt)).body).to.include({ code: "launch-already-used" });
  });

  const faulty: [string, string, () => string][] = [
    [
      "signed with a stranger's key",
      "launch-signature-wrong",
      () => {
        product.lms.faults.signWith = "forged-kid";
        return hello();
      },
    ],
    [
      "with a key that was never published",
      "launch-key-unknown",
      () => {
        product.lms.faults.signWith = "unknown-key";
        return hello();
      },
    ],
    [
      "signed with HMAC",
      "launch-algorithm-refused",
      () => {
        product.lms.faults.signWith = "hs256";
        return hello();
      },
    ],
    ["not signed", "launch-algorithm-refused", () => altered({}, "none")],
    [
      "of another issuer",
      "launch-platform-unknown",
      () => altered({ iss: "https://evil.example" }),
    ],
    ["for another client", "launch-audience-wrong", () => altered({ aud: "another" })],
    ["for several clients", "launch-audience-wrong", () => altered({ aud: [clientId, "other"] })],
    ["made for another party", "launch-audience-wrong", () => altered({ azp: "another" })],
    ["that is over", "launch-expired", () => altered({ exp: 1_700_000_000, iat: 1_699_999_000 })],
    [
      "from the future",
      "launch-from-future",
      () => altered({ iat: now() + 300, exp: now() + 400 }),
    ],
    ["without times", "launch-times-missing", () => altered({ exp: undefined })],
    ["that never ends", "launch-expired", () => altered({ exp: now() + 9 * 24 * 60 * 60 })],
    [
      "of another version",
      "launch-version-unsupported",
      () => altered({ [lti("version")]: "1.1" }),
    ],
    ["that is no notice", "launch-claim-missing", () => altered({ [lti("notice")]: undefined })],
    [
      "of a deployment nobody approved",
      "launch-deployment-pending",
      () => altered({ [lti("deployment_id")]: "unknown" }),
    ],
    ["that is no token", "launch-token-malformed", () => "a.b"],
  ];
  const now = () => Math.floor(Date.now() / 1000);
  function altered(changes: Record<string, unknown>, signWith?: "none"): string {
    const { faults } = product.lms;
    faults.alterClaims = (claims) =>
      Object.fromEntries(
        Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== undefined),
      );
    if (signWith !== undefined) faults.signWith = signWith;
    return hello();
  }
  for (const [what, code, make] of faulty) {
    it(`are refused ${what}, and write nothing`, async () => {
      const before = await stored();
      const jwt = make();
      product.lms.faults.clear();
      const answer = await post(jwt);
      expect(answer.body).to.include({ code });
      expect(answer.status).to.be.within(400, 499);
      expect(await stored()).to.deep.equal(before);
      expect((await post(hello())).status, "its twin without the fault").to.equal(204);
    });
  }

  it("keep no good one from being taken beside a bad one", async () => {
    const before = await stored();
    expect((await post("a.b", hello())).status).to.be.within(400, 499);
    expect((await stored()).received).to.equal(before.received + 1);
  });

  for (const [what, body] of [
    ["no list", {}],
    ["an empty list", { notices: [] }],
    ["too many", { notices: Array.from({ length: 101 }, () => ({ jwt: "a.b.c" })) }],
    ["operators", { notices: [{ jwt: { $ne: "" } }] }],
  ] as const) {
    it(`are refused as ${what}`, async () => {
      const answer = await request(product.server).post("/lti/notices").send(body);
      expect(answer.status).to.equal(400);
    });
  }
});
