import { plainDate } from "../progress/plain-words.js";
import type { ForeignBadge } from "./foreign-badge.js";
import { readUrl } from "../read-url.js";

/** A web address or a DID as people read it: the place, or that there is none. */
function placeOf(issuerId: string): string {
  const url = /^https?:\/\//.test(issuerId) ? readUrl(issuerId) : undefined;
  if (url !== undefined) return url.host;
  const host = /^did:web:([^:]+)/.exec(issuerId)?.[1];
  return host === undefined ? "known by its key alone" : decodeURIComponent(host);
}

/** Where its picture is, below the page it stands on; undefined when it has none. */
type PicturePath = (badge: Pick<ForeignBadge, "id">) => string;

/** A badge from elsewhere as a page shows it. What it says of its issuer, the place stands beside. */
export const foreignBadgeView = (badge: ForeignBadge, picturePath: PicturePath) => ({
  ...{ id: badge.id, name: badge.name, description: badge.description },
  issuerName: badge.issuer.name,
  issuerPlace: placeOf(badge.issuer.id),
  ...{ isShown: badge.isShown, isVerified: badge.finding.isVerified },
  sentence: badge.finding.sentence,
  checkedOn: plainDate(badge.finding.checkedAt),
  picturePath: badge.picture === undefined ? undefined : picturePath(badge),
});
