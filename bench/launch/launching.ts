import type { SimulatedPlatform } from "../../test/attacks/simulated-platform.js";
import { send } from "../../test/attacks/wire.js";
import { goodClaims, lti } from "../../test/attacks/world.js";

/** A server that is launched into, Rosette or ltijs. */
export type Target = {
  origin: string;
  /** Where it thinks that it stands. */
  publicUrl: string;
  loginPath: string;
  launchPath: string;
  clientId: string;
};

/** Where a launch has led, with the cookies that the browser now holds. */
export type Landed = { path: string; cookies: string[]; tookMs: number };

let requests = 0;
/** Every browser has an address of its own, so that no limit per address is met. */
const fromSomewhere = (): Record<string, string> => {
  requests += 1;
  return {
    "x-forwarded-for": `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`,
  };
};

/** Login and launch of one person, as the browser makes them, up to the redirect to a page. */
export async function launchOnce(
  target: Target,
  platform: SimulatedPlatform,
  sub: string,
): Promise<Landed> {
  const { origin } = target;
  const headers = fromSomewhere();
  const targetLinkUri = target.publicUrl + target.launchPath;
  const form = Object.entries({
    iss: platform.issuer,
    login_hint: sub,
    target_link_uri: targetLinkUri,
    lti_message_hint: "1",
    client_id: target.clientId,
    lti_deployment_id: "1",
  });
  const beganLogin = performance.now();
  const login = await send({ origin, path: target.loginPath, form, headers });
  const loginMs = performance.now() - beganLogin;
  if (login.status !== 302) throw new Error(`login: ${login.status} ${login.text}`);
  const sent = new URL(login.location).searchParams;
  const claims = {
    ...goodClaims(
      { ...target, platform, otherPlatform: platform, mark: () => Promise.resolve() },
      sent.get("nonce") ?? "",
    ),
    sub,
    [lti("target_link_uri")]: targetLinkUri,
  };
  const idToken = platform.sign(claims);
  const beganLaunch = performance.now();
  const launch = await send({
    ...{ origin, path: target.launchPath, headers, cookies: login.cookies },
    form: [
      ["id_token", idToken],
      ["state", sent.get("state") ?? ""],
    ],
  });
  const tookMs = loginMs + performance.now() - beganLaunch;
  if (launch.status !== 303 && launch.status !== 302) {
    throw new Error(`launch: ${launch.status} ${launch.text}`);
  }
  const { pathname, search } = new URL(launch.location, origin);
  return { path: pathname + search, cookies: launch.cookies, tookMs };
}

/** One page of somebody who is in. */
export async function openPage(target: Target, landed: Landed): Promise<string> {
  const { origin } = target;
  const { path, cookies } = landed;
  const page = await send({ origin, path, cookies, headers: fromSomewhere() });
  if (page.status !== 200) throw new Error(`page: ${page.status} ${page.location}`);
  return page.text;
}
