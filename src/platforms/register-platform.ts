import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import type { DeploymentStore } from "./deployment-store.js";
import { familyOf, type Platform } from "./platform.js";
import type { PlatformForm } from "./platform-form.js";
import type { PlatformStore } from "./platform-store.js";

type Needs = {
  platforms: Pick<PlatformStore, "addOnce">;
  deployments: Pick<DeploymentStore, "ensure">;
  now: () => Date;
};

/**
 * Registers an LMS by hand, with its first deployment approved; to be done in one write. (issuer,
 * client ID) is registered once, whoever's it is.
 * @throws ToolError platform-already-registered
 */
export async function registerPlatform(
  needs: Needs,
  organisationId: string,
  form: PlatformForm & Pick<Partial<Platform>, "acceptsAnyDeployment" | "hostsToApprove">,
): Promise<Platform> {
  const { deploymentId, ...registration } = form;
  const platform: Platform = {
    id: newId(),
    organisationId,
    acceptsAnyDeployment: false,
    awaitsFirstDeployment: deploymentId === undefined,
    ...registration,
    family: familyOf(form.issuer),
    createdAt: needs.now(),
  };
  if ((await needs.platforms.addOnce(platform)) === "already-there") {
    throw new ToolError("platform-already-registered");
  }
  if (deploymentId !== undefined) {
    await needs.deployments.ensure({
      platformId: platform.id,
      deploymentId,
      organisationId,
      status: "approved",
      at: needs.now(),
    });
  }
  return platform;
}
