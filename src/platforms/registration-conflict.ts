import { isKnownHouse } from "./known-houses.js";
import type { Platform } from "./platform.js";

type Registration = Pick<Platform, "issuer" | "clientId" | "jwksUrl" | "tokenUrl">;

/**
 * `issuer`: people of this issuer are known here, and others would now say who they are.
 * `client`: what we sign as this client would go to others, who might hand it on.
 */
export type RegistrationConflict = "issuer" | "client";

const hostOf = (address: string): string => new URL(address).host;

/** Whether two addresses of one issuer's registrations are looked after by the same people. */
const isSameHouse = (issuer: string, one: string, other: string): boolean =>
  hostOf(one) === hostOf(other) || isKnownHouse(issuer, [hostOf(one), hostOf(other)]);

/**
 * Whether a registration would let a stranger speak for an LMS that is registered already. People
 * are known by issuer and subject, so that an issuer's keys come from one house; and some LMSs do
 * not look whom a signed token request was for (Moodle), so that a client ID is ours at one house.
 * @param rivals registrations of the same issuer in the same organisation, and of the same client ID
 * in any
 */
export function findRegistrationConflict(
  wanted: Registration,
  rivals: readonly Registration[],
): RegistrationConflict | undefined {
  const { issuer, clientId, jwksUrl, tokenUrl } = wanted;
  const takesClient = rivals.some(
    (rival) => rival.clientId === clientId && !isSameHouse(issuer, tokenUrl, rival.tokenUrl),
  );
  if (takesClient) return "client";
  const takesIssuer = rivals.some(
    (rival) => rival.issuer === issuer && !isSameHouse(issuer, jwksUrl, rival.jwksUrl),
  );
  return takesIssuer ? "issuer" : undefined;
}
