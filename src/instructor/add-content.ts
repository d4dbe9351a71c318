import { randomUUID } from "node:crypto";
import { ToolError } from "../errors.js";
import type { Launch } from "../launch/launch.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import type { ToolKeys } from "../platforms/tool-keys.js";
import { type Choice, contentItemOf } from "./content-item.js";
import { deepLinkingResponse } from "./deep-linking-response.js";

export type AddContentNeeds = {
  platforms: Pick<PlatformStore, "findById">;
  deployments: Pick<DeploymentStore, "listByPlatform">;
  toolKeys: Pick<ToolKeys, "sign">;
  /** Where launches of our links go. */
  launchUrl: string;
  now: () => Date;
};

/** A signed message that the person's browser carries back to the LMS. */
export type SignedAnswer = { returnUrl: string; jwt: string };

/**
 * Answers a Deep Linking request with the chosen links.
 * @throws ToolError not-found when the visit is not for adding content, or its LMS is gone
 */
export async function addContent(
  needs: AddContentNeeds,
  launch: Launch,
  choices: Choice[],
): Promise<SignedAnswer> {
  const { deepLinking, organisationId, platformId, deploymentRecordId } = launch;
  const [platform, deployments] = await Promise.all([
    needs.platforms.findById(platformId),
    needs.deployments.listByPlatform(organisationId, platformId),
  ]);
  const deployment = deployments.find(({ id }) => id === deploymentRecordId);
  if (deepLinking === undefined || platform === undefined || deployment === undefined)
    throw new ToolError("not-found");
  const claims = deepLinkingResponse({
    clientId: platform.clientId,
    issuer: platform.issuer,
    deploymentId: deployment.deploymentId,
    data: deepLinking.data,
    items: choices.map((choice) => contentItemOf(choice, needs.launchUrl)),
    nonce: randomUUID(),
    now: needs.now(),
  });
  return { returnUrl: deepLinking.returnUrl, jwt: await needs.toolKeys.sign(claims) };
}
