import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { Deployment } from "../platforms/platform.js";
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
  const { platform, claims } = verified;
  const isLetIn =
    platform.acceptsAnyDeployment ||
    (platform.awaitsFirstDeployment === true &&
      (await needs.platforms.takeFirstDeployment(platform.id)));
  const deployment = await needs.deployments.ensure({
    platformId: platform.id,
    deploymentId: claims.deploymentId,
    organisationId: platform.organisationId,
    status: isLetIn ? "approved" : "pending",
    at: needs.now(),
  });
  if (deployment.status === "approved") return deployment;
  const approved = isLetIn
    ? await needs.deployments.approve(deployment.organisationId, deployment.id)
    : undefined;
  return approved ?? fault("launch-deployment-pending");
}
