import { randomUUID } from "node:crypto";
import { ToolError } from "../errors.js";
import { resourceIdOf } from "../exams/line-item.js";
import type { LineItemStore } from "../exams/line-item-store.js";
import type { LmsGradesClient } from "../exams/lms-grades-client.js";
import type { Launch } from "../launch/launch.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import type { ToolKeys } from "../platforms/tool-keys.js";
import { type Choice, type ContentItem, contentItemOf } from "./content-item.js";
import { deepLinkingResponse } from "./deep-linking-response.js";

export type AddContentNeeds = {
  platforms: Pick<PlatformStore, "findById">;
  deployments: Pick<DeploymentStore, "listByPlatform">;
  toolKeys: Pick<ToolKeys, "sign">;
  lineItems: Pick<LineItemStore, "findFor">;
  grades: Pick<LmsGradesClient, "findLineItem">;
  /** Where launches of our links go. */
  launchUrl: string;
  now: () => Date;
};

/** A signed message that the person's browser carries back to the LMS. */
export type SignedAnswer = { returnUrl: string; jwt: string };

/**
 * Whether a line item is sent along. Not where the exam has a column already, as the LMS would
 * make a second one; nor when the LMS does not answer: a missing column is made at the exam's
 * first opening.
 */
async function takesColumn(
  needs: Pick<AddContentNeeds, "lineItems" | "grades">,
  { organisationId, platformId, context, grading, deepLinking }: Launch,
  examId: string,
): Promise<boolean> {
  if (deepLinking?.acceptLineItem === false) return false;
  if (context === undefined || grading?.lineItemsUrl === undefined) return true;
  const key = { organisationId, platformId, contextId: context.id, examId };
  if ((await needs.lineItems.findFor(key)) !== undefined) return false;
  const at = { platformId, lineItemsUrl: grading.lineItemsUrl };
  try {
    return (await needs.grades.findLineItem(at, resourceIdOf(examId))) === undefined;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}

const itemOf = async (
  needs: AddContentNeeds,
  launch: Launch,
  choice: Choice,
): Promise<ContentItem> => {
  const { launchUrl } = needs;
  const isGraded = choice.kind === "exam" && (await takesColumn(needs, launch, choice.exam.id));
  return contentItemOf(choice, { launchUrl, takesColumn: isGraded });
};

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
    items: await Promise.all(choices.map(async (choice) => await itemOf(needs, launch, choice))),
    nonce: randomUUID(),
    now: needs.now(),
  });
  return {
    returnUrl: deepLinking.returnUrl,
    jwt: await needs.toolKeys.sign(claims, launch.platformId),
  };
}
