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
 * Registers an LMS by hand, with its first deployment approved. (issuer, client ID) is registered
 * once, whoever's it is.
 */
export async function registerPlatform(
  needs: Needs,
  organisationId: string,
  form: PlatformForm & { acceptsAnyDeployment?: boolean },
): Promise<{ kind: "registered"; platform: Platform } | { kind: "already-registered" }> {
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
    return { kind: "already-registered" };
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
  return { kind: "registered", platform };
}
