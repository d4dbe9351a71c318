import { z } from "zod";
import { CHOOSE_COLOUR, isColour, textColourOn } from "../pictures/contrast.js";
import { describeContrast } from "../tracks/badge-design.js";
import { type BadgeDesign, badgeIcons } from "../tracks/track.js";
import type { SelectOption } from "./steps-view.js";

/** What a badge is designed with, by the names the fields have on the page. */
export const BADGE_FIELDS = [
  "badgeShape",
  "badgeColour",
  "badgeInitials",
  "badgeIcon",
  "badgeInk",
  "badgeInkColour",
  "badgePicture",
] as const;

export type BadgeFields = Record<(typeof BADGE_FIELDS)[number], string>;

const FIRST_COLOUR = "#1d5b8f";

/** What a new badge starts from. */
export const emptyBadge: BadgeFields = {
  badgeShape: "hexagon",
  badgeColour: FIRST_COLOUR,
  badgeInitials: "",
  badgeIcon: "",
  badgeInk: "auto",
  badgeInkColour: textColourOn(FIRST_COLOUR),
  badgePicture: "",
};

/** A stored design as it stands in the form. */
export const badgeFieldsOf = (badge: BadgeDesign): BadgeFields => ({
  badgeShape: badge.shape,
  badgeColour: badge.colour,
  badgeInitials: badge.initials,
  badgeIcon: badge.icon ?? "",
  badgeInk: badge.textColour === undefined ? "auto" : "own",
  badgeInkColour: badge.textColour ?? textColourOn(badge.colour),
  badgePicture: badge.pictureId ?? "",
});

const colour = z.string().trim().toLowerCase().refine(isColour, CHOOSE_COLOUR);

const BadgeSchema = z.object({
  badgeShape: z.enum(["hexagon", "circle", "shield"], { error: "Choose a shape." }),
  badgeColour: colour,
  badgeInitials: z
    .string()
    .trim()
    .refine((text) => Array.from(text).length <= 4, "Use at most four characters."),
  // What is not there or nothing we know means none: older forms and addresses know fewer fields.
  badgeIcon: z.enum(badgeIcons).optional().catch(undefined),
  badgeInk: z.enum(["auto", "own"]).catch("auto"),
  badgeInkColour: z.string().trim().toLowerCase().catch(""),
  badgePicture: z.string().trim().catch(""),
});

const isSomething = (badge: BadgeDesign): boolean =>
  badge.initials !== "" || badge.icon !== undefined || badge.pictureId !== undefined;

/** The design that well-formed fields describe. */
function badgeFrom(fields: z.output<typeof BadgeSchema>): BadgeDesign {
  const { badgeIcon: icon, badgePicture: pictureId } = fields;
  return {
    shape: fields.badgeShape,
    colour: fields.badgeColour,
    initials: fields.badgeInitials,
    ...(fields.badgeInk === "own" ? { textColour: fields.badgeInkColour } : {}),
    ...(icon === undefined ? {} : { icon }),
    ...(pictureId === "" ? {} : { pictureId }),
  };
}

/** Turns the fields into a design, or names every faulty one with one sentence. */
export function checkBadge(
  fields: BadgeFields,
): { kind: "ok"; badge: BadgeDesign } | { kind: "faulty"; faults: Record<string, string> } {
  const parsed = BadgeSchema.safeParse(fields);
  const faults: Record<string, string> = {};
  if (parsed.success) {
    const badge = badgeFrom(parsed.data);
    if (isSomething(badge)) return { kind: "ok", badge };
    faults["badgeInitials"] = "Enter one to four characters, or choose an icon.";
  }
  for (const issue of parsed.error?.issues ?? []) faults[issue.path.join(".")] ??= issue.message;
  return { kind: "faulty", faults };
}

/** The badge that fields describe, for a preview; undefined while they describe none. */
export function badgeOf(fields: BadgeFields): BadgeDesign | undefined {
  const checked = checkBadge(fields);
  if (checked.kind === "faulty") return undefined;
  const { badge } = checked;
  const isInkGood = badge.textColour === undefined || colour.safeParse(badge.textColour).success;
  return isInkGood ? badge : undefined;
}

/** The address of a badge's picture while it is being designed. */
export const badgePreviewPath = (fields: BadgeFields): string =>
  `/badge-preview.svg?${new URLSearchParams(fields).toString()}`;

const SHAPES: SelectOption[] = [
  { value: "hexagon", label: "Hexagon" },
  { value: "circle", label: "Circle" },
  { value: "shield", label: "Shield" },
];

const ICONS: SelectOption[] = [
  { value: "", label: "None" },
  ...badgeIcons.map((icon) => ({
    value: icon,
    label: icon.replace(/^./, (at) => at.toUpperCase()),
  })),
];

const INKS: SelectOption[] = [
  { value: "auto", label: "Black or white, whichever reads better" },
  { value: "own", label: "The colour chosen here" },
];

/** What the editor shows of a badge. */
export function badgeView(fields: BadgeFields) {
  const badge = badgeOf(fields);
  return {
    path: badge === undefined ? undefined : badgePreviewPath(fields),
    contrast: badge === undefined ? undefined : describeContrast(badge),
    hasPicture: fields.badgePicture !== "",
    shapes: SHAPES,
    icons: ICONS,
    inks: INKS,
  };
}
