import { issuerIdIn, type IssuerProfile } from "../issuers/issuer.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { Achievement } from "./achievement.js";
import type { Evidence } from "./evidence.js";
import { identitiesOf, initialsStatementIn, type OpenBadgeCredential } from "./open-badge.js";

const CONTEXT = "https://w3id.org/openbadges/v2";

/** Open Badges 2.0 Assertion, hosted verification, the members we use. */
type HostedAssertion = {
  "@context": typeof CONTEXT;
  type: "Assertion";
  id: string;
  recipient: { type: "email"; hashed: true; salt: string; identity: string };
  badge: string;
  issuedOn: string;
  verification: { type: "HostedBadge" };
  evidence?: (Omit<Evidence, "type"> & { type: "Evidence" })[];
  /** Of a certificate: that it gives no initials after the name. */
  narrative?: string;
  /** The same credential in Open Badges 3.0. */
  related: string;
};

/**
 * A credential as Open Badges 2.0 knows it, or nothing: without an e-mail address there is no
 * recipient that its readers can tell. The hash is the one of the 3.0 credential.
 */
export function hostedAssertion(
  addresses: Pick<PublicAddresses, "assertionUrl" | "badgeClassUrl">,
  document: OpenBadgeCredential,
): HostedAssertion | undefined {
  const { id, credentialSubject, awardedDate, evidence } = document;
  const narrative = initialsStatementIn(document);
  const email = identitiesOf(document).find(
    ({ identityType, hashed }) => identityType === "emailAddress" && hashed,
  );
  if (email?.salt === undefined) return undefined;
  return {
    "@context": CONTEXT,
    type: "Assertion",
    id: addresses.assertionUrl(id),
    recipient: { type: "email", hashed: true, salt: email.salt, identity: email.identityHash },
    badge: addresses.badgeClassUrl(credentialSubject.achievement.id),
    issuedOn: awardedDate,
    verification: { type: "HostedBadge" },
    ...(evidence === undefined
      ? {}
      : { evidence: evidence.map((one) => ({ ...one, type: "Evidence" as const })) }),
    ...(narrative === undefined ? {} : { narrative }),
    related: id,
  };
}

/** What stands in the place of a revoked assertion, with status 410. */
export const revokedAssertion = (
  addresses: Pick<PublicAddresses, "assertionUrl">,
  credentialUrl: string,
) => ({
  "@context": CONTEXT,
  type: "Assertion",
  id: addresses.assertionUrl(credentialUrl),
  revoked: true,
});

/** Open Badges 2.0 BadgeClass of an achievement. */
export const hostedBadgeClass = (
  addresses: Pick<PublicAddresses, "badgeClassUrl" | "hostedIssuerUrl" | "issuerUrl">,
  achievement: Achievement,
) => ({
  "@context": CONTEXT,
  type: "BadgeClass",
  id: addresses.badgeClassUrl(achievement.id),
  name: achievement.name,
  description: achievement.description,
  image: { type: "Image", id: achievement.image.id, caption: achievement.image.caption },
  criteria: { type: "Criteria", id: achievement.id, narrative: achievement.criteria.narrative },
  issuer: addresses.hostedIssuerUrl(addresses.issuerUrl(issuerIdIn(achievement.creator))),
  version: achievement.version,
  ...(achievement.tag === undefined ? {} : { tags: achievement.tag }),
  ...(achievement.alignment === undefined
    ? {}
    : { alignment: achievement.alignment.map((one) => ({ ...one, type: "AlignmentObject" })) }),
  /** The same achievement in Open Badges 3.0. */
  related: achievement.id,
});

/** Open Badges 2.0 Profile of an issuer; all it vouches for stands at its own host. */
export const hostedIssuer = (
  addresses: Pick<PublicAddresses, "hostedIssuerUrl" | "issuerUrl" | "publicUrl">,
  profile: IssuerProfile,
  contactEmail: string,
) => ({
  "@context": CONTEXT,
  type: "Issuer",
  id: addresses.hostedIssuerUrl(addresses.issuerUrl(issuerIdIn(profile))),
  ...{ name: profile.name, url: profile.url, email: profile.email ?? contactEmail },
  ...(profile.image === undefined ? {} : { image: profile.image.id }),
  verification: {
    type: "VerificationObject",
    startsWith: `${addresses.publicUrl}/credentials/`,
  },
  related: addresses.issuerUrl(issuerIdIn(profile)),
});
