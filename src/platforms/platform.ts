import { readUrl } from "../read-url.js";

/** Which habits an LMS has; found from its issuer, its registration or its launches. */
export type PlatformFamily = "canvas" | "moodle" | "other";

/**
 * A registration of Rosette at an LMS: unique by (issuer, client id). All hosted Canvas schools
 * share one issuer, and each course tool of a Moodle has a client id of its own.
 */
export type Platform = {
  id: string;
  /** Whose administrators look after the registration and approve its deployments. */
  organisationId: string;
  name: string;
  issuer: string;
  clientId: string;
  /** Where a sign-in goes on (OIDC authorization endpoint). */
  authorizationUrl: string;
  /** Where access tokens for the LMS' parts come from (OAuth 2 token endpoint). */
  tokenUrl: string;
  /** Audience of our token requests where it is not the token endpoint's address (LTI Security
   * Framework 1.1 §4.1.1); Brightspace and Blackboard name another. */
  tokenAudience: string | undefined;
  /** Where the LMS publishes the keys it signs with. */
  jwksUrl: string;
  family: PlatformFamily;
  /** Any deployment may launch: for a registration that only one institution can deploy. */
  acceptsAnyDeployment: boolean;
  /** The very first deployment that launches is taken: the LMS has not named one yet. */
  awaitsFirstDeployment?: boolean;
  /** Hosts of which an administrator has to say that they belong together; nobody launches before. */
  hostsToApprove?: string[] | undefined;
  createdAt: Date;
};

/**
 * One place in an LMS where a registration is deployed: unique by (platform, deployment id).
 * Launches from it are refused unless it is approved.
 */
export type Deployment = {
  id: string;
  platformId: string;
  /** `deployment_id` of the launches, as the LMS names it. */
  deploymentId: string;
  /** Whose it is when approved; while pending, whose administrators may approve it. */
  organisationId: string;
  /** `closed`: an administrator lets nobody in from there, and has not to be asked again. */
  status: "approved" | "pending" | "closed";
  firstSeenAt: Date;
};

const families: readonly PlatformFamily[] = ["canvas", "moodle"];

/** The family behind a `product_family_code`, or behind the issuer when there is none. */
export function familyOf(issuer: string, productFamilyCode?: string): PlatformFamily {
  const named = families.find((family) => family === productFamilyCode?.toLowerCase());
  if (named !== undefined) return named;
  return /^https:\/\/canvas(\.(beta|test))?\.instructure\.com$/.test(issuer) ? "canvas" : "other";
}

/** The origin of an http(s) address, undefined for anything else. */
function originOf(address: string | undefined): string | undefined {
  const url = address === undefined ? undefined : readUrl(address);
  return url?.protocol === "https:" || url?.protocol === "http:" ? url.origin : undefined;
}

/** Origins, each once, of those addresses that have one. */
export const originsOf = (addresses: readonly (string | undefined)[]): string[] => [
  ...new Set(addresses.map(originOf).filter((origin) => origin !== undefined)),
];

/** Origins at which pages of the LMS stand that may show ours in a frame. */
export const originsOfPlatform = (
  platform: Pick<Platform, "issuer" | "authorizationUrl" | "tokenUrl">,
): string[] => originsOf([platform.issuer, platform.authorizationUrl, platform.tokenUrl]);
