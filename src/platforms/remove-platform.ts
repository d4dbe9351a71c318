import type { DeploymentStore } from "./deployment-store.js";
import type { Deployment } from "./platform.js";
import type { PlatformStore } from "./platform-store.js";

type Needs = {
  platforms: Pick<PlatformStore, "remove">;
  deployments: Pick<DeploymentStore, "removeOfPlatform">;
  /** Ends every visit that came from there; visits belong to a later chapter. */
  endVisits: (from: { platformId: string; deploymentRecordId?: string }) => Promise<void>;
};

/**
 * Removes a registration: launches are refused from now on, and open visits end. What people
 * have earned through it stays. To be done in one write.
 */
export async function removePlatform(
  needs: Needs,
  organisationId: string,
  platformId: string,
): Promise<"removed" | "not-there"> {
  const outcome = await needs.platforms.remove(organisationId, platformId);
  if (outcome === "removed") {
    await needs.deployments.removeOfPlatform(platformId);
    await needs.endVisits({ platformId });
  }
  return outcome;
}

/**
 * Closes a deployment: launches from it are refused until it is opened again, and open visits end.
 * To be done in one write. undefined when it is closed already, or not the organisation's.
 */
export async function closeDeployment(
  needs: Pick<Needs, "endVisits"> & { deployments: Pick<DeploymentStore, "close"> },
  organisationId: string,
  id: string,
): Promise<Deployment | undefined> {
  const closed = await needs.deployments.close(organisationId, id);
  if (closed !== undefined) {
    await needs.endVisits({ platformId: closed.platformId, deploymentRecordId: id });
  }
  return closed;
}
