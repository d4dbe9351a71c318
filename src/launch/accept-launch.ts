import { type Account, learnerIdOf } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import {
  type Deployment,
  originsOf,
  originsOfPlatform,
  type Platform,
} from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { newId } from "../stored-record.js";
import { findDeployment, type FindDeploymentNeeds } from "./find-deployment.js";
import { landingPageOf, mayBecomeAdministrator } from "./landing.js";
import { type Launch, launchLifetimeMs } from "./launch.js";
import type { Opening } from "./launch-store.js";
import { hashSecret, newSecret } from "./login-attempt.js";
import type { ReadClaims } from "./lti-claims.js";
import { noteLaunch, type NoteLaunchNeeds } from "./note-launch.js";
import { claimsAdministrator, courseRolesOf, isTestUser } from "./roles.js";
import { newSession, ticketLifetimeMs } from "./session.js";
import { openLaunch } from "./use-attempt.js";
import { type Fault, fault, type RefusedLaunch, type VerifiedLaunch } from "./verify-launch.js";
import type { Visit } from "./visit.js";

/** An LMS course, as later chapters ask what is known of it. */
export type CourseKey = {
  organisationId: string;
  issuer: string;
  contextId: string;
  /** Who launches. */
  sub: string;
};

export type AcceptLaunchNeeds<Course> = FindDeploymentNeeds &
  NoteLaunchNeeds<Course> & {
    platforms: Pick<PlatformStore, "findById">;
    deployments: Pick<DeploymentStore, "find" | "recallOrganisation">;
    accounts: Pick<AccountStore, "findPerson">;
    /** What later chapters know of the LMS course; reads are gathered with ours. */
    findCourse: (about: CourseKey) => Promise<Course>;
    hasAdministrators: (organisationId: string) => Promise<boolean>;
    sessionIdleMs: number;
  };

/** What is known of the browser; `previousToken` of the session it had, which ends here. */
export type LaunchingBrowser =
  { keepsCookies: true; previousToken: string | undefined } | { keepsCookies: false };

export type AcceptedLaunch =
  | {
      kind: "accepted";
      launch: Launch;
      /** For the session cookie. */
      sessionToken: string;
      /** The page to begin with, below `/l/:launchId`. */
      landing: string;
    }
  | { kind: "accepted-without-cookies"; launch: Launch; /** For a new window. */ ticket: string };

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
  { platform, claims, attempt }: VerifiedLaunch,
  who: { deployment: Deployment; accountId: string },
  at: Date,
): Launch {
  return {
    id: attempt.id,
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
    noticeService: claims.noticeService,
    locale: claims.locale,
    returnUrl: claims.returnUrl,
    launchedAt: at,
  };
}

/**
 * Everything that is known of where a launch comes from and of who launches, in one command: whose
 * the deployment was a moment ago lets us ask for the rest together with it.
 */
async function readKnown<Course>(needs: AcceptLaunchNeeds<Course>, verified: VerifiedLaunch) {
  const { platform: remembered, claims } = verified;
  const { deploymentId, sub, context } = claims;
  const organisationId =
    (await needs.deployments.recallOrganisation(remembered.id, deploymentId)) ??
    remembered.organisationId;
  const { issuer } = remembered;
  const [platform, deployment, person, course] = await Promise.all([
    needs.platforms.findById(remembered.id),
    needs.deployments.find(remembered.id, deploymentId),
    needs.accounts.findPerson({ organisationId, issuer, sub }),
    context === undefined
      ? undefined
      : needs.findCourse({ organisationId, issuer, contextId: context.id, sub }),
  ]);
  return { organisationId, platform, deployment, person, course };
}

/** How the browser goes on: with a cookie, or in a new window where it keeps none here. */
function wayOn(needs: { sessionIdleMs: number }, browser: LaunchingBrowser, now: Date) {
  if (browser.keepsCookies) {
    const { session, token } = newSession(browser.previousToken, {
      now,
      idleMs: needs.sessionIdleMs,
    });
    return { kept: { session }, sessionToken: token } as const;
  }
  const ticket = newSecret();
  const expiresAt = new Date(now.getTime() + ticketLifetimeMs);
  return { kept: { ticket: { hash: hashSecret(ticket), expiresAt } }, ticket } as const;
}

async function landingOf<Course>(
  needs: AcceptLaunchNeeds<Course>,
  launch: Launch,
  who: { account: Account; isAdministrator: boolean },
): Promise<string> {
  const { account, isAdministrator } = who;
  const visit: Visit = { launch, account, learnerId: learnerIdOf(account), isAdministrator };
  const mayClaim =
    mayBecomeAdministrator(visit, true) ||
    (mayBecomeAdministrator(visit, false) &&
      !(await needs.hasAdministrators(launch.organisationId)));
  return mayClaim ? "/claim" : landingPageOf(visit);
}

/**
 * Lets a verified launch in. One write uses its attempt up, opens the launch and starts the session;
 * what the launch tells us that is new (a person, a name, an LMS course) is written after it and
 * before anybody is answered, so that no page opens on half of it. All of that can be repeated.
 */
export async function acceptLaunch<Course>(
  needs: AcceptLaunchNeeds<Course>,
  given: VerifiedLaunch,
  browser: LaunchingBrowser,
): Promise<AcceptedLaunch | RefusedLaunch | "registration-changed"> {
  const known = await readKnown(needs, given);
  const refused = (why: Fault, platform?: Platform): RefusedLaunch => ({
    ...{ kind: "refused", platform, ...why },
  });
  const { platform } = known;
  if (platform === undefined) return refused(fault("launch-platform-unknown"));
  if (platform.jwksUrl !== given.platform.jwksUrl) return "registration-changed";
  if (platform.hostsToApprove !== undefined)
    return refused(fault("launch-hosts-pending"), platform);
  const verified = { ...given, platform };

  const deployment = await findDeployment(needs, verified, known.deployment);
  if ("code" in deployment) return refused(deployment, platform);
  if (deployment.organisationId !== known.organisationId) return "registration-changed";
  const { person } = known;

  const now = needs.now();
  const accountId = person?.account.id ?? newId();
  const launch = describeLaunch(verified, { deployment, accountId }, now);
  const way = wayOn(needs, browser, now);
  const opening: Opening = {
    kept: {
      id: launch.id,
      organisationId: launch.organisationId,
      accountId,
      platformId: platform.id,
      launch,
      csrfToken: newSecret(),
      frameOrigins: frameOriginsOf(platform, verified.claims),
      expiresAt: new Date(now.getTime() + launchLifetimeMs),
    },
    ...way.kept,
  };
  const attemptFault = await openLaunch(needs, verified, opening);
  if (attemptFault !== undefined) return refused(attemptFault, platform);

  const noted = await noteLaunch(needs, verified, { launch, person, course: known.course });
  if (way.ticket !== undefined) {
    return { kind: "accepted-without-cookies", launch: noted.launch, ticket: way.ticket };
  }
  const isAdministrator = person?.isGranted === true && launch.claimsAdministrator;
  const landing = await landingOf(needs, noted.launch, { ...noted, isAdministrator });
  return { kind: "accepted", launch: noted.launch, sessionToken: way.sessionToken, landing };
}
