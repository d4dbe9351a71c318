import {
  CHOOSE_COLOUR,
  contrastOf,
  isColour,
  sayRatio,
  TEXT_CONTRAST,
} from "../pictures/contrast.js";
import type { IssuerIdentity } from "./issuer.js";

type Colours = Pick<IssuerIdentity, "colour" | "groundColour">;

export const WHITE = "#ffffff";

/** The palest of the words that stand on a ground. */
const QUIET_WORDS = "#535e5e";

const isEnough = (one: string, other: string): boolean => contrastOf(one, other) >= TEXT_CONTRAST;

const say = (what: string, one: string, other: string): string =>
  `${what} by ${sayRatio(contrastOf(one, other))}; ${isEnough(one, other) ? "they read well." : `that is too little: ${TEXT_CONTRAST} to 1 is needed.`}`;

/** How well an issuer's colours can be told apart, in sentences for who chooses them. */
export function sayContrasts({ colour, groundColour = WHITE }: Colours): string[] {
  if (colour === undefined || !isColour(colour) || !isColour(groundColour)) return [];
  const onGround = [
    say("Headings stand out from the background", colour, groundColour),
    say("Small grey words stand out from the background", QUIET_WORDS, groundColour),
  ];
  const onPaper = say("Headings stand out from white paper", colour, WHITE);
  return groundColour === WHITE ? [onPaper] : [onPaper, ...onGround];
}

/** What is wrong with an issuer's colours, by field. */
export function faultsOfColours({ colour, groundColour = WHITE }: Colours): Record<string, string> {
  const faults: Record<string, string> = {};
  if (colour !== undefined && !isColour(colour)) faults["colour"] = CHOOSE_COLOUR;
  else if (colour !== undefined && !isEnough(colour, WHITE))
    faults["colour"] =
      `Headings in this colour could hardly be read on paper: ${sayRatio(contrastOf(colour, WHITE))}, and ${TEXT_CONTRAST} to 1 is needed. Choose a darker one.`;
  if (!isColour(groundColour)) faults["groundColour"] = CHOOSE_COLOUR;
  else if (!isEnough(QUIET_WORDS, groundColour))
    faults["groundColour"] =
      `Words could hardly be read on this background: ${sayRatio(contrastOf(QUIET_WORDS, groundColour))}, and ${TEXT_CONTRAST} to 1 is needed. Choose a lighter one.`;
  else if (
    faults["colour"] === undefined &&
    colour !== undefined &&
    !isEnough(colour, groundColour)
  )
    faults["groundColour"] =
      `Headings could hardly be read on this background: ${sayRatio(contrastOf(colour, groundColour))}, and ${TEXT_CONTRAST} to 1 is needed. Choose a lighter one, or a darker colour of headings.`;
  return faults;
}

/**
 * A stylesheet that has certificates and cards stand in an issuer's colours, in light and in dark;
 * undefined where it has chosen no ground.
 */
export function brandStylesheet({ colour, groundColour }: Colours): string | undefined {
  if (groundColour === undefined || groundColour === WHITE) return undefined;
  const line = colour ?? "#0d5257";
  const tokens = {
    ...{ "color-scheme": "light", "--sheet": groundColour, "--ink": "#1b2527" },
    ...{ "--muted": QUIET_WORDS, "--line": line, "--edge": line, "--gold-line": line },
    ...{ "--accent": line, "--accent-strong": line, "--on-accent": WHITE, "--bad": "#9c2328" },
    ...{ color: "#1b2527" },
  };
  const rules = Object.entries(tokens).map(([name, value]) => `${name}:${value};`);
  return `.certificate,.in-colours{${rules.join("")}}`;
}
