import { textColourOn } from "./badge-design.js";
import type { BadgeDesign } from "./track.js";

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

/**
 * Draws a badge: a standalone SVG document that can also stand inside a page. Attributes only, as
 * our pages allow no inline styles; named for screen readers by the badge's name.
 */
export function drawBadge(about: { badge: BadgeDesign; name: string }): string {
  const { shape, colour, initials } = about.badge;
  const { outer, inner } = outlines[shape];
  const name = escapeXml(about.name);
  const ink = textColourOn(colour);
  const letters = initials.trim();
  const fontSize = fontSizes[Array.from(letters).length] ?? 32;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img" aria-label="${name}">`,
    `<title>${name}</title>`,
    `<g fill="${escapeXml(colour)}">${outer}</g>`,
    `<g fill="none" stroke="${ink}" stroke-width="3" stroke-opacity="0.7">${inner}</g>`,
    `<text x="100" y="100" text-anchor="middle" dominant-baseline="central" fill="${ink}"`,
    ` font-family="system-ui, sans-serif" font-weight="700" font-size="${fontSize}">`,
    `${escapeXml(letters)}</text></svg>`,
  ].join("");
}
