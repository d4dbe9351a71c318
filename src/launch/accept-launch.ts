import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import {
  type Deployment,
  familyOf,
  originsOf,
  originsOfPlatform,
  type Platform,
} from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { newId } from "../stored-record.js";
import { hashSecret, newSecret } from "./login-attempt.js";
import { type Launch, launchLifetimeMs } from "./launch.js";
import type { LaunchStore } from "./launch-store.js";
import type { ReadClaims } from "./lti-claims.js";
import { claimsAdministrator, courseRolesOf, isTestUser } from "./roles.js";
import { openSession, type OpenSessionNeeds } from "./open-session.js";
import { ticketLifetimeMs } from "./ticket.js";
import type { TicketStore } from "./ticket-store.js";
import type { RefusedLaunch, VerifiedLaunch } from "./verify-launch.js";

type Needs = OpenSessionNeeds & {
  platforms: Pick<PlatformStore, "noteFamily" | "takeFirstDeployment">;
  deployments: Pick<DeploymentStore, "approve" | "ensure" | "find">;
  accounts: Pick<AccountStore, "findOrCreate">;
  profiles: Pick<ProfileStore, "noteFromLms">;
  launches: Pick<LaunchStore, "add">;
  tickets: Pick<TicketStore, "add">;
  /** Told of every accepted launch before its pages can be opened; for later chapters. */
  noteLaunch: (launch: Launch) => Promise<void>;
  /** Told when the LMS has sent a name that was not known before; for later chapters. */
  nameArrived: (about: { organisationId: string; accountId: string }) => Promise<void>;
};

/** What is known of the browser; `previousToken` of the session it had, which ends here. */
export type LaunchingBrowser =
  { keepsCookies: true; previousToken: string | undefined } | { keepsCookies: false };

export type AcceptedLaunch =
  | { kind: "accepted"; launch: Launch; /** For the session cookie. */ sessionToken: string }
  | { kind: "accepted-without-cookies"; launch: Launch; /** For a new window. */ ticket: string };

/** The deployment, when launches from it are let in. An unknown one is noted for approval. */
async function findDeployment(
  needs: Needs,
  { platform, claims }: VerifiedLaunch,
): Promise<Deployment | undefined> {
  const { deploymentId } = claims;
  const known = await needs.deployments.find(platform.id, deploymentId);
  if (known?.status === "approved") return known;
  const isLetIn =
    platform.acceptsAnyDeployment ||
    (platform.awaitsFirstDeployment === true &&
      (await needs.platforms.takeFirstDeployment(platform.id)));
  const deployment = await needs.deployments.ensure({
    platformId: platform.id,
    deploymentId,
    organisationId: platform.organisationId,
    status: isLetIn ? "approved" : "pending",
    at: needs.now(),
  });
  if (deployment.status === "approved") return deployment;
  return isLetIn
    ? await needs.deployments.approve(deployment.organisationId, deployment.id)
    : undefined;
}

/** Hosted Canvas signs as one issuer and frames us from the school's own host. */
const frameOriginsOf = (platform: Platform, claims: ReadClaims): string[] =>
  originsOf([
    ...originsOfPlatform(platform),
    claims.returnUrl,
    claims.deepLinking?.returnUrl,
    claims.grading?.lineItemsUrl,
    claims.grading?.lineItemUrl,
    claims.roster?.membershipsUrl,
  ]);

const messages = {
  LtiResourceLinkRequest: "resource-link",
  LtiDeepLinkingRequest: "deep-linking",
  LtiSubmissionReviewRequest: "submission-review",
} as const;

function describeLaunch(
  { platform, claims }: VerifiedLaunch,
  who: { deployment: Deployment; accountId: string },
  at: Date,
): Launch {
  return {
    id: newId(),
    organisationId: who.deployment.organisationId,
    platformId: platform.id,
    issuer: platform.issuer,
    deploymentRecordId: who.deployment.id,
    accountId: who.accountId,
    message: messages[claims.messageType],
    courseRoles: courseRolesOf(claims.roles),
    claimsAdministrator: claimsAdministrator(claims.roles),
    isTestUser: isTestUser(claims.roles),
    context: claims.context,
    resourceLinkId: claims.resourceLinkId,
    custom: claims.custom,
    grading: claims.grading,
    roster: claims.roster,
    deepLinking: claims.deepLinking,
    forUserSub: claims.forUserSub,
    mentoredSubs: claims.mentoredSubs,
    locale: claims.locale,
    returnUrl: claims.returnUrl,
    launchedAt: at,
  };
}

/** How the browser goes on: with a cookie, or in a new window where it keeps none here. */
async function letIn(needs: Needs, launch: Launch, browser: LaunchingBrowser) {
  if (browser.keepsCookies) {
    const sessionToken = await openSession(needs, launch, browser.previousToken);
    return { kind: "accepted", launch, sessionToken } as const;
  }
  const ticket = newSecret();
  await needs.tickets.add({
    id: hashSecret(ticket),
    organisationId: launch.organisationId,
    accountId: launch.accountId,
    launchId: launch.id,
    expiresAt: new Date(needs.now().getTime() + ticketLifetimeMs),
  });
  return { kind: "accepted-without-cookies", launch, ticket } as const;
}

async function noteFamily(needs: Needs, { platform, claims }: VerifiedLaunch): Promise<void> {
  const family = familyOf(platform.issuer, claims.productFamilyCode);
  if (claims.productFamilyCode !== undefined && family !== platform.family) {
    await needs.platforms.noteFamily(platform.id, family);
  }
}

/**
 * Lets a verified launch in: account, profile, what later chapters note, the launch and a fresh
 * session (or a ticket to one), in this order, so that a page never opens on half of it. All of it can be repeated.
 */
export async function acceptLaunch(
  needs: Needs,
  verified: VerifiedLaunch,
  browser: LaunchingBrowser,
): Promise<AcceptedLaunch | RefusedLaunch> {
  const { platform, claims } = verified;
  const deployment = await findDeployment(needs, verified);
  if (deployment === undefined) {
    return { kind: "refused", code: "launch-deployment-pending", platform };
  }
  const { organisationId } = deployment;
  const account = await needs.accounts.findOrCreate(
    { organisationId, issuer: platform.issuer, sub: claims.sub },
    needs.now(),
  );
  const launch = describeLaunch(verified, { deployment, accountId: account.id }, needs.now());
  const [{ isNewName }] = await Promise.all([
    needs.profiles.noteFromLms({ id: account.id, organisationId, ...claims.person }),
    noteFamily(needs, verified),
    needs.noteLaunch(launch),
  ]);
  if (isNewName) await needs.nameArrived({ organisationId, accountId: account.id });
  await needs.launches.add({
    id: launch.id,
    organisationId,
    accountId: account.id,
    platformId: platform.id,
    launch,
    csrfToken: newSecret(),
    frameOrigins: frameOriginsOf(platform, claims),
    expiresAt: new Date(launch.launchedAt.getTime() + launchLifetimeMs),
  });
  return await letIn(needs, launch, browser);
}
