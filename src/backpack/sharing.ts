import { initialsStatementIn, type OpenBadgeCredential } from "../credentials/open-badge.js";

/**
 * LinkedIn's "add to profile" with every field filled in: name, issuing organisation, year and
 * month of issue, the credential's id and address; no expiry, as ours have none.
 */
export function linkedInAddress(document: OpenBadgeCredential): string {
  const awarded = new Date(document.awardedDate);
  const query = new URLSearchParams({
    startTask: "CERTIFICATION_NAME",
    name: document.name,
    organizationName: document.issuer.name,
    issueYear: String(awarded.getUTCFullYear()),
    issueMonth: String(awarded.getUTCMonth() + 1),
    certUrl: document.id,
    certId: document.id.slice(document.id.lastIndexOf("/") + 1),
  });
  return `https://www.linkedin.com/profile/add?${query.toString()}`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => entities[character] ?? "");

/** What a learner pastes elsewhere. Names in it are text, whatever they hold. */
export type Snippets = { link: string; signature: string; frame: string; element: string };

/** @param document whose `id` is its public address */
export function snippetsOf(
  document: Pick<OpenBadgeCredential, "id" | "name" | "issuer" | "credentialSubject">,
): Snippets {
  const { id } = document;
  const name = escapeHtml(document.name);
  const issuer = escapeHtml(document.issuer.name);
  const { origin } = new URL(id);
  const initials = initialsStatementIn(document);
  const stated = initials === undefined ? "" : `. ${initials}`;
  return {
    link: id,
    signature: `<a href="${id}"><img src="${id}.png" width="64" height="64" alt="Badge: ${name}"></a> <a href="${id}">${name}</a>, ${issuer}${stated}`,
    frame: `<iframe src="${id}/card" title="Credential: ${name}" width="340" height="420" loading="lazy"></iframe>`,
    element: `<script type="module" src="${origin}/assets/rosette-badge.js"></script>\n<rosette-badge credential="${id}">${name}, ${issuer}${stated}</rosette-badge>`,
  };
}
