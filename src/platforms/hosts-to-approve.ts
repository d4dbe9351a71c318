import { isKnownHouse } from "./known-houses.js";
import type { Platform } from "./platform.js";
import { readUrl } from "../read-url.js";

type Addresses = Pick<Platform, "issuer" | "authorizationUrl" | "tokenUrl" | "jwksUrl">;

/** Every host among some addresses, each once, in order. */
export const hostsOf = (addresses: readonly string[]): string[] => [
  ...new Set(addresses.map((each) => new URL(each).host)),
];

/** Whether hosts belong together as far as we can tell: one host, or hosted Canvas. */
export const areOneHouse = (issuer: string, hosts: readonly string[]): boolean =>
  hosts.length === 1 || isKnownHouse(issuer, hosts);

/** The hosts that a registration has to do with. An issuer need not be an address. */
export const hostsOfPlatform = (platform: Addresses): string[] =>
  hostsOf(
    [platform.issuer, platform.authorizationUrl, platform.tokenUrl, platform.jwksUrl].filter(
      (each) => readUrl(each) !== undefined,
    ),
  );

/** The hosts of a registration that somebody has to know to belong together; none when they do. */
export function hostsToApprove(platform: Addresses): string[] | undefined {
  const hosts = hostsOfPlatform(platform);
  return areOneHouse(platform.issuer, hosts) ? undefined : hosts;
}
