import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { Deployment, Platform } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import type { LaunchStore } from "./launch-store.js";
import { findAttemptFault } from "./use-attempt.js";
import { type Fault, fault, type VerifiedLaunch } from "./verify-launch.js";

export type FindDeploymentNeeds = {
  platforms: Pick<PlatformStore, "takeFirstDeployment">;
  deployments: Pick<DeploymentStore, "approve" | "ensure">;
  launches: Pick<LaunchStore, "findAttempt" | "open">;
  now: () => Date;
};

/** Why nobody is let in from a deployment; undefined when people are. */
export function faultOfDeployment(
  deployment: Pick<Deployment, "status"> | undefined,
): Fault | undefined {
  if (deployment?.status === "approved") return undefined;
  const isClosed = deployment?.status === "closed";
  return fault(isClosed ? "launch-deployment-closed" : "launch-deployment-pending");
}

/** Whether a deployment that nobody has decided about is let in by its launch. */
const isLetInUnasked = async (needs: FindDeploymentNeeds, platform: Platform): Promise<boolean> =>
  platform.acceptsAnyDeployment ||
  (platform.awaitsFirstDeployment === true &&
    (await needs.platforms.takeFirstDeployment(platform.id)));

/**
 * The deployment, when launches from it are let in. An unknown one is noted for an administrator to
 * approve: only for a launch with nothing else wrong, as anybody can make up a state.
 */
export async function findDeployment(
  needs: FindDeploymentNeeds,
  verified: VerifiedLaunch,
  known: Deployment | undefined,
): Promise<Deployment | Fault> {
  if (known?.status === "approved") return known;
  const attemptFault = await findAttemptFault(needs, verified);
  if (attemptFault !== undefined) return attemptFault;
  if (known?.status === "closed") return fault("launch-deployment-closed");
  const { platform, claims } = verified;
  const isLetIn = await isLetInUnasked(needs, platform);
  const deployment = await needs.deployments.ensure({
    platformId: platform.id,
    deploymentId: claims.deploymentId,
    organisationId: platform.organisationId,
    status: isLetIn ? "approved" : "pending",
    at: needs.now(),
  });
  const stands =
    isLetIn && deployment.status === "pending"
      ? await needs.deployments.approve(deployment.organisationId, deployment.id)
      : deployment;
  // Not there: somebody has closed it at this moment.
  return stands === undefined
    ? fault("launch-deployment-closed")
    : (faultOfDeployment(stands) ?? stands);
}
