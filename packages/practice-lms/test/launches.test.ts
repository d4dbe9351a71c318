import { expect } from "chai";
import jwt from "jsonwebtoken";
import { startPracticeLms, type Mood, type PracticeLms } from "../src/index.js";
import { authorizationRequest, authorize, launch, lti, startFakeTool } from "./fake-tool.js";
import type { FakeTool } from "./fake-tool.js";

const membership = "http://purl.imsglobal.org/vocab/lis/v2/membership";

describe("practice LMS: launches", () => {
  let tool: FakeTool;
  let lms: PracticeLms;
  let linkId: string;

  async function start(mood: Mood, now?: () => Date): Promise<void> {
    lms = await startPracticeLms({ mood, tools: [tool.describe()], ...(now && { now }) });
    linkId = lms.addLink("cvi-101", {
      title: "Exam",
      targetLinkUri: `${tool.url}/launch?exam=1`,
      custom: {
        user: "$User.id",
        course: "$Context.id",
        link: "$ResourceLink.id",
        canvas: "$Canvas.user.sisSourceId",
        odd: "$No.such.variable",
      },
      lineItem: { label: "Exam", scoreMaximum: 50, resourceId: "exam" },
    }).id;
  }

  const request = (): Record<string, string> =>
    authorizationRequest(
      tool,
      lms.startLaunch({ userId: "amara", courseId: "cvi-101", linkId }).parameters,
    );

  before(async () => {
    tool = await startFakeTool();
  });
  after(async () => {
    await tool.stop();
  });
  afterEach(async () => {
    await lms.stop();
  });

  describe("the authorization endpoint", () => {
    beforeEach(async () => {
      await start("moodle");
    });

    it("posts an id_token and the state to the redirect URI, with a button to press", async () => {
      const { status, html, idToken } = await authorize(lms, request());
      expect(status).to.equal(200);
      expect(idToken).to.be.a("string");
      expect(html).to.contain(`action="${tool.url}/launch"`);
      expect(html).to.match(/name="state"\s+value="state-1"/);
      expect(html).to.match(/<button type="submit">/);
    });

    it("accepts the request as a form, too", async () => {
      const body = new URLSearchParams(request());
      const response = await fetch(lms.endpoints.authorizationUrl, { method: "POST", body });
      expect(response.status).to.equal(200);
      expect(await response.text()).to.contain("id_token");
    });

    for (const [name, value, reason] of [
      ["client_id", "somebody", "client_id"],
      ["redirect_uri", "http://127.0.0.1:1/elsewhere", "redirect_uri"],
      ["response_type", "code", "response_type"],
      ["response_mode", "query", "response_mode"],
      ["prompt", "login", "prompt"],
      ["scope", "profile", "openid"],
      ["nonce", "", "nonce"],
      ["state", "", "state"],
      ["login_hint", "jonas", "login_hint"],
      ["lti_message_hint", "guess", "lti_message_hint"],
    ] as const) {
      it(`refuses a request whose ${name} is "${value}"`, async () => {
        const { status, html, idToken } = await authorize(lms, { ...request(), [name]: value });
        expect(status).to.equal(400);
        expect(html).to.contain(reason);
        expect(idToken).to.equal(undefined);
      });
    }

    it("refuses a redirect URI that only begins like the registered one", async () => {
      const sent = { ...request(), redirect_uri: `${tool.url}/launch/../launch?x` };
      expect((await authorize(lms, sent)).status).to.equal(400);
    });

    it("answers a launch once", async () => {
      const sent = request();
      expect((await authorize(lms, sent)).status).to.equal(200);
      expect((await authorize(lms, sent)).status).to.equal(400);
    });

    it("refuses a launch of another tool", async () => {
      lms.addTool(tool.describe({ clientId: "tool-2" }));
      const sent = { ...request(), client_id: "tool-2" };
      expect((await authorize(lms, sent)).html).to.contain("another tool");
    });

    it("escapes what it repeats", async () => {
      const sent = { ...request(), state: `"><script>alert(1)</script>` };
      expect((await authorize(lms, sent)).html).not.to.contain("<script>alert");
    });
  });

  it("refuses a launch that was left open too long", async () => {
    let now = new Date();
    await start("moodle", () => now);
    const sent = request();
    now = new Date(now.getTime() + 11 * 60_000);
    expect((await authorize(lms, sent)).status).to.equal(400);
  });

  describe("in the Moodle mood", () => {
    beforeEach(async () => {
      await start("moodle");
    });

    it("sends a learner's launch as Moodle does", async () => {
      const claims = await launch(lms, tool, { userId: "amara", courseId: "cvi-101", linkId });
      expect(claims).to.include({
        iss: lms.url,
        aud: "tool-1",
        sub: "amara",
        name: "Amara Okafor",
        [lti("deployment_id")]: "1",
        [lti("target_link_uri")]: `${tool.url}/launch?exam=1`,
        [lti("message_type")]: "LtiResourceLinkRequest",
      });
      expect(Number(claims["exp"]) - Number(claims["iat"])).to.equal(60);
      expect(claims[lti("roles")]).to.deep.equal([`${membership}#Learner`]);
      expect(claims[lti("resource_link")]).to.deep.equal({
        title: "Exam",
        description: "",
        id: linkId,
      });
      expect(claims[lti("ext")]).to.deep.equal({ user_username: "amara", lms: "moodle-2" });
    });

    it("fills in custom parameters and leaves unknown variables alone", async () => {
      const claims = await launch(lms, tool, { userId: "amara", courseId: "cvi-101", linkId });
      expect(claims[lti("custom")]).to.include({
        user: "amara",
        course: "cvi-101",
        link: linkId,
        canvas: "$Canvas.user.sisSourceId",
        odd: "$No.such.variable",
      });
    });

    it("names the line item only while the link has exactly one", async () => {
      const claim = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint";
      const args = { userId: "amara", courseId: "cvi-101", linkId };
      expect((await launch(lms, tool, args))[claim])
        .to.have.property("lineitem")
        .that.matches(/\/lineitem\?type_id=1$/);
      const bare = lms.addLink("cvi-101", {
        title: "Reading",
        targetLinkUri: `${tool.url}/launch`,
        custom: {},
      });
      const claims = await launch(lms, tool, { ...args, linkId: bare.id });
      expect(claims[claim]).not.to.have.property("lineitem");
    });

    it("keeps names and addresses from an anonymous tool", async () => {
      lms.addTool(tool.describe({ privacy: "anonymous" }));
      const claims = await launch(lms, tool, { userId: "amara", courseId: "cvi-101", linkId });
      expect(claims).not.to.have.any.keys("name", "given_name", "family_name", "email");
      expect(claims[lti("ext")]).to.deep.equal({ lms: "moodle-2" });
    });

    it("launches the administrator from the front page with the roles Moodle gives", async () => {
      const claims = await launch(lms, tool, { userId: "ruth", placement: "administration" });
      expect(claims[lti("context")]).to.deep.include({ id: "1", type: ["Group"] });
      expect(claims[lti("roles")]).to.deep.equal([
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
        `${membership}#Instructor`,
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
      ]);
    });

    it("does not launch a tool that waits to be activated", () => {
      const [installed] = lms.listTools();
      installed!.isActive = false;
      expect(() => lms.startLaunch({ userId: "amara", courseId: "cvi-101", linkId })).to.throw(
        "waiting to be activated",
      );
    });
  });

  describe("in the Canvas mood", () => {
    beforeEach(async () => {
      await start("canvas");
    });

    it("names an issuer that is not its own host, and offers platform storage", async () => {
      const { parameters } = lms.startLaunch({ userId: "amara", courseId: "cvi-101", linkId });
      expect(parameters).to.include({
        iss: "https://canvas.instructure.com",
        lti_storage_target: "_parent",
      });
      const claims = await launch(lms, tool, { userId: "amara", courseId: "cvi-101", linkId });
      expect(claims["iss"]).to.equal("https://canvas.instructure.com");
      expect(claims[lti("tool_platform")]).to.include({ product_family_code: "canvas" });
      expect(claims[lti("custom")]).to.include({ canvas: "SIS-amara" });
    });

    it("marks the preview account as a test user", async () => {
      const args = { userId: "test-student", courseId: "cvi-101", linkId };
      const claims = await launch(lms, tool, args);
      expect(claims[lti("roles")]).to.include.members([
        `${membership}#Learner`,
        "http://purl.imsglobal.org/vocab/lti/system/person#TestUser",
      ]);
    });

    it("sends a teaching assistant's sub-role beside the role", async () => {
      lms.enrol({ courseId: "cvi-101", userId: "jonas", as: "teaching-assistant" });
      const claims = await launch(lms, tool, { userId: "jonas", courseId: "cvi-101", linkId });
      expect(claims[lti("roles")]).to.include.members([
        `${membership}/Instructor#TeachingAssistant`,
        `${membership}#Instructor`,
      ]);
    });

    it("launches the administrator from the account, without parts or course roles", async () => {
      const claims = await launch(lms, tool, {
        userId: "ruth",
        courseId: "cvi-101",
        placement: "administration",
      });
      expect(claims[lti("context")]).to.deep.include({ type: ["Account"] });
      expect(String(claims[lti("roles")])).not.to.contain("membership");
      expect(claims).not.to.have.property(
        "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
      );
    });
  });

  it("gives a copied course new ids and keeps custom parameters, resource ids and history", async () => {
    await start("moodle");
    const copy = lms.copyCourse("cvi-101", { id: "cvi-101-b", code: "CVI-101B", title: "Again" });
    expect(copy.links[0]?.id).not.to.equal(linkId);
    expect(copy.links[0]?.custom["user"]).to.equal("$User.id");
    expect(copy.copiedFrom).to.deep.equal(["cvi-101"]);
    const [row] = lms.gradebook("cvi-101-b");
    expect(row).to.include({ resourceId: "exam", score: null });
    expect(row?.lineItemId).not.to.equal(lms.gradebook("cvi-101")[0]?.lineItemId);
  });

  describe("faults", () => {
    beforeEach(async () => {
      await start("moodle");
    });

    const signedKid = async (): Promise<{ kid: string | undefined; alg: string | undefined }> => {
      const { idToken } = await authorize(lms, request());
      const header = jwt.decode(idToken ?? "", { complete: true })?.header;
      return { kid: header?.kid, alg: header?.alg };
    };
    const publishedKids = async (): Promise<string[]> => {
      const answer = await fetch(lms.endpoints.jwksUrl);
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map((key) => key.kid);
    };

    it("signs with a published key unless told otherwise", async () => {
      expect(await publishedKids()).to.include((await signedKid()).kid);
      lms.faults.signWith = "unknown-key";
      expect(await publishedKids()).not.to.include((await signedKid()).kid);
      lms.faults.signWith = "no-kid";
      expect((await signedKid()).kid).to.equal(undefined);
      lms.faults.signWith = "none";
      expect((await signedKid()).alg).to.equal("none");
      lms.faults.signWith = "hs256";
      expect((await signedKid()).alg).to.equal("HS256");
    });

    it("can put a published kid on a signature of another key", async () => {
      lms.faults.signWith = "forged-kid";
      expect(await publishedKids()).to.include((await signedKid()).kid);
      let refusal: unknown;
      await launch(lms, tool, { userId: "amara", courseId: "cvi-101", linkId }).catch(
        (cause: unknown) => {
          refusal = cause;
        },
      );
      expect(refusal).to.be.instanceOf(jwt.JsonWebTokenError);
    });

    it("rotates keys, and withdraws the old one when asked", async () => {
      const before = (await signedKid()).kid;
      lms.faults.rotateKeys();
      const after = (await signedKid()).kid;
      expect(after).not.to.equal(before);
      expect(await publishedKids()).to.deep.equal([before, after]);
      lms.faults.rotateKeys({ withdrawOld: true });
      expect(await publishedKids())
        .to.have.length(1)
        .and.not.include(after);
    });

    it("can hide its keys and change claims, until the faults are cleared", async () => {
      lms.faults.alterClaims = (claims) => ({ ...claims, sub: undefined });
      const { idToken } = await authorize(lms, request());
      expect(jwt.decode(idToken ?? "")).not.to.have.property("sub");
      lms.faults.jwksDown = true;
      expect((await fetch(lms.endpoints.jwksUrl)).status).to.equal(503);
      lms.faults.clear();
      expect((await fetch(lms.endpoints.jwksUrl)).status).to.equal(200);
      expect((await launch(lms, tool, { userId: "amara", courseId: "cvi-101" }))["sub"]).to.equal(
        "amara",
      );
    });
  });
});
