import type { Deployment, Platform } from "../platforms/platform.js";
import { dayOf } from "./moments.js";

const familyLabels: Record<Platform["family"], string> = {
  canvas: "Canvas",
  moodle: "Moodle",
  other: "Other LMS",
};

/** A registration as its own page shows it. */
export const platformFacts = (platform: Platform) => ({
  id: platform.id,
  family: familyLabels[platform.family],
  issuer: platform.issuer,
  clientId: platform.clientId,
  authorizationUrl: platform.authorizationUrl,
  tokenUrl: platform.tokenUrl,
  tokenAudience: platform.tokenAudience,
  jwksUrl: platform.jwksUrl,
  registered: dayOf(platform.createdAt),
  acceptsAnyDeployment: platform.acceptsAnyDeployment,
  /** Schools of hosted Canvas share an issuer, and may share a client id too. */
  isShared: platform.family === "canvas",
});

/** Where a registration leads, for the audit trail. */
export const addressState = (platform: Platform) => ({
  signIn: new URL(platform.authorizationUrl).host,
  token: new URL(platform.tokenUrl).host,
  keys: new URL(platform.jwksUrl).host,
});

export const deploymentRows = (deployments: readonly Deployment[]) =>
  deployments.map(({ deploymentId, status }) => ({ deploymentId, status }));

export const platformCard = (platform: Platform, deployments: readonly Deployment[]) => ({
  id: platform.id,
  name: platform.name,
  family: familyLabels[platform.family],
  issuer: platform.issuer,
  clientId: platform.clientId,
  registered: dayOf(platform.createdAt),
  acceptsAnyDeployment: platform.acceptsAnyDeployment,
  deployments: deploymentRows(deployments),
});

/** Deployments nobody has let in yet; `name` is their LMS's. */
export const pendingRows = (
  deployments: readonly Deployment[],
  platforms: ReadonlyMap<string, Platform>,
) =>
  deployments.map((deployment) => ({
    id: deployment.id,
    deploymentId: deployment.deploymentId,
    name: platforms.get(deployment.platformId)?.name ?? "Unknown LMS",
    issuer: platforms.get(deployment.platformId)?.issuer ?? "",
    firstSeen: dayOf(deployment.firstSeenAt),
    isLetInNext: platforms.get(deployment.platformId)?.acceptsAnyDeployment ?? false,
  }));
