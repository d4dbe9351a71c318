import {
  CHOOSE_COLOUR,
  contrastOf,
  isColour,
  sayRatio,
  SHAPE_CONTRAST,
  TEXT_CONTRAST,
  textColourOn,
} from "../pictures/contrast.js";
import type { BadgeDesign } from "./track.js";

/** The colour of a badge's letters and icon. */
export const inkOf = ({ colour, textColour }: BadgeDesign): string =>
  textColour ?? textColourOn(colour);

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
