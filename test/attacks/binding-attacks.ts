import type { Attack, Claims } from "./attack.js";
import type { Answer } from "./wire.js";
import { type BegunLogin, beginLogin, goodClaims, lti, postLaunch, type World } from "./world.js";

/** A launch of one's own, with what the browser posts changed when it is an attack. */
async function launchFrom(
  world: World,
  change: (own: BegunLogin, other: BegunLogin) => Partial<BegunLogin>,
): Promise<Answer> {
  const [own, other] = [await beginLogin(world), await beginLogin(world)];
  const used = { ...own, ...change(own, other) };
  const idToken = world.platform.sign(goodClaims(world, used.nonce));
  await world.mark();
  return await postLaunch(world, { ...used, idToken });
}

const made = "AAAAAAAAAAAAAAAAAAAAAA";
const bindings: [string, Attack["code"], Parameters<typeof launchFrom>[1]][] = [
  ["a state that was never given out", "launch-state-unknown", () => ({ state: made })],
  ["an operator for its state", "launch-state-unknown", () => ({ state: '{"$ne":""}' })],
  ["__proto__ for its state", "launch-state-unknown", () => ({ state: "__proto__" })],
  ["no state", "launch-state-unknown", () => ({ state: "" })],
  ["a semicolon for its state", "launch-state-unknown", () => ({ state: ";" })],
  ["no cookie of its attempt", "launch-cookie-missing", () => ({ cookies: [] })],
  [
    "another attempt's cookie alone (login CSRF)",
    "launch-cookie-missing",
    (_own, { cookies }) => ({ cookies }),
  ],
  ["another attempt's nonce", "launch-nonce-wrong", (_own, { nonce }) => ({ nonce })],
  [
    "another attempt's secret under its cookie's name (state fixation)",
    "launch-browser-wrong",
    ({ cookies: [name = ""] }, { cookies: [value = ""] }) => ({
      cookies: [`${name.split("=")[0] ?? ""}=${value.split("=")[1] ?? ""}`],
    }),
  ],
];

async function replay(world: World, isFaulty: boolean): Promise<Answer> {
  const login = await beginLogin(world);
  const posted = { ...login, idToken: world.platform.sign(goodClaims(world, login.nonce)) };
  if (isFaulty) await postLaunch(world, posted);
  await world.mark();
  return await postLaunch(world, posted);
}

/** Signed by another platform of ours, with the nonce of this one's attempt. */
async function mixUp(world: World, isFaulty: boolean): Promise<Answer> {
  const login = await beginLogin(world);
  const { platform, otherPlatform } = world;
  const signer = isFaulty ? otherPlatform : platform;
  const claims: Claims = { ...goodClaims(world, login.nonce), iss: signer.issuer };
  await world.mark();
  return await postLaunch(world, { ...login, idToken: signer.sign(claims) });
}

async function overlong(world: World, isFaulty: boolean): Promise<Answer> {
  const login = await beginLogin(world);
  const custom = { filler: "x".repeat(isFaulty ? 70_000 : 7) };
  const claims: Claims = { ...goodClaims(world, login.nonce), [lti("custom")]: custom };
  await world.mark();
  return await postLaunch(world, { ...login, idToken: world.platform.sign(claims) });
}

async function oversized(world: World, isFaulty: boolean): Promise<Answer> {
  const login = await beginLogin(world);
  const idToken = world.platform.sign(goodClaims(world, login.nonce));
  await world.mark();
  const state = isFaulty ? "x".repeat(300_000) : login.state;
  return await postLaunch(world, { ...login, state, idToken });
}

/** Launches that are not bound to one attempt, one browser, one platform, once; or far too long. */
export const bindingAttacks: Attack[] = [
  ...bindings.map(([what, code, change]): Attack => ({
    name: `a launch with ${what}`,
    code,
    act: async (world, isFaulty) =>
      await launchFrom(world, (own, other) => (isFaulty ? change(own, other) : {})),
  })),
  { name: "a launch that was used already", code: "launch-already-used", act: replay },
  { name: "a launch of another platform's (mix-up)", code: "launch-nonce-wrong", act: mixUp },
  { name: "a token of 70 kB", code: "launch-token-malformed", act: overlong },
  { name: "a body of 300 kB", code: "request-too-large", act: oversized },
];
