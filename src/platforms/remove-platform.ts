import type { DeploymentStore } from "./deployment-store.js";
import type { PlatformStore } from "./platform-store.js";

type Needs = {
  platforms: Pick<PlatformStore, "remove">;
  deployments: Pick<DeploymentStore, "removeOfPlatform">;
  /** Ends every visit that came from the platform; visits belong to a later chapter. */
  endVisits: (platformId: string) => Promise<void>;
};

/**
 * Removes a registration: launches are refused from now on, and open visits end. What people
 * have earned through it stays.
 */
export async function removePlatform(
  needs: Needs,
  organisationId: string,
  platformId: string,
): Promise<"removed" | "not-there"> {
  const outcome = await needs.platforms.remove(organisationId, platformId);
  if (outcome === "removed") {
    await needs.deployments.removeOfPlatform(platformId);
    await needs.endVisits(platformId);
  }
  return outcome;
}
