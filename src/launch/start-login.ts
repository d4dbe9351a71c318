import type { ErrorCode } from "../errors.js";
import type { Platform } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { attemptIdOf, attemptLifetimeMs, hashSecret, newSecret } from "./login-attempt.js";
import type { LaunchStore } from "./launch-store.js";
import { type PlatformStorage, storageKeyOf, storageOf } from "./platform-storage.js";
import { isOurTarget, launchUrlOf } from "./target-link.js";

/** The parameters of a third-party-initiated login (LTI Core 1.3 §4.1.1, Security 1.1 §5.1.1.1). */
export type LoginRequest = {
  iss: string;
  login_hint: string;
  target_link_uri: string;
  lti_message_hint: string;
  client_id: string;
  lti_deployment_id: string;
  lti_storage_target: string;
};

export type LoginOutcome =
  | {
      kind: "begun";
      /** Where the browser goes next: the LMS' authorization endpoint. */
      redirectUrl: string;
      state: string;
      /** What the browser must hold when it comes back. */
      browserSecret: string;
      /** Where the LMS can keep that secret as well. */
      storage: (PlatformStorage & { key: string }) | undefined;
    }
  | { kind: "refused"; code: ErrorCode; platform: Platform | undefined };

type Needs = {
  platforms: Pick<
    PlatformStore,
    "findByRegistration" | "recallByRegistration" | "listSomeByIssuer"
  >;
  launches: Pick<LaunchStore, "begin">;
  publicUrl: string;
  now: () => Date;
};

/** Longer parameters are no sign-in. */
const LONGEST_PARAMETER = 8192;

async function findPlatform(
  needs: Needs,
  request: LoginRequest,
): Promise<Platform | "login-platform-unknown" | "login-client-ambiguous"> {
  if (request.client_id !== "") {
    const { iss, client_id: clientId } = request;
    const found = await needs.platforms.recallByRegistration(iss, clientId);
    const known =
      found?.hostsToApprove === undefined
        ? found
        : await needs.platforms.findByRegistration(iss, clientId);
    return known ?? "login-platform-unknown";
  }
  const [first, second] = await needs.platforms.listSomeByIssuer(request.iss);
  if (second !== undefined) return "login-client-ambiguous";
  return first ?? "login-platform-unknown";
}

const isComplete = (request: LoginRequest): boolean =>
  request.iss !== "" &&
  request.login_hint !== "" &&
  request.target_link_uri !== "" &&
  Object.values(request).every((value) => value.length <= LONGEST_PARAMETER);

/**
 * Answers a login that an LMS begins: remembers one attempt and says where the browser goes on
 * (OIDC authentication request, LTI Security Framework 1.1 §5.1.1.2). Our redirect_uri is always
 * the one launch address.
 */
export async function startLogin(needs: Needs, request: LoginRequest): Promise<LoginOutcome> {
  const refused = (code: ErrorCode, platform?: Platform): LoginOutcome => ({
    kind: "refused",
    code,
    platform,
  });
  if (!isComplete(request)) return refused("login-incomplete");
  const platform = await findPlatform(needs, request);
  if (typeof platform === "string") return refused(platform);
  // Nobody is sent on to a host that nobody has approved.
  if (platform.hostsToApprove !== undefined) return refused("launch-hosts-pending", platform);
  if (!isOurTarget(request.target_link_uri, needs.publicUrl)) {
    return refused("login-target-foreign", platform);
  }

  const [state, nonce, browserSecret] = [newSecret(), newSecret(), newSecret()];
  const id = attemptIdOf(state);
  const storage = storageOf(platform, request.lti_storage_target);
  await needs.launches.begin({
    id,
    nonceHash: hashSecret(nonce),
    browserHash: hashSecret(browserSecret),
    platformId: platform.id,
    targetLinkUri: request.target_link_uri,
    deploymentId: request.lti_deployment_id === "" ? undefined : request.lti_deployment_id,
    ...(storage === undefined ? {} : { storageTarget: storage.target }),
    expiresAt: new Date(needs.now().getTime() + attemptLifetimeMs),
  });

  const next = new URL(platform.authorizationUrl);
  const parameters = {
    scope: "openid",
    response_type: "id_token",
    response_mode: "form_post",
    prompt: "none",
    client_id: platform.clientId,
    redirect_uri: launchUrlOf(needs.publicUrl),
    login_hint: request.login_hint,
    ...(request.lti_message_hint === "" ? {} : { lti_message_hint: request.lti_message_hint }),
    state,
    nonce,
  };
  for (const [name, value] of Object.entries(parameters)) next.searchParams.set(name, value);
  const kept = storage === undefined ? undefined : { ...storage, key: storageKeyOf(id) };
  return { kind: "begun", redirectUrl: next.href, state, browserSecret, storage: kept };
}
