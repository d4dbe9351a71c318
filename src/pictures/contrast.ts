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
export const SHAPE_CONTRAST = 3;

/** Black or white, whichever reads better on a colour; always at least 4.5 to 1. */
export const textColourOn = (colour: string): "#000000" | "#ffffff" =>
  contrastOf(colour, "#ffffff") >= contrastOf(colour, "#000000") ? "#ffffff" : "#000000";

/** `7.2 to 1`, rounded down: what is said is never better than it is. */
export const sayRatio = (ratio: number): string => `${Math.floor(ratio * 10) / 10} to 1`;

export const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

export const CHOOSE_COLOUR = "Choose a colour: # and six digits or letters a to f.";
