import type { ErrorCode } from "../errors.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { Platform } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { faultOfDeployment } from "./find-deployment.js";
import { claimUrls, type ReadNotice, readNotice } from "./lti-claims.js";
import { hashSecret } from "./login-attempt.js";
import type { ReceivedNotice, ReceivedNoticeStore } from "./received-notice-store.js";
import {
  fault,
  faultOfSigned,
  type RefusedLaunch,
  verifySigned,
  type VerifyLaunchNeeds,
} from "./verify-launch.js";

/** A genuine notice and whose it is. */
export type AcceptedNotice = {
  kind: "accepted";
  notice: ReadNotice;
  platform: Platform;
  organisationId: string;
  /** To be remembered once it is handled, not before: what dies in between is sent again. */
  received: ReceivedNotice;
};

export type AcceptNoticeNeeds = Pick<VerifyLaunchNeeds, "keys" | "now"> & {
  platforms: VerifyLaunchNeeds["platforms"] & Pick<PlatformStore, "findById">;
  deployments: Pick<DeploymentStore, "find">;
  receivedNotices: Pick<ReceivedNoticeStore, "has">;
};

/** Longer than any notice is valid, so that none is taken twice. */
const REMEMBERED_MS = 25 * 60 * 60_000;
/** A notice is signed when it is sent; a longer life would outlast our memory of it. */
const LONGEST_LIFE_SECONDS = 24 * 60 * 60;

/**
 * Verifies a notice (LTI Platform Notification Service 1.0) as launches are verified: signed by a
 * key of a registration, for us, in time, of an approved deployment, and not handled already.
 */
export async function acceptNotice(
  needs: AcceptNoticeNeeds,
  jwt: string,
): Promise<AcceptedNotice | RefusedLaunch> {
  const signed = await verifySigned(needs, jwt);
  if (signed.kind === "refused") return signed;
  const { platform, payload } = signed;
  const refused = (code: ErrorCode, detail?: string): RefusedLaunch => ({
    kind: "refused",
    platform,
    ...fault(code, detail),
  });
  const wrong = faultOfSigned(payload, platform, needs.now());
  if (wrong !== undefined) return { kind: "refused", platform, ...wrong };
  if (Number(payload["exp"]) - Number(payload["iat"]) > LONGEST_LIFE_SECONDS) {
    return refused("launch-expired", "valid for too long");
  }
  if (payload[claimUrls.version] !== "1.3.0") return refused("launch-version-unsupported");
  const notice = readNotice(payload);
  if (notice === undefined) return refused("launch-claim-missing", "notice");
  // What is remembered of a registration only led here; whether it still stands is asked afresh.
  const [known, deployment] = await Promise.all([
    needs.platforms.findById(platform.id),
    needs.deployments.find(platform.id, notice.deploymentId),
  ]);
  if (known === undefined) return refused("launch-platform-unknown");
  if (known.hostsToApprove !== undefined) return refused("launch-hosts-pending");
  const notLetIn = faultOfDeployment(deployment);
  if (deployment === undefined || notLetIn !== undefined) {
    return { kind: "refused", platform, ...(notLetIn ?? fault("launch-deployment-pending")) };
  }
  const received = {
    id: hashSecret(JSON.stringify([platform.id, notice.id])),
    expiresAt: new Date(needs.now().getTime() + REMEMBERED_MS),
  };
  if (await needs.receivedNotices.has(received.id)) {
    return refused("launch-already-used", "notice");
  }
  const { organisationId } = deployment;
  return { kind: "accepted", notice, platform, organisationId, received };
}
