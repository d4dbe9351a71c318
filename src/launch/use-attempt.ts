import type { AttemptKey, LoginAttempt } from "./login-attempt.js";
import type { LaunchStore, Opening } from "./launch-store.js";
import { storageKeyOf, storageOf } from "./platform-storage.js";
import { type Fault, fault, type VerifiedLaunch } from "./verify-launch.js";

type Needs = { launches: Pick<LaunchStore, "findAttempt" | "open">; now: () => Date };

type KnownAttempt = LoginAttempt & { isUsed: boolean };

/** Check 15: the launch asks for what the login asked for. */
function faultOfChange(attempt: KnownAttempt, { targetLinkUri, deploymentId }: AttemptKey) {
  if (targetLinkUri !== undefined && targetLinkUri !== attempt.targetLinkUri) {
    return fault("launch-target-wrong", "another than at login");
  }
  return attempt.deploymentId !== undefined && attempt.deploymentId !== deploymentId
    ? fault("launch-deployment-wrong")
    : undefined;
}

/**
 * Check 14: state, nonce, browser and platform belong to one attempt that was begun here, is not
 * older than ten minutes and was not used.
 */
function faultOfAttempt(
  attempt: KnownAttempt | undefined,
  verified: VerifiedLaunch,
  now: Date,
): Fault | undefined {
  if (attempt === undefined || attempt.expiresAt <= now) return fault("launch-state-unknown");
  if (attempt.isUsed) return fault("launch-already-used");
  const { browserHash, ...key } = verified.attempt;
  if (browserHash === undefined) {
    const storage = storageOf(verified.platform, attempt.storageTarget);
    const storageKey = storageKeyOf(attempt.id);
    return {
      code: "launch-cookie-missing",
      ...(storage && { storage: { ...storage, key: storageKey } }),
    };
  }
  if (attempt.browserHash !== browserHash) return fault("launch-browser-wrong");
  if (attempt.platformId !== key.platformId) return fault("launch-nonce-wrong", "platform");
  if (attempt.nonceHash !== key.nonceHash) return fault("launch-nonce-wrong", "nonce");
  return faultOfChange(attempt, { ...key, browserHash });
}

/** What is wrong with the attempt of a launch, as things stand now; undefined: nothing. */
export async function findAttemptFault(
  needs: Needs,
  verified: VerifiedLaunch,
): Promise<Fault | undefined> {
  const attempt = await needs.launches.findAttempt(verified.attempt.id);
  return faultOfAttempt(attempt, verified, needs.now());
}

/**
 * Uses the attempt of a launch up and opens the launch, in one write and once. Only after everything
 * else is good, so that nobody can use up another's attempt.
 */
export async function openLaunch(
  needs: Needs,
  verified: VerifiedLaunch,
  opening: Opening,
): Promise<Fault | undefined> {
  const { browserHash } = verified.attempt;
  const isOpen =
    browserHash !== undefined &&
    (await needs.launches.open({ ...verified.attempt, browserHash }, opening, needs.now()));
  if (isOpen) return undefined;
  // Whoever finds nothing wrong any more comes at the same moment as the one who was let in.
  return (await findAttemptFault(needs, verified)) ?? fault("launch-already-used");
}
