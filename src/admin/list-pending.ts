import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { Deployment, Platform } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";

export type ListPendingNeeds = {
  deployments: Pick<DeploymentStore, "listPending">;
  platforms: Pick<PlatformStore, "findById">;
};

/** A deployment nobody has let in yet, and the registration it is one of. */
export type PendingDeployment = { deployment: Deployment; platform: Platform | undefined };

/** Those that wait; they may stand at a registration that another organisation looks after. */
export async function listPending(
  needs: ListPendingNeeds,
  organisationId: string,
): Promise<PendingDeployment[]> {
  const deployments = await needs.deployments.listPending(organisationId);
  const platformIds = [...new Set(deployments.map(({ platformId }) => platformId))];
  const found = await Promise.all(
    platformIds.map(async (id) => await needs.platforms.findById(id)),
  );
  return deployments.map((deployment) => ({
    deployment,
    platform: found.find((platform) => platform?.id === deployment.platformId),
  }));
}

/** Whether an administrator has to decide: otherwise its next launch lets it in. */
export const isToDecide = ({ platform }: PendingDeployment): boolean =>
  platform?.acceptsAnyDeployment !== true;
