import { expect } from "chai";
import type { ErrorCode } from "../../src/errors.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";
import type { Claims } from "./attack.js";
import { type SimulatedPlatform, startSimulatedPlatform } from "./simulated-platform.js";
import { codeIn, send } from "./wire.js";
import { launchWith, lti, type World } from "./world.js";

const without =
  (...names: string[]) =>
  (claims: Claims): Claims =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
const having =
  (changes: Claims) =>
  (claims: Claims): Claims => ({ ...claims, ...changes });

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const personal = ["name", "given_name", "family_name", "email"];
const allPersonal = {
  ...{ name: "Jo March", given_name: "Jo", family_name: "March" },
  email: "jo@school.example",
};

/** §6.1.1 of the guide, by its names: what has to be refused, and the code that we refuse it with. */
const badPayloads: [string, ErrorCode, (claims: Claims, platform: SimulatedPlatform) => string][] =
  [
    ["No KID Sent in JWT header", "launch-key-missing", (c, p) => p.sign(c, { kid: undefined })],
    ["Incorrect KID in JWT header", "launch-key-unknown", (c, p) => p.sign(c, { kid: "wrong" })],
    [
      "Wrong LTI Version",
      "launch-version-unsupported",
      (c, p) => p.sign(having({ [lti("version")]: "11.3" })(c)),
    ],
    ["No LTI Version", "launch-version-unsupported", (c, p) => p.sign(without(lti("version"))(c))],
    ["Invalid LTI message", "launch-token-malformed", (_, p) => p.sign({ name: "badltilaunch" })],
    [
      "Missing LTI Claims",
      "launch-version-unsupported",
      (c, p) =>
        p.sign(
          Object.fromEntries(Object.entries(c).filter(([name]) => !name.startsWith("https:"))),
        ),
    ],
    [
      "Timestamps Incorrect",
      "launch-expired",
      (c, p) => p.sign({ ...c, iat: 11_111, exp: 22_222 }),
    ],
    [
      "message_type Claim Missing",
      "launch-claim-missing",
      (c, p) => p.sign(without(lti("message_type"))(c)),
    ],
    ["role Claim Missing", "launch-claim-missing", (c, p) => p.sign(without(lti("roles"))(c))],
    [
      "deployment_id Claim Missing",
      "launch-claim-missing",
      (c, p) => p.sign(without(lti("deployment_id"))(c)),
    ],
    [
      "resource_link_id Claim Missing",
      "launch-claim-missing",
      (c, p) => p.sign(without(lti("resource_link"))(c)),
    ],
    ["user Claim Missing", "launch-claim-missing", (c, p) => p.sign(without("sub")(c))],
  ];

const VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2";

type Good = [string, string[], (claims: Claims) => Claims];

/** §6.1.2 and §6.1.3, by the guide's names: what has to be let in, and as whom. */
const goodPayloads = (who: "Instructor" | "Student"): Good[] => {
  const role = who === "Instructor" ? "Instructor" : "Learner";
  const own = [role.toLowerCase()];
  const principal = `${VOCABULARY}/membership#${role}`;
  const person = having({ ...allPersonal, sub: `certified-${who}`, [lti("roles")]: [principal] });
  const rolesOf = (...roles: string[]) => having({ ...person({}), [lti("roles")]: roles });
  const only =
    (kept: string[]) =>
    (claims: Claims): Claims =>
      without(...personal.filter((name) => !kept.includes(name)))(person(claims));
  return [
    [`Valid ${who} Launch`, own, person],
    [
      `Valid ${who} Launch with Roles`,
      own,
      rolesOf(principal, `${VOCABULARY}/institution/person#${who === "Student" ? who : "Faculty"}`),
    ],
    [`Valid ${who} Launch Short Role`, own, rolesOf(role)],
    [`Valid ${who} Launch Unknown Role`, [], rolesOf(`${VOCABULARY}/uknownrole/unknown#Helper`)],
    [`Valid ${who} Launch No Role`, [], rolesOf()],
    [`Valid ${who} Launch Email Only`, own, only(["email"])],
    [`Valid ${who} Launch Names Only`, own, only(["name", "given_name", "family_name"])],
    [`Valid ${who} No PII`, own, only([])],
    [
      `Valid ${who} Email Without Context`,
      own,
      (claims) => without(lti("context"))(only(["email"])(claims)),
    ],
    [
      `Valid ${who} New resource_id`,
      own,
      (claims) => ({
        ...person(claims),
        [lti("resource_link")]: { id: `new-${who}-${nowSeconds()}` },
      }),
    ],
  ];
};

/** LTI Advantage Conformance Certification Guide 1.3, §6.1: core launches of a tool. */
describe("the launches of 1EdTech's certification guide", () => {
  let product: TestProduct;
  let platform: SimulatedPlatform;
  let world: World;

  before(async () => {
    product = await startTestProduct();
    platform = await startSimulatedPlatform("first");
    const { issuer, authorizationUrl, tokenUrl, jwksUrl } = platform;
    const id = crypto.randomUUID();
    await product.parts.platforms.addOnce({
      ...{ ...product.platform, issuer, authorizationUrl, tokenUrl, jwksUrl },
      ...{ id, clientId: "certified" },
    });
    await product.parts.deployments.ensure({
      ...{ platformId: id, deploymentId: "1", organisationId: product.organisationId },
      ...{ status: "approved" as const, at: new Date() },
    });
    world = {
      ...{ origin: product.url, loginPath: "/lti/login", launchPath: "/lti/launch" },
      ...{ clientId: "certified", platform, otherPlatform: platform },
      mark: () => Promise.resolve(),
    };
  });
  after(async () => {
    await platform.stop();
    await product.close();
  });

  for (const [name, code, forge] of badPayloads) {
    it(`refuses “${name}”`, async () => {
      const refused = await launchWith(world, (claims) => forge(claims, platform));
      expect(codeIn(refused.text)).to.equal(code);
      expect(refused.status).to.be.within(400, 499);
      expect(refused.cookies.join()).not.to.match(/__Host-rosette=/);
    });
  }

  for (const [name, roles, alter] of [...goodPayloads("Instructor"), ...goodPayloads("Student")]) {
    it(`lets in “${name}”, to a page that opens`, async () => {
      const accepted = await launchWith(world, (claims) => platform.sign(alter(claims)));
      expect(accepted.status, accepted.text).to.equal(303);
      const launchId = /\/l\/([^/]+)/.exec(accepted.location)?.[1] ?? "";
      const [kept] = await product.connection
        .collection<{ _id: string; launch: { courseRoles: string[] } }>("launches")
        .find({ _id: launchId })
        .toArray();
      expect(kept?.launch.courseRoles).to.deep.equal(roles);
      const path = accepted.location.replace(product.url, "");
      const page = await send({ origin: product.url, path, cookies: accepted.cookies });
      expect(page.status, page.text).to.equal(200);
    });
  }
});
