/**
 * The public addresses of one installation. They stand in signed credentials, so their form never
 * changes: what is signed today must be found there in twenty years.
 */
export type PublicAddresses = ReturnType<typeof createPublicAddresses>;

/** @param publicUrl origin without trailing slash, e.g. `https://badges.example.org` */
export function createPublicAddresses(publicUrl: string) {
  const { host } = new URL(publicUrl);
  const didPrefix = `did:web:${host.replaceAll(":", "%3A")}:issuers:`;
  const credentialPrefix = `${publicUrl}/credentials/`;

  const after = (prefix: string, text: string): string | undefined =>
    text.startsWith(prefix) ? text.slice(prefix.length) : undefined;

  return {
    publicUrl,
    /** did:web (W3C CCG): resolves to `/issuers/<issuer>/did.json` on this host. */
    issuerDid: (issuerId: string) => `${didPrefix}${issuerId}`,
    issuerUrl: (issuerId: string) => `${publicUrl}/issuers/${issuerId}`,
    issuerPictureUrl: (issuerId: string, pictureId: string) =>
      `${publicUrl}/issuers/${issuerId}/pictures/${pictureId}.svg`,
    achievementUrl: (trackId: string, version: number) =>
      `${publicUrl}/achievements/${trackId}/${version}`,
    badgeUrl: (trackId: string, version: number) =>
      `${publicUrl}/achievements/${trackId}/${version}/badge.svg`,
    credentialUrl: (credentialId: string) => `${credentialPrefix}${credentialId}`,
    /** Open Badges 2.0: each is found where its id says, beside the 3.0 document it goes with. */
    assertionUrl: (credentialUrl: string) => `${credentialUrl}/assertion.json`,
    badgeClassUrl: (achievementUrl: string) => `${achievementUrl}/badge-class.json`,
    hostedIssuerUrl: (issuerUrl: string) => `${issuerUrl}/issuer.json`,
    /** The learner record (CLR 2.0) of a certificate: a credential of its own. */
    learnerRecordUrl: (credentialId: string) => `${credentialPrefix}${credentialId}/clr`,
    statusListUrl: (listId: string, purpose: string) => `${publicUrl}/status/${listId}/${purpose}`,
    /** The issuer a DID of this installation stands for; undefined for any other. */
    issuerIdOf: (did: string) => after(didPrefix, did),
    /** The certificate whose learner record stands at an address; undefined for any other. */
    recordedIdOf: (url: string) =>
      /^([^/]+)\/clr(\.[a-z0-9.]+)?$/.exec(after(credentialPrefix, url) ?? "")?.[1],
    /** The credential an address of this installation stands for; undefined for any other. */
    credentialIdOf: (url: string) => after(credentialPrefix, url)?.replace(/[.?#/].*$/, ""),
  };
}
