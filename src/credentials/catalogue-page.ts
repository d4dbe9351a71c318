import { initialsStatementOf, type TrackVersion } from "../tracks/track.js";

/** Something that can be earned, with who awards it. */
export type Offered = { track: TrackVersion; organisation: { id: string; name: string } };

export type CatalogueGrouping = "subject" | "organisation";

/** What the public catalogue shows: what can be earned, in groups by name. */
export function cataloguePage(offered: readonly Offered[], by: CatalogueGrouping) {
  const items = offered.map(({ track, organisation }) => ({
    name: track.name,
    description: track.description,
    subject: track.subject,
    contactHours: track.contactHours,
    kind: track.kind === "certificate" ? "Certificate" : "Micro-credential",
    initials: initialsStatementOf(track),
    issuer: { name: organisation.name, path: `/issuers/${organisation.id}` },
    path: `/achievements/${track.trackId}/${track.version}`,
    badgePath: `/achievements/${track.trackId}/${track.version}/badge.svg`,
  }));
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
