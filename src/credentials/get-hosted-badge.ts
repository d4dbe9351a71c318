import { ToolError } from "../errors.js";
import { issuerProfile } from "../issuers/issuer.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { type IssuerNeeds, readIssuer } from "../issuers/read-issuer.js";
import { isId } from "../stored-record.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { achievementOf } from "./achievement.js";
import { credentialDocument } from "./credential.js";
import { getSharedCredential, type SharedCredentialNeeds } from "./get-shared-credential.js";
import {
  hostedAssertion,
  hostedBadgeClass,
  hostedIssuer,
  revokedAssertion,
} from "./open-badge-2.js";

export type HostedBadgeNeeds = SharedCredentialNeeds &
  IssuerNeeds & {
    addresses: PublicAddresses;
    trackVersions: Pick<TrackVersionStore, "findPublic">;
    /** Where people may write about badges; an issuer in Open Badges 2.0 must have an address. */
    contactEmail: string;
  };

/** A document of Open Badges 2.0 and the status it is answered with. */
export type HostedBadge = { status: 200 | 410; body: object };

/**
 * The assertion of a shared credential. On hold it is not there: Open Badges 2.0 knows only
 * withdrawn for good, which it is not.
 * @throws ToolError not-found, credential-not-shared, credential-on-hold, credential-being-made
 */
async function getAssertion(needs: HostedBadgeNeeds, id: string): Promise<HostedBadge> {
  const credential = await getSharedCredential(needs, id);
  const document = credentialDocument(credential);
  if (credential.status === "revoked") {
    return { status: 410, body: revokedAssertion(needs.addresses, document.id) };
  }
  if (credential.status === "suspended") throw new ToolError("credential-on-hold");
  const body = hostedAssertion(needs.addresses, document);
  if (body === undefined) throw new ToolError("not-found");
  return { status: 200, body };
}

/** @throws ToolError not-found */
async function getBadgeClass(
  needs: HostedBadgeNeeds,
  trackId: string,
  version: string,
): Promise<HostedBadge> {
  const isWellFormed = isId(trackId) && /^[1-9]\d{0,8}$/.test(version);
  const track = isWellFormed
    ? await needs.trackVersions.findPublic({ trackId, version: Number(version) })
    : undefined;
  if (track === undefined) throw new ToolError("not-found");
  const organisation = await needs.organisations.findById(track.organisationId);
  if (organisation === undefined) throw new ToolError("not-found");
  const achievement = achievementOf(needs.addresses, track, organisation);
  return { status: 200, body: hostedBadgeClass(needs.addresses, achievement) };
}

/** @throws ToolError not-found */
async function getIssuer(needs: HostedBadgeNeeds, id: string): Promise<HostedBadge> {
  const { addresses, contactEmail } = needs;
  const issuer = await readIssuer(needs, id);
  if (issuer === undefined) throw new ToolError("not-found");
  const profile = issuerProfile(addresses, issuer);
  return { status: 200, body: hostedIssuer(addresses, profile, contactEmail) };
}

/**
 * The document of Open Badges 2.0 that stands at a path of ours.
 * @throws ToolError not-found and others: see above
 */
export async function getHostedBadge(needs: HostedBadgeNeeds, path: string): Promise<HostedBadge> {
  const [, collection, id = "", ...rest] = path.split("/");
  if (collection === "credentials" && rest.join("/") === "assertion.json") {
    return await getAssertion(needs, id);
  }
  const [version = "", file] = rest;
  if (collection === "achievements" && file === "badge-class.json" && rest.length === 2) {
    return await getBadgeClass(needs, id, version);
  }
  if (collection === "issuers" && rest.join("/") === "issuer.json") {
    return await getIssuer(needs, id);
  }
  throw new ToolError("not-found");
}
