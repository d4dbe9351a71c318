/**
 * LMSs whose issuer is none of their hosts: hosted Canvas has one issuer for all schools, another
 * for each of its beta and test copies, and endpoints on Instructure's and the school's hosts.
 */
const knownHouses: Record<string, RegExp> = {
  "https://canvas.instructure.com": /^[a-z0-9-]+\.(instructure|canvaslms)\.com$/,
  "https://canvas.beta.instructure.com": /^[a-z0-9-]+\.beta\.(instructure|canvaslms)\.com$/,
  "https://canvas.test.instructure.com": /^[a-z0-9-]+\.test\.(instructure|canvaslms)\.com$/,
};

/** Whether all of these hosts are known to belong to the LMS behind an issuer. */
export function isKnownHouse(issuer: string, hosts: readonly string[]): boolean {
  const house = Object.hasOwn(knownHouses, issuer) ? knownHouses[issuer] : undefined;
  return house !== undefined && hosts.every((host) => house.test(host));
}
