import { type CheckedPicture, placePicture } from "../pictures/picture.js";
import { inkOf } from "./badge-design.js";
import type { BadgeDesign, badgeIcons } from "./track.js";

/** Badges are drawn in a square of so many units. */
const SIDE = 200;

const outlines: Record<BadgeDesign["shape"], { outer: string; inner: string }> = {
  hexagon: {
    outer: '<path d="M100 6 181 53v94l-81 47-81-47V53z"/>',
    inner: '<path d="M100 22 167 61v78l-67 39-67-39V61z"/>',
  },
  circle: {
    outer: '<circle cx="100" cy="100" r="94"/>',
    inner: '<circle cx="100" cy="100" r="80"/>',
  },
  shield: {
    outer:
      '<path d="M100 6c24 15 50 22 80 23v70c0 46-30 77-80 95-50-18-80-49-80-95V29c30-1 56-8 80-23z"/>',
    inner:
      '<path d="M100 25c21 11 42 17 66 18v57c0 37-24 62-66 78-42-16-66-41-66-78V43c24-1 45-7 66-18z"/>',
  },
};

/** Fewer letters are drawn larger; widths hold in any sans-serif. */
const fontSizes = [64, 64, 54, 40, 32];

// XML 1.0 §2.2 knows no control characters, not even escaped.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in XML, between tags and in attributes. */
export const escapeXml = (text: string): string =>
  text.replace(FORBIDDEN, "").replace(/[&<>"']/g, (character) => entities[character] ?? "");

/** Icons, drawn in a box of 24 by 24 with strokes alone. */
const icons: Record<(typeof badgeIcons)[number], string> = {
  book: "M12 7c-2.5-2-5.5-2.5-9-2v13c3.5-.5 6.5 0 9 2 2.5-2 5.5-2.5 9-2V5c-3.5-.5-6.5 0-9 2zm0 0v13",
  cap: "M12 5 2 10l10 5 10-5zM6 12.5V17c3.5 2.7 8.500 2.7 12 0v-4.5M22 10v6",
  check: "m4 13 5.5 5.5L20 7",
  cross: "M9 3h6v6h6v6h-6v6H9v-6H3V9h6z",
  hands: "M12 20 4.5 12.5a3.5 3.5 0 0 1 5-5L12 10l2.5-2.5a3.5 3.5 0 0 1 5 5zM8 16l3-3m1 6 3-3",
  heart: "M12 20.5 4 12.3a5 5 0 0 1 7-7l1 1 1-1a5 5 0 0 1 7 7z",
  leaf: "M5 19C4 9 10 4 20 4c0 10-5 16-15 15zm0 0c2-4 5-7 9-9",
  star: "m12 3 2.7 5.8 6.3.8-4.700 4.3 1.3 6.3L12 17l-5.600 3.200 1.3-6.3L3 9.600l6.3-.8z",
};

/** What stands on the shape: an icon, letters, or the one above the other. */
function drawInk({ icon, initials, ...badge }: BadgeDesign): string {
  const ink = escapeXml(inkOf({ icon, initials, ...badge }));
  const letters = initials.trim();
  const count = Array.from(letters).length;
  const isBoth = icon !== undefined && count > 0;
  const [side, top] = isBoth ? [62, 40] : [88, 56];
  const drawnIcon =
    icon === undefined
      ? ""
      : `<path transform="translate(${100 - side / 2} ${top}) scale(${side / 24})" d="${icons[icon]}" fill="none" stroke="${ink}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`;
  if (count === 0) return drawnIcon;
  const fontSize = isBoth ? 34 : (fontSizes[count] ?? 32);
  return [
    drawnIcon,
    `<text x="100" y="${isBoth ? 128 : 100}" text-anchor="middle" dominant-baseline="central" fill="${ink}"`,
    ` font-family="system-ui, sans-serif" font-weight="700" font-size="${fontSize}">`,
    `${escapeXml(letters)}</text>`,
  ].join("");
}

/**
 * Draws a badge: a standalone SVG document that can also stand inside a page. Attributes only, as
 * our pages allow no inline styles; named for screen readers by the badge's name.
 * @param about.picture the uploaded picture, where the badge has one
 */
export function drawBadge(about: {
  badge: BadgeDesign;
  name: string;
  picture?: CheckedPicture | undefined;
}): string {
  const { badge, picture } = about;
  const { outer, inner } = outlines[badge.shape];
  const name = escapeXml(about.name);
  const drawn =
    picture === undefined
      ? [
          `<g fill="${escapeXml(badge.colour)}">${outer}</g>`,
          `<g fill="none" stroke="${escapeXml(inkOf(badge))}" stroke-width="3" stroke-opacity="0.7">${inner}</g>`,
          drawInk(badge),
        ]
      : [placePicture(picture, { x: 0, y: 0, width: SIDE, height: SIDE })];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="${name}">`,
    `<title>${name}</title>`,
    ...drawn,
    "</svg>",
  ].join("");
}
