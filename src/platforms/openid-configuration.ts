import { z } from "zod";
import { areOneHouse, hostsOf } from "./hosts-to-approve.js";
import { familyOf, type PlatformFamily } from "./platform.js";

const address = z.url({ protocol: /^https?$/ }).max(2048);

/** The parts that we use of what an LMS says about itself (Dynamic Registration 1.0 §3.3). */
const OpenidConfiguration = z.object({
  issuer: address,
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
  registration_endpoint: address,
  authorization_server: z.string().max(2048).optional().catch(undefined),
  "https://purl.imsglobal.org/spec/lti-platform-configuration": z
    .object({ product_family_code: z.string().max(100).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** An LMS as it describes itself; nothing of it is to be trusted yet. */
export type PlatformOffer = {
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  tokenAudience: string | undefined;
  jwksUrl: string;
  registrationUrl: string;
  family: PlatformFamily;
  /** Every host that the description names or comes from, each once, in order. */
  hosts: string[];
  /** Whether the hosts belong together as far as we can tell: one host, or hosted Canvas. */
  isOneHouse: boolean;
};

/**
 * Reads an LMS' description of itself.
 * @param from the address it was fetched from
 * @returns undefined when it is none
 */
export function readOpenidConfiguration(from: string, data: unknown): PlatformOffer | undefined {
  const parsed = OpenidConfiguration.safeParse(data);
  if (!parsed.success) return undefined;
  const said = parsed.data;
  const platform = said["https://purl.imsglobal.org/spec/lti-platform-configuration"];
  const addresses = [
    from,
    said.issuer,
    said.authorization_endpoint,
    said.token_endpoint,
    said.jwks_uri,
    said.registration_endpoint,
  ];
  const hosts = hostsOf(addresses);
  return {
    issuer: said.issuer,
    authorizationUrl: said.authorization_endpoint,
    tokenUrl: said.token_endpoint,
    tokenAudience: said.authorization_server,
    jwksUrl: said.jwks_uri,
    registrationUrl: said.registration_endpoint,
    family: familyOf(said.issuer, platform?.product_family_code),
    hosts,
    isOneHouse: areOneHouse(said.issuer, hosts),
  };
}
