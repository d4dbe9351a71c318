import { escapeXml } from "../tracks/badge-svg.js";

/** What a picture for link previews says. */
export type PreviewContent = {
  /** The badge, as a whole SVG document. */
  badgeSvg: string;
  name: string;
  holderName: string | undefined;
  issuerName: string;
  /** `#rrggbb`, of an issuer that has chosen its own. */
  colours?: { line: string; ground: string } | undefined;
};

const WIDTH = 1200;
const HEIGHT = 630;
const TEXT_LEFT = 440;
const TEXT_WIDTH = 700;

const OWN = { ground: "#fffefa", line: "#b98f28", strong: "#0d5257" };

/** An average letter of a bold sans-serif is about this part of its size wide. */
const LETTER = 0.58;

/** Breaks text into lines of at most so many characters; longer words are split. */
function linesOf(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    for (const part of word.match(new RegExp(`.{1,${most}}`, "gu")) ?? []) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + part.length <= most)
        lines[lines.length - 1] = `${last} ${part}`;
      else lines.push(part);
    }
  }
  return lines;
}

/** The largest of the sizes at which the text takes at most `most` lines; else the smallest. */
function fit(text: string, sizes: readonly number[], most: number) {
  const set = (size: number) => ({
    size,
    lines: linesOf(text, Math.floor(TEXT_WIDTH / (size * LETTER))),
  });
  return sizes.map(set).find(({ lines }) => lines.length <= most) ?? set(sizes.at(-1) ?? 24);
}

/** Draws the picture that link previews show (Open Graph: 1200 by 630 pixels). */
export function drawPreview(content: PreviewContent): string {
  const { badgeSvg, name, holderName, issuerName, colours } = content;
  const { ground, line, strong } =
    colours === undefined ? OWN : { ...colours, strong: colours.line };
  const parts = [
    { ...fit(name, [64, 52, 42, 32, 24], 3), colour: "#1b2527" },
    ...(holderName === undefined
      ? []
      : [{ ...fit(holderName, [44, 36, 28, 22], 2), colour: strong }]),
    { ...fit(issuerName, [30, 24, 20], 2), colour: "#535e5e" },
  ];
  const heightOf = ({ size, lines }: (typeof parts)[number]) => lines.length * size * 1.25 + 24;
  let y = (HEIGHT - parts.reduce((sum, part) => sum + heightOf(part), 0)) / 2;
  const texts = parts.flatMap((part) => {
    const { size, lines, colour } = part;
    const top = y;
    y += heightOf(part);
    return lines.map(
      (line, index) =>
        `<text x="${TEXT_LEFT}" y="${top + (index + 1) * size * 1.25}" font-size="${size}" fill="${colour}">${escapeXml(line)}</text>`,
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${ground}"/>`,
    `<rect x="20" y="20" width="${WIDTH - 40}" height="${HEIGHT - 40}" fill="none" stroke="${line}" stroke-width="3"/>`,
    badgeSvg.replace("<svg ", '<svg x="70" y="155" width="320" height="320" '),
    `<g font-family="Noto Sans" font-weight="700">`,
    ...texts,
    "</g></svg>",
  ].join("");
}
