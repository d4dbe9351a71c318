import type { IssuerIdentity } from "../issuers/issuer.js";
import type { Requirement } from "./requirement.js";

export type Competency = {
  name: string;
  description: string | undefined;
  /** Alignment: the competency's address in a published framework (OB 3.0 Alignment). */
  frameworkUrl: string | undefined;
  frameworkName: string | undefined;
};

export const badgeIcons = [
  "book",
  "cap",
  "check",
  "cross",
  "hands",
  "heart",
  "leaf",
  "star",
] as const;

/** The badge's picture: drawn as SVG from these few choices, or uploaded. */
export type BadgeDesign = {
  shape: "hexagon" | "circle" | "shield";
  /** `#rrggbb`; also the colour of headings in its documents. */
  colour: string;
  /** At most 4 characters shown in the middle; may be empty where there is an icon or a picture. */
  initials: string;
  /** `#rrggbb` of letters and icon; absent: black or white, whichever reads better. */
  textColour?: string | undefined;
  /** Drawn above the letters, or in their place. */
  icon?: (typeof badgeIcons)[number] | undefined;
  /** An uploaded picture in place of all this. It never changes. */
  pictureId?: string | undefined;
};

/**
 * A certificate (a programme) is signed documentation that stands on micro-credentials and courses
 * and gives no initials after the name; a micro-credential stands alone or counts as a step.
 */
export type AchievementKind = "micro-credential" | "certificate";

/** What was stored before there were certificates is a micro-credential. */
export const kindOf = ({ kind }: { kind?: AchievementKind | undefined }): AchievementKind =>
  kind ?? "micro-credential";

/** How long an award is on hold before it is revoked, where its track says nothing else. */
const DEFAULT_GRACE_DAYS = 14;
export const MOST_GRACE_DAYS = 365;

export const graceDaysOf = ({ graceDays }: { graceDays?: number | undefined }): number =>
  graceDays ?? DEFAULT_GRACE_DAYS;

export const isGracePeriod = (days: number): boolean =>
  Number.isInteger(days) && days >= 0 && days <= MOST_GRACE_DAYS;

/** What every page and document of a certificate says. */
export const NO_INITIALS = "This certificate gives no initials after the name.";

/** What a track's pages say of initials: of a certificate, that there are none. */
export const initialsStatementOf = (track: {
  kind?: AchievementKind | undefined;
}): string | undefined => (kindOf(track) === "certificate" ? NO_INITIALS : undefined);

/** Everything about a track that an administrator writes. */
export type TrackContent = {
  /** Ask by `kindOf`. */
  kind?: AchievementKind | undefined;
  name: string;
  description: string;
  /** How it is earned, in prose (OB 3.0 Criteria.narrative). */
  criteriaNarrative: string;
  competencies: Competency[];
  subject: string;
  badge: BadgeDesign;
  contactHours: number;
  /** Professional-development points or continuing-education credits documented beside the hours. */
  developmentPoints: number | undefined;
  requirement: Requirement;
  /** In whose name it is awarded; absent: the organisation's own. */
  issuerId?: string | undefined;
  /**
   * How many days an award is on hold before it is revoked, when a result that it stands on is
   * gone. Ask by `graceDaysOf`.
   */
  graceDays?: number | undefined;
};

/**
 * A thematic set of courses that earns a micro-credential. The track's id is the achievement's
 * id and spans its versions; a published version is never changed in place.
 */
export type Track = {
  id: string;
  organisationId: string;
  /** For lists: the name in force, before that the draft's. */
  name: string;
  /** What is being written, not yet in force. */
  draft: TrackContent | undefined;
  /** The number of the version in force; 0 while nothing was published. */
  publishedVersion: number;
  createdAt: Date;
  updatedAt: Date;
};

/** The texts of a published edition in which a slip of the pen may be corrected. */
export const correctableParts = ["name", "description", "criteriaNarrative"] as const;

export type CorrectablePart = (typeof correctableParts)[number];

export type EditionTexts = Pick<TrackContent, CorrectablePart>;

/** A correction of the wording of an edition: all of its texts from then on. */
export type Correction = EditionTexts & {
  /** Which of them it changed. */
  parts: CorrectablePart[];
  at: Date;
  /** Account of the administrator; shown to nobody but administrators. */
  by: string;
};

/**
 * One published edition of a track: immutable but for slips in its wording, which are corrected
 * beside what was published. Unique by (trackId, version).
 */
export type TrackVersion = TrackContent & {
  id: string;
  organisationId: string;
  trackId: string;
  version: number;
  publishedAt: Date;
  /** Account of the administrator who published it. */
  publishedBy: string;
  /** The issuer as it was at that moment. Ask by `issuerOf`. */
  issuer?: IssuerIdentity | undefined;
  /** Oldest first. Stores hand editions out with the last one in place of what was published. */
  corrections?: Correction[] | undefined;
};

/** An edition as it reads since its last correction. */
export function asCorrected(edition: TrackVersion): TrackVersion {
  const last = edition.corrections?.at(-1);
  if (last === undefined) return edition;
  const { name, description, criteriaNarrative } = last;
  return { ...edition, name, description, criteriaNarrative };
}

/** In whose name an edition is awarded. Where nothing was frozen it is the organisation itself. */
export const issuerOf = (
  { issuer }: Pick<TrackVersion, "issuer">,
  { id, name }: Pick<IssuerIdentity, "id" | "name">,
): IssuerIdentity => issuer ?? { id, name };
