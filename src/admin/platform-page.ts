import type { Deployment, Platform } from "../platforms/platform.js";
import { isToDecide, type PendingDeployment } from "./list-pending.js";
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
  hostsToApprove: platform.hostsToApprove ?? [],
});

/** Where a registration leads, for the audit trail. */
export const addressState = (platform: Platform) => ({
  signIn: new URL(platform.authorizationUrl).host,
  token: new URL(platform.tokenUrl).host,
  keys: new URL(platform.jwksUrl).host,
});

export const deploymentRows = (deployments: readonly Deployment[]) =>
  deployments.map(({ id, deploymentId, status }) => ({ id, deploymentId, status }));

/** A registration whose hosts nobody has approved yet. */
export const waitingCard = ({ id, name, issuer, clientId, hostsToApprove = [] }: Platform) => ({
  ...{ id, name, issuer, clientId },
  hosts: hostsToApprove,
});

export const platformCard = (platform: Platform, deployments: readonly Deployment[]) => ({
  id: platform.id,
  name: platform.name,
  family: familyLabels[platform.family],
  issuer: platform.issuer,
  clientId: platform.clientId,
  registered: dayOf(platform.createdAt),
  acceptsAnyDeployment: platform.acceptsAnyDeployment,
  isWaiting: platform.hostsToApprove !== undefined,
  deployments: deploymentRows(deployments),
});

/** Deployments nobody has let in yet; `name` is their LMS's. */
export const pendingRows = (pending: readonly PendingDeployment[]) =>
  pending.map(({ deployment, platform }) => ({
    id: deployment.id,
    deploymentId: deployment.deploymentId,
    name: platform?.name ?? "Unknown LMS",
    issuer: platform?.issuer ?? "",
    firstSeen: dayOf(deployment.firstSeenAt),
    isLetInNext: !isToDecide({ deployment, platform }),
  }));
