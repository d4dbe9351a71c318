import type { Font, Glyph, GlyphRun } from "fontkit";

/** Words whose shapes are remembered; documents of one kind have most of theirs in common. */
const MOST_WORDS = 4000;

/** Longer texts are lines, which come once. */
const LONGEST_WORD = 40;

const isMark = (codePoint: number): boolean => /^\p{M}$/u.test(String.fromCodePoint(codePoint));

/**
 * The font with glyphs that know which characters they stand for in this text. Fontkit keeps one
 * object for each glyph with the characters it stood for first, or none when it was first a part
 * of another glyph: in a font that is used again, what is copied from a PDF would be wrong.
 */
function knowingCharacters(font: Font): Font {
  const glyphs = new Map<string, Glyph>();
  const getGlyph: Font["getGlyph"] = (id, codePoints = []) => {
    const plain = font.getGlyph(id);
    if (codePoints.length === 0) return plain;
    const key = `${id}:${codePoints.join(",")}`;
    let glyph = glyphs.get(key);
    if (glyph === undefined) {
      glyph = Object.create(plain, {
        codePoints: { value: codePoints },
        isMark: { value: codePoints.every(isMark) },
        isLigature: { value: codePoints.length > 1 },
      }) as Glyph;
      glyphs.set(key, glyph);
    }
    return glyph;
  };
  return Object.create(font, { getGlyph: { value: getGlyph } }) as Font;
}

/**
 * A font that is opened once for all documents, and shapes a word once. Whoever asks gets positions
 * of their own: pdfkit scales them in place.
 */
export function rememberShapes(opened: Font): Font {
  const font = knowingCharacters(opened);
  const runs = new Map<string, GlyphRun>();
  const layout: Font["layout"] = (text, features, ...more) => {
    if (text.length > LONGEST_WORD || more.length > 0) return font.layout(text, features, ...more);
    const key = JSON.stringify([text, features]);
    const known = runs.get(key) ?? font.layout(text, features);
    if (runs.size >= MOST_WORDS && !runs.has(key)) runs.clear();
    runs.set(key, known);
    const positions = known.positions.map((position) => ({ ...position }));
    return Object.create(known, { positions: { value: positions } }) as GlyphRun;
  };
  return Object.create(font, { layout: { value: layout } }) as Font;
}
