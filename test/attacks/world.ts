import type { Claims } from "./attack.js";
import type { SimulatedPlatform } from "./simulated-platform.js";
import { type Answer, send } from "./wire.js";

/** A tool under attack, with two platforms that it knows. */
export type World = {
  origin: string;
  /** Where it thinks that it stands, when that is not `origin`. */
  publicUrl?: string;
  loginPath: string;
  launchPath: string;
  clientId: string;
  platform: SimulatedPlatform;
  otherPlatform: SimulatedPlatform;
  /** Known to the tool as well, each with a key set of its kind. */
  hostilePlatforms?: ReadonlyMap<string, SimulatedPlatform>;
  /** Which of this machine's addresses its browsers have, when that matters. */
  from?: string;
  /** What was written before this call does not count. */
  mark: () => Promise<void>;
};

export const lti = (name: string): string => `https://purl.imsglobal.org/spec/lti/claim/${name}`;

export type BegunLogin = { state: string; nonce: string; cookies: string[]; answer: Answer };

export const targetOf = (world: World): string =>
  (world.publicUrl ?? world.origin) + world.launchPath;

const wayTo = ({ origin, from }: World) => ({ origin, ...(from === undefined ? {} : { from }) });

export const loginParameters = (world: World): Record<string, string> => ({
  iss: world.platform.issuer,
  login_hint: "amara",
  target_link_uri: targetOf(world),
  lti_message_hint: "1",
  client_id: world.clientId,
  lti_deployment_id: "1",
});

/** A login as a platform begins it. */
export async function beginLogin(
  world: World,
  changes: Record<string, string> = {},
): Promise<BegunLogin> {
  const form = Object.entries({ ...loginParameters(world), ...changes });
  const answer = await send({ ...wayTo(world), path: world.loginPath, form });
  const sent =
    answer.status === 302 ? new URL(answer.location).searchParams : new URLSearchParams();
  return {
    ...{ state: sent.get("state") ?? "", nonce: sent.get("nonce") ?? "" },
    ...{ cookies: answer.cookies, answer },
  };
}

/** What a good platform says about a good learner. */
export function goodClaims(world: World, nonce: string): Claims {
  const now = Math.floor(Date.now() / 1000);
  return {
    ...{ iss: world.platform.issuer, aud: world.clientId, sub: "amara", nonce },
    ...{ iat: now, exp: now + 300, name: "Amara Okafor", given_name: "Amara" },
    [lti("version")]: "1.3.0",
    [lti("message_type")]: "LtiResourceLinkRequest",
    [lti("deployment_id")]: "1",
    [lti("target_link_uri")]: targetOf(world),
    [lti("resource_link")]: { id: "link-1", title: "Exam" },
    [lti("context")]: { id: "course-1", title: "Course" },
    [lti("roles")]: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
  };
}

/** Posts an id_token to the tool, as the browser does. */
export async function postLaunch(
  world: World,
  launch: { idToken: string; state: string; cookies: readonly string[] },
): Promise<Answer> {
  const form = [
    ["id_token", launch.idToken],
    ["state", launch.state],
  ] as const;
  return await send({
    ...{ ...wayTo(world), path: world.launchPath, cookies: launch.cookies, form },
  });
}

/** Login and launch with one change to the claims or to how they are signed. */
export async function launchWith(
  world: World,
  make: (claims: Claims) => string | Promise<string>,
): Promise<Answer> {
  const login = await beginLogin(world);
  const idToken = await make(goodClaims(world, login.nonce));
  await world.mark();
  return await postLaunch(world, { ...login, idToken });
}
