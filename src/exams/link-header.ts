import { readUrl } from "../read-url.js";

/**
 * The relations a link names: `rel="next"`, `rel=next`, `rel=“next”`, `rel="next last"`. Whatever
 * is no part of a word counts as a quote, since header bytes beyond ASCII arrive undecoded.
 */
function relationsOf(parameters: string): string[] {
  const match = /;\s*rel\s*=\s*([^;,]+)/iu.exec(parameters);
  return (match?.[1] ?? "").toLowerCase().split(/[^a-z0-9.:/-]+/u);
}

/**
 * The address of the next page in a Link header (RFC 8288), read tolerantly: Moodle writes
 * typographic quotes and `&amp;`, others relative addresses. Undefined on the last page.
 * @param base address of the page that carried the header
 * @returns undefined too for an address on another origin: our token is not for strangers
 */
export function findNextPage(header: string | undefined, base: string): string | undefined {
  for (const match of (header ?? "").matchAll(/<([^<>]*)>([^<]*)/gu)) {
    const [, address = "", parameters = ""] = match;
    if (!relationsOf(parameters).includes("next")) continue;
    const plain = address.trim().replaceAll("&amp;", "&");
    const next = readUrl(plain, base);
    return next?.origin === new URL(base).origin ? next.href : undefined;
  }
  return undefined;
}
