import type { IssuerIdentity } from "../issuers/issuer.js";
import { initialsStatementOf, issuerOf, type TrackVersion } from "../tracks/track.js";

/** Something that can be earned, with who awards it. */
export type Offered = { track: TrackVersion; organisation: Pick<IssuerIdentity, "id" | "name"> };

export type CatalogueGrouping = "subject" | "organisation";

/** What the public catalogue shows: what can be earned, in groups by name. */
export function cataloguePage(offered: readonly Offered[], by: CatalogueGrouping) {
  const items = offered.map(({ track, organisation }) => {
    const issuer = issuerOf(track, organisation);
    return {
      name: track.name,
      description: track.description,
      subject: track.subject,
      contactHours: track.contactHours,
      kind: track.kind === "certificate" ? "Certificate" : "Micro-credential",
      initials: initialsStatementOf(track),
      issuer: {
        ...{ name: issuer.name, path: `/issuers/${issuer.id}` },
        logoPath: issuer.logoId && `/issuers/${issuer.id}/pictures/${issuer.logoId}.svg`,
      },
      path: `/achievements/${track.trackId}/${track.version}`,
      badgePath: `/achievements/${track.trackId}/${track.version}/badge.svg`,
    };
  });
  const nameOf = (item: (typeof items)[number]): string =>
    by === "subject" ? item.subject : item.issuer.name;
  const names = [...new Set(items.map(nameOf))].sort((one, other) => one.localeCompare(other));
  return {
    grouping: by,
    groupings: [
      { value: "subject", label: "Subject" },
      { value: "organisation", label: "Organisation" },
    ],
    groups: names.map((name) => ({ name, items: items.filter((item) => nameOf(item) === name) })),
  };
}
