import type { Attack } from "./attack.js";
import { send } from "./wire.js";
import { loginParameters, targetOf, type World } from "./world.js";

type Parameters = [string, string][];
type Change = (parameters: Parameters, world: World) => Parameters;

const replaced =
  (name: string, value: string | ((world: World) => string)): Change =>
  (parameters, world) =>
    parameters.map(([each, was]) => [
      each,
      each !== name ? was : typeof value === "string" ? value : value(world),
    ]);
const without =
  (name: string): Change =>
  (parameters) =>
    parameters.filter(([each]) => each !== name);
const twice =
  (name: string, value: string): Change =>
  (parameters) => [...parameters, [name, value]];
/** As query parsers with brackets make an operator of it. */
const asOperator =
  (name: string): Change =>
  (parameters) =>
    parameters.map(([each, was]) => (each === name ? [`${name}[$ne]`, ""] : [each, was]));

const EVIL = "https://evil.example";

const logins: [string, Attack["code"], Change][] = [
  ["an issuer nobody registered", "login-platform-unknown", replaced("iss", EVIL)],
  ["a client nobody registered", "login-platform-unknown", replaced("client_id", "somebody-else")],
  ["a pattern for its client", "login-platform-unknown", replaced("client_id", ".*")],
  [
    "an operator as text for its client",
    "login-platform-unknown",
    replaced("client_id", '{"$ne":""}'),
  ],
  ["an operator for its issuer", "login-incomplete", asOperator("iss")],
  ["an operator for its target", "login-incomplete", asOperator("target_link_uri")],
  ["two issuers", "login-incomplete", twice("iss", EVIL)],
  ["two targets", "login-incomplete", twice("target_link_uri", `${EVIL}/`)],
  ["no issuer", "login-incomplete", without("iss")],
  ["no target", "login-incomplete", without("target_link_uri")],
  ["no hint of who signs in", "login-incomplete", without("login_hint")],
  ["an endless hint", "login-incomplete", replaced("lti_message_hint", "x".repeat(9000))],
  ["a target elsewhere", "login-target-foreign", replaced("target_link_uri", `${EVIL}/lti/launch`)],
  [
    "a target without a scheme",
    "login-target-foreign",
    replaced("target_link_uri", "//evil.example/lti/launch"),
  ],
  [
    "a target with backslashes",
    "login-target-foreign",
    replaced("target_link_uri", "https:\\\\evil.example\\lti"),
  ],
  [
    "a target that is a script",
    "login-target-foreign",
    replaced("target_link_uri", "javascript:alert(1)"),
  ],
  [
    "a target behind userinfo",
    "login-target-foreign",
    replaced("target_link_uri", (world) =>
      targetOf(world).replace(/(:\/\/[^/]+)/, "$1@evil.example"),
    ),
  ],
  [
    "a target on a host that only begins like ours",
    "login-target-foreign",
    replaced("target_link_uri", (world) =>
      targetOf(world).replace(/(:\/\/[^/]+)/, "$1.evil.example"),
    ),
  ],
  [
    "a target that climbs out by dots",
    "login-target-foreign",
    replaced("target_link_uri", (world) => `${targetOf(world)}/../../elsewhere`),
  ],
  [
    "a target with an encoded climb",
    "login-target-foreign",
    replaced("target_link_uri", (world) => `${targetOf(world)}%2f..%2felsewhere`),
  ],
  [
    "a target with a line break in it",
    "login-target-foreign",
    replaced("target_link_uri", (world) => `${targetOf(world)}\r\nset-cookie: a=b`),
  ],
];

/** Logins that no LMS of ours begins, or that would lead elsewhere. */
export const loginAttacks: Attack[] = logins.map(([what, code, change]) => ({
  name: `a login with ${what}`,
  code,
  accepted: 302,
  act: async (world, isFaulty) => {
    const good = Object.entries(loginParameters(world));
    await world.mark();
    const form = isFaulty ? change(good, world) : good;
    return await send({ origin: world.origin, path: world.loginPath, form });
  },
}));
