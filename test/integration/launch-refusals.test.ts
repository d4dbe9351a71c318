import { expect } from "chai";
import type { ErrorCode } from "../../src/errors.js";
import type { PageAnswer } from "../support/test-browser.js";
import { Browser } from "../support/test-browser.js";
import {
  beginLaunch,
  type LaunchWish,
  startTestProduct,
  type TestProduct,
} from "../support/test-product.js";

const lti = (name: string): string => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
const wish = { userId: "amara", courseId: "cvi-101" } as const;
/** Each fault is refused whoever brings it, as the certification asks. */
const people = [
  ["a learner's", wish],
  ["a teacher's", { ...wish, userId: "priya" }],
] as const;
type Claims = Record<string, unknown>;

const without =
  (name: string) =>
  (claims: Claims): Claims =>
    Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));
const withClaims = (changes: Claims) => (claims: Claims) => ({ ...claims, ...changes });
const now = () => Math.floor(Date.now() / 1000);

/** What a sign-in may leave behind; keys and platforms are constant. */
const WRITTEN = ["accounts", "profiles", "launches", "offerings", "deployments"];
/** A login leaves a record as well, which becomes a launch only when it is let in. */
const letIn = (name: string) => (name === "launches" ? { launch: { $exists: true } } : {});

describe("a launch that fails a check", () => {
  let product: TestProduct;

  before(async () => {
    product = await startTestProduct();
    await product.launchAs(wish);
  });
  after(async () => {
    await product.close();
  });
  afterEach(() => {
    product.lms.faults.clear();
    product.setNow(undefined);
  });

  async function countWritten(): Promise<Record<string, number>> {
    const counts = WRITTEN.map(async (name) => {
      return [name, await product.connection.collection(name).countDocuments(letIn(name))] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  }

  async function listEventCodes(): Promise<string[]> {
    const documents = await product.connection.collection("events").find({}).toArray();
    return documents.map((document) => String(document["code"]));
  }

  /** Does something that must be refused with the code, and leave an event and nothing else. */
  async function expectRefusal(
    code: ErrorCode,
    act: () => Promise<PageAnswer>,
    mayWrite: Record<string, number> = {},
  ): Promise<void> {
    const [written, events] = [await countWritten(), await listEventCodes()];
    const answer = await act();
    expect(answer.text).to.contain(`<code>${code}</code>`);
    expect(answer.status).to.be.within(400, 503);
    expect(answer.setCookies.join()).not.to.match(/__Host-rosette=/);
    const expected = Object.fromEntries(
      WRITTEN.map((name) => [name, (written[name] ?? 0) + (mayWrite[name] ?? 0)]),
    );
    expect(await countWritten()).to.deep.equal(expected);
    const added = (await listEventCodes()).filter((_code, index) => index >= events.length);
    expect(added).to.deep.equal([code]);
  }

  const postLaunch = async (
    browser: Browser,
    form: Record<string, string | string[]>,
  ): Promise<PageAnswer> => await browser.post(`${product.url}/lti/launch`, form);

  const launchOnce = async (who: LaunchWish = wish): Promise<PageAnswer> => {
    const { browser, idToken, state } = await beginLaunch(product, who);
    return await postLaunch(browser, { id_token: idToken, state });
  };

  it("has a twin without the fault, which is accepted", async () => {
    expect((await launchOnce()).status).to.equal(303);
  });

  const signatures = [
    [
      "signed by a key that is not published, under a kid of its own",
      "unknown-key",
      "launch-key-unknown",
    ],
    ["signed by another key under the published kid", "forged-kid", "launch-signature-wrong"],
    ["without a kid", "no-kid", "launch-key-missing"],
    ["signed with HS256 and the public key as the secret", "hs256", "launch-algorithm-refused"],
    ["not signed at all (alg none)", "none", "launch-algorithm-refused"],
  ] as const;
  for (const [whose, who] of people) {
    for (const [what, signWith, code] of signatures) {
      it(`is refused when it is ${whose} ${what}`, async () => {
        product.lms.faults.signWith = signWith;
        await expectRefusal(code, async () => await launchOnce(who));
      });
    }
  }

  const claimFaults: [string, ErrorCode, (claims: Claims) => Claims][] = [
    [
      "from an issuer we do not know",
      "launch-platform-unknown",
      withClaims({ iss: "https://evil.example" }),
    ],
    [
      "whose issuer has a slash too many",
      "launch-platform-unknown",
      (claims) => ({ ...claims, iss: `${String(claims["iss"])}/` }),
    ],
    ["without an issuer", "launch-token-malformed", without("iss")],
    ["for another client", "launch-audience-wrong", withClaims({ aud: "somebody-else" })],
    [
      "for us and somebody else",
      "launch-audience-wrong",
      withClaims({ aud: ["client-1", "somebody-else"] }),
    ],
    ["with an empty list of audiences", "launch-token-malformed", withClaims({ aud: [] })],
    [
      "whose authorized party is another",
      "launch-audience-wrong",
      withClaims({ azp: "somebody-else" }),
    ],
    ["without exp", "launch-times-missing", without("exp")],
    [
      "that expired two minutes ago",
      "launch-expired",
      (claims) => ({ ...claims, iat: now() - 180, exp: now() - 120 }),
    ],
    [
      "that expires before it was issued",
      "launch-expired",
      (claims) => ({ ...claims, exp: now() + 20, iat: now() + 30 }),
    ],
    [
      "issued in two minutes",
      "launch-from-future",
      (claims) => ({ ...claims, iat: now() + 120, exp: now() + 300 }),
    ],
    [
      "not valid for two minutes yet",
      "launch-from-future",
      (claims) => ({ ...claims, nbf: now() + 120 }),
    ],
    ["without a nonce", "launch-nonce-missing", without("nonce")],
    ["with a nonce of its own", "launch-nonce-wrong", withClaims({ nonce: "made-up" })],
    ["with a nonce that is an object", "launch-nonce-missing", withClaims({ nonce: { $ne: "" } })],
    ["without a version", "launch-version-unsupported", without(lti("version"))],
    ["of LTI 1.1", "launch-version-unsupported", withClaims({ [lti("version")]: "1.1.0" })],
    ["without a message type", "launch-claim-missing", without(lti("message_type"))],
    [
      "of a message type nobody knows",
      "launch-message-unsupported",
      withClaims({ [lti("message_type")]: "LtiStrangeRequest" }),
    ],
    ["without a deployment", "launch-claim-missing", without(lti("deployment_id"))],
    ["without roles", "launch-claim-missing", without(lti("roles"))],
    ["whose roles are one text", "launch-claim-missing", withClaims({ [lti("roles")]: "Learner" })],
    ["without a sub", "launch-claim-missing", without("sub")],
    ["whose sub is an object", "launch-claim-missing", withClaims({ sub: { $gt: "" } })],
    ["without a resource link", "launch-claim-missing", without(lti("resource_link"))],
    [
      "whose resource link has no id",
      "launch-claim-missing",
      withClaims({ [lti("resource_link")]: { title: "x" } }),
    ],
    ["without a target", "launch-claim-missing", without(lti("target_link_uri"))],
    [
      "whose target is elsewhere",
      "launch-target-wrong",
      withClaims({ [lti("target_link_uri")]: "https://evil.example/lti/launch" }),
    ],
    [
      "for content selection without its settings",
      "launch-claim-missing",
      withClaims({ [lti("message_type")]: "LtiDeepLinkingRequest" }),
    ],
    [
      "for another deployment than the login was",
      "launch-deployment-wrong",
      withClaims({ [lti("deployment_id")]: "another" }),
    ],
  ];
  for (const [whose, who] of people) {
    for (const [what, code, alterClaims] of claimFaults) {
      it(`is refused when it is ${whose} ${what}`, async () => {
        product.lms.faults.alterClaims = alterClaims;
        await expectRefusal(code, async () => await launchOnce(who));
      });
    }
  }

  it("is refused when its target is another page of ours than the login's", async () => {
    product.lms.faults.alterClaims = withClaims({
      [lti("target_link_uri")]: `${product.url}/lti/launch?other=1`,
    });
    await expectRefusal("launch-target-wrong", launchOnce);
  });

  it("is refused when its token is no token", async () => {
    const { browser, state } = await beginLaunch(product, wish);
    for (const idToken of ["", "x", "a.b.c", "e30.e30.", "x".repeat(70_000)]) {
      await expectRefusal("launch-token-malformed", async () => {
        return await postLaunch(browser, { id_token: idToken, state });
      });
    }
  });

  it("is refused when a field comes twice", async () => {
    const { browser, idToken, state } = await beginLaunch(product, wish);
    await expectRefusal("launch-token-malformed", async () => {
      return await postLaunch(browser, { id_token: [idToken, idToken], state });
    });
    await expectRefusal("launch-state-unknown", async () => {
      return await postLaunch(browser, { id_token: idToken, state: [state, state] });
    });
  });

  it("is refused when its payload was changed after it was signed", async () => {
    const { browser, idToken, state } = await beginLaunch(product, wish);
    const [header = "", payload = "", signature = ""] = idToken.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: "ruth" })).toString("base64url");
    await expectRefusal("launch-signature-wrong", async () => {
      return await postLaunch(browser, { id_token: `${header}.${changed}.${signature}`, state });
    });
  });

  it("is refused when the state was never given out", async () => {
    const { browser, idToken } = await beginLaunch(product, wish);
    await expectRefusal("launch-state-unknown", async () => {
      return await postLaunch(browser, { id_token: idToken, state: "AAAAAAAAAAAAAAAAAAAAAA" });
    });
  });

  it("is refused when it comes after ten minutes", async () => {
    const { browser, idToken, state } = await beginLaunch(product, wish);
    product.lms.faults.alterClaims = undefined;
    product.setNow(new Date(Date.now() + 11 * 60_000));
    await expectRefusal("launch-expired", async () => {
      return await postLaunch(browser, { id_token: idToken, state });
    });
  });

  it("is refused when its sign-in was begun more than ten minutes ago", async () => {
    product.lms.faults.alterClaims = withClaims({ exp: now() + 3600 });
    const { browser, idToken, state } = await beginLaunch(product, wish);
    product.setNow(new Date(Date.now() + 11 * 60_000));
    await expectRefusal("launch-state-unknown", async () => {
      return await postLaunch(browser, { id_token: idToken, state });
    });
  });

  it("is refused in a browser without the cookie of the attempt", async () => {
    const { idToken, state } = await beginLaunch(product, wish);
    await expectRefusal("launch-cookie-missing", async () => {
      return await postLaunch(new Browser(), { id_token: idToken, state });
    });
  });

  it("is refused in another browser, even one with an attempt of its own", async () => {
    const victim = await beginLaunch(product, wish);
    const attacker = await beginLaunch(product, { ...wish, userId: "jonas" });
    // Login CSRF: the attacker's answer in the victim's browser, under either state.
    await expectRefusal("launch-cookie-missing", async () => {
      const { idToken, state } = attacker;
      return await postLaunch(victim.browser, { id_token: idToken, state });
    });
    await expectRefusal("launch-nonce-wrong", async () => {
      return await postLaunch(victim.browser, { id_token: attacker.idToken, state: victim.state });
    });
  });

  it("is refused when the cookie of the attempt holds something else", async () => {
    const { browser, idToken, state } = await beginLaunch(product, wish);
    const jar = browser.cookies.get(product.url);
    for (const name of jar?.keys() ?? []) jar?.set(name, "AAAAAAAAAAAAAAAAAAAAAA");
    await expectRefusal("launch-browser-wrong", async () => {
      return await postLaunch(browser, { id_token: idToken, state });
    });
  });

  it("is refused the second time, in the same browser too", async () => {
    const { browser, idToken, state } = await beginLaunch(product, wish);
    const copy = browser.copy();
    expect((await postLaunch(browser, { id_token: idToken, state })).status).to.equal(303);
    await expectRefusal("launch-already-used", async () => {
      return await postLaunch(copy, { id_token: idToken, state });
    });
  });

  it("is accepted exactly once when it is posted fifty times at once", async () => {
    const { browser, idToken, state } = await beginLaunch(product, wish);
    const before = await countWritten();
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        return await postLaunch(browser.copy(), { id_token: idToken, state });
      }),
    );
    expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
    const refused = answers.filter(({ text }) => text.includes("launch-already-used"));
    expect(refused).to.have.length(49);
    const { launches = 0, ...others } = before;
    expect(await countWritten()).to.deep.equal({
      ...others,
      launches: launches + 1,
    });
  });

  it("is refused from a platform that did not begin the attempt", async () => {
    const other = await product.connectLms();
    const ours = await beginLaunch(product, wish);
    const theirs = await beginLaunch(product, { ...wish, lms: other.lms });
    const nonce = (
      JSON.parse(Buffer.from(ours.idToken.split(".")[1] ?? "", "base64url").toString()) as Claims
    )["nonce"];
    other.lms.faults.alterClaims = withClaims({ nonce });
    const forged = await beginLaunch(product, { ...wish, lms: other.lms });
    await expectRefusal("launch-nonce-wrong", async () => {
      return await postLaunch(ours.browser, { id_token: forged.idToken, state: ours.state });
    });
    expect(theirs.state).not.to.equal(ours.state);
  });

  it("is refused from a deployment nobody approved, which is listed for approval once", async () => {
    const elsewhere = { ...wish, deploymentId: "course-7" };
    const launchElsewhere = async () => {
      const { browser, idToken, state } = await beginLaunch(product, elsewhere);
      return await postLaunch(browser, { id_token: idToken, state });
    };
    await expectRefusal("launch-deployment-pending", launchElsewhere, { deployments: 1 });
    await expectRefusal("launch-deployment-pending", launchElsewhere);
    const [pending, ...others] = await product.parts.deployments.listPending(
      product.organisationId,
    );
    expect(pending?.deploymentId).to.equal("course-7");
    expect(others).to.have.length(0);
    await product.parts.deployments.approve(product.organisationId, pending?.id ?? "");
    expect((await launchElsewhere()).status).to.equal(303);
  });

  it("is refused when the LMS' keys were never read and cannot be read", async () => {
    const { lms } = await product.connectLms();
    const { browser, idToken, state } = await beginLaunch(product, { ...wish, lms });
    lms.faults.jwksDown = true;
    await expectRefusal("launch-keys-unavailable", async () => {
      return await postLaunch(browser, { id_token: idToken, state });
    });
  });

  it("is refused when the LMS says that it did not sign the person in", async () => {
    await expectRefusal("launch-denied", async () => {
      return await postLaunch(new Browser(), { error: "login_required", state: "x" });
    });
  });

  it("shows its reason in the frame of the LMS", async () => {
    product.lms.faults.signWith = "none";
    const { headers } = await launchOnce();
    expect(headers["content-security-policy"]).to.contain("frame-ancestors *");
    expect(headers["x-frame-options"]).to.equal(undefined);
  });
});
