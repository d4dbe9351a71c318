import type { BadgeDesign } from "./track.js";

/** Relative luminance of an sRGB colour (WCAG 2.2, "relative luminance"), 0–1. */
function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colours `#rrggbb` (WCAG 2.2, "contrast ratio"), 1–21. */
export function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** What text needs (WCAG 2.2, 1.4.3). */
export const TEXT_CONTRAST = 4.5;

/** What large shapes and icons need (WCAG 2.2, 1.4.11). */
const SHAPE_CONTRAST = 3;

/** Black or white, whichever reads better on a colour; always at least 4.5 to 1. */
export const textColourOn = (colour: string): "#000000" | "#ffffff" =>
  contrastOf(colour, "#ffffff") >= contrastOf(colour, "#000000") ? "#ffffff" : "#000000";

/** The colour of a badge's letters and icon. */
export const inkOf = ({ colour, textColour }: BadgeDesign): string =>
  textColour ?? textColourOn(colour);

/** `7.2 to 1`, rounded down: what is said is never better than it is. */
const sayRatio = (ratio: number): string => `${Math.floor(ratio * 10) / 10} to 1`;

const hasLetters = ({ initials }: BadgeDesign): boolean => initials.trim() !== "";

const inkContrast = (badge: BadgeDesign) => ({
  ratio: contrastOf(badge.colour, inkOf(badge)),
  needed: hasLetters(badge) ? TEXT_CONTRAST : SHAPE_CONTRAST,
  what: hasLetters(badge) ? "The letters" : "The icon",
});

/** How well a badge can be seen, in words for who designs it. */
export function describeContrast(badge: BadgeDesign): { isGood: boolean; sentences: string[] } {
  if (badge.pictureId !== undefined)
    return {
      isGood: true,
      sentences: [
        "Rosette cannot measure the contrast in an uploaded picture. Look at it on a light and on a dark page, and small.",
      ],
    };
  const { ratio, needed, what } = inkContrast(badge);
  const stands = what === "The letters" ? "stand" : "stands";
  const isLegible = ratio >= needed;
  const onWhite = contrastOf(badge.colour, "#ffffff");
  const isSeenOnWhite = onWhite >= SHAPE_CONTRAST;
  return {
    isGood: isLegible && isSeenOnWhite,
    sentences: [
      `${what} ${stands} out from the shape by ${sayRatio(ratio)}; ${
        isLegible ? "that reads well" : "that is too little"
      } (${needed} to 1 or more).`,
      `The shape stands out from white paper by ${sayRatio(onWhite)}; ${
        isSeenOnWhite
          ? "that is seen well"
          : "it is hardly seen there, and a darker colour would be"
      } (${SHAPE_CONTRAST} to 1 or more).`,
    ],
  };
}

const MOST_INITIALS = 4;

const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

const CHOOSE_COLOUR = "Choose a colour: # and six digits or letters a to f.";

function faultOfInk(badge: BadgeDesign): string | undefined {
  const { textColour } = badge;
  if (textColour === undefined) return undefined;
  if (!isColour(textColour)) return CHOOSE_COLOUR;
  if (badge.pictureId !== undefined || !isColour(badge.colour)) return undefined;
  const { ratio, needed, what } = inkContrast(badge);
  if (ratio >= needed) return undefined;
  return `${what} would hardly be seen: ${sayRatio(ratio)}, and ${needed} to 1 is needed. Choose a lighter or darker colour, or leave it to Rosette.`;
}

function faultOfInitials({ initials, icon, pictureId }: BadgeDesign): string | undefined {
  const length = Array.from(initials.trim()).length;
  if (length > MOST_INITIALS) return `Enter one to ${MOST_INITIALS} characters.`;
  if (length > 0 || icon !== undefined || pictureId !== undefined) return undefined;
  return `Enter one to ${MOST_INITIALS} characters, or choose an icon.`;
}

/** What is wrong with a design, as `badge.<field>`; empty when it can be drawn and seen. */
export function faultsOfBadge(badge: BadgeDesign): Record<string, string> {
  const faults: Record<string, string> = {};
  if (!isColour(badge.colour)) faults["badge.colour"] = CHOOSE_COLOUR;
  const ofInk = faultOfInk(badge);
  if (ofInk !== undefined) faults["badge.textColour"] = ofInk;
  const ofInitials = faultOfInitials(badge);
  if (ofInitials !== undefined) faults["badge.initials"] = ofInitials;
  return faults;
}
