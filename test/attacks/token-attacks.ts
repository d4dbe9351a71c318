import type { ErrorCode } from "../../src/errors.js";
import type { Attack, Claims } from "./attack.js";
import { launchWith, lti, targetOf, type World } from "./world.js";

const now = (): number => Math.floor(Date.now() / 1000);
const without =
  (name: string) =>
  (claims: Claims): Claims =>
    Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));
const withClaims = (changes: Claims) => (claims: Claims) => ({ ...claims, ...changes });

type Fault = (claims: Claims, world: World) => Claims;

/** Well signed by the platform, and wrong in one claim. */
const faults: [string, ErrorCode, Fault][] = [
  [
    "an issuer nobody registered",
    "launch-platform-unknown",
    withClaims({ iss: "https://evil.example" }),
  ],
  [
    "an issuer with a slash too many",
    "launch-platform-unknown",
    (c) => ({ ...c, iss: `${String(c["iss"])}/` }),
  ],
  ["no issuer", "launch-token-malformed", without("iss")],
  ["an operator for the issuer", "launch-token-malformed", withClaims({ iss: { $ne: "" } })],
  ["an operator for the audience", "launch-token-malformed", withClaims({ aud: { $gt: "" } })],
  [
    "an operator in the list of audiences",
    "launch-token-malformed",
    withClaims({ aud: [{ $gt: "" }] }),
  ],
  ["another client's audience", "launch-audience-wrong", withClaims({ aud: "somebody-else" })],
  ["a second audience", "launch-audience-wrong", (c) => ({ ...c, aud: [c["aud"], "evil"] })],
  ["another authorized party", "launch-audience-wrong", withClaims({ azp: "somebody-else" })],
  ["no expiry", "launch-times-missing", without("exp")],
  ["an expiry in words", "launch-times-missing", withClaims({ exp: "never" })],
  [
    "an expiry two minutes ago",
    "launch-expired",
    (c) => ({ ...c, iat: now() - 180, exp: now() - 120 }),
  ],
  ["an issue two minutes ahead", "launch-from-future", (c) => ({ ...c, iat: now() + 120 })],
  ["a validity two minutes ahead", "launch-from-future", (c) => ({ ...c, nbf: now() + 120 })],
  ["no nonce", "launch-nonce-missing", without("nonce")],
  ["a nonce of its own", "launch-nonce-wrong", withClaims({ nonce: "made-up" })],
  ["an operator for the nonce", "launch-nonce-missing", withClaims({ nonce: { $ne: "" } })],
  [
    "the version of LTI 1.1",
    "launch-version-unsupported",
    withClaims({ [lti("version")]: "1.1.0" }),
  ],
  [
    "a message nobody knows",
    "launch-message-unsupported",
    withClaims({ [lti("message_type")]: "Strange" }),
  ],
  ["no deployment", "launch-claim-missing", without(lti("deployment_id"))],
  [
    "an operator for the deployment",
    "launch-claim-missing",
    withClaims({ [lti("deployment_id")]: { $ne: "" } }),
  ],
  [
    "another deployment than at login",
    "launch-deployment-wrong",
    withClaims({ [lti("deployment_id")]: "2" }),
  ],
  ["no person", "launch-claim-missing", without("sub")],
  ["an operator for the person", "launch-claim-missing", withClaims({ sub: { $gt: "" } })],
  ["no roles", "launch-claim-missing", without(lti("roles"))],
  ["no resource link", "launch-claim-missing", without(lti("resource_link"))],
  [
    "an operator for the resource link",
    "launch-claim-missing",
    withClaims({ [lti("resource_link")]: { id: { $ne: "" } } }),
  ],
  [
    "a target elsewhere",
    "launch-target-wrong",
    withClaims({ [lti("target_link_uri")]: "https://evil.example/lti/launch" }),
  ],
  [
    "a target behind userinfo",
    "launch-target-wrong",
    (c, w) => ({ ...c, [lti("target_link_uri")]: `${w.origin}@evil.example/` }),
  ],
  [
    "a target that only begins like ours",
    "launch-target-wrong",
    (c, w) => ({ ...c, [lti("target_link_uri")]: `${targetOf(w)}pad` }),
  ],
  [
    "another target than at login",
    "launch-target-wrong",
    (c, w) => ({ ...c, [lti("target_link_uri")]: `${targetOf(w)}?as=admin` }),
  ],
  ["a payload that is a list", "launch-token-malformed", (c) => [c] as unknown as Claims],
];

/** Tokens that their platform signed, and that say something wrong. */
export const tokenAttacks: Attack[] = faults.map(([what, code, alter]) => ({
  name: `a token with ${what}`,
  code,
  act: async (world, isFaulty) =>
    await launchWith(world, (claims) =>
      world.platform.sign(isFaulty ? alter(claims, world) : claims),
    ),
}));
