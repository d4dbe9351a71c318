import bidiModule, { type Bidi } from "bidi-js";
import { type Face, facesOf, type Weight } from "./font-files.js";

// A CommonJS module that is its own default export, which its types do not say.
const bidi = (bidiModule as unknown as () => Bidi)();

/** A stretch of text in one font and one direction. */
export type TextRun = {
  /** In the order it is read where the font's shaper turns it round, else from left to right. */
  text: string;
  face: Face;
  /** Whether the shaper, which knows scripts and not levels, will turn it round. */
  isRightToLeft: boolean;
};

/** A character with its place in the line: what is read next stands next to it, or not. */
type PlacedCharacter = { text: string; face: Face; level: number };

/** A paragraph prepared for setting: every character knows its font and its direction. */
export type PreparedText = {
  characters: PlacedCharacter[];
  /** Whether the paragraph as a whole runs from right to left. */
  isRightToLeft: boolean;
};

const isRightToLeft = (level: number): boolean => level % 2 === 1;

/** A font that has the character; the one of its neighbour first, so that runs stay long. */
function faceFor(character: string, faces: readonly Face[], before: Face | undefined): Face {
  const codePoint = character.codePointAt(0) ?? 0;
  const has = ({ font }: Face): boolean => font.hasGlyphForCodePoint(codePoint);
  if (before !== undefined && has(before)) return before;
  const face = faces.find(has) ?? before ?? faces[0];
  if (face === undefined) throw new Error("No font is bundled");
  return face;
}

// Marks of direction do their work before anything is drawn; controls have no shape.
const INVISIBLE = /[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;

/** Applies the Unicode bidirectional algorithm (UAX #9) and chooses fonts, character by character. */
export function prepareText(text: string, weight: Weight): PreparedText {
  const faces = facesOf(weight);
  const { levels, paragraphs } = bidi.getEmbeddingLevels(text, "auto");
  const characters: PlacedCharacter[] = [];
  let index = 0;
  let before: Face | undefined;
  for (const character of text) {
    const level = levels[index] ?? 0;
    index += character.length;
    if (INVISIBLE.test(character)) continue;
    const mirrored = isRightToLeft(level) ? bidi.getMirroredCharacter(character) : null;
    const face = faceFor(character, faces, before);
    characters.push({ text: mirrored ?? character, face, level });
    before = face;
  }
  return { characters, isRightToLeft: isRightToLeft(paragraphs[0]?.level ?? 0) };
}

type LeveledRun = { text: string; face: Face; level: number };

function runsOf(characters: readonly PlacedCharacter[]): LeveledRun[] {
  const runs: LeveledRun[] = [];
  for (const { text, face, level } of characters) {
    const last = runs.at(-1);
    if (last?.face === face && last.level === level) last.text += text;
    else runs.push({ text, face, level });
  }
  return runs;
}

/**
 * A line's runs from left to right (UAX #9, rule L2): from the highest level down, what stands at
 * that level or above is turned round. Within a run the font's shaper does the same.
 */
export function visualRuns(line: readonly PlacedCharacter[]): TextRun[] {
  const runs = runsOf(line);
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1) {
    let start = 0;
    while (start < runs.length) {
      if ((runs[start]?.level ?? 0) < level) {
        start += 1;
        continue;
      }
      let end = start;
      while (end < runs.length && (runs[end]?.level ?? 0) >= level) end += 1;
      runs.splice(start, end - start, ...runs.slice(start, end).reverse());
      start = end;
    }
  }
  return runs.map(turned);
}

const hasRightToLeftScript = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;

/** Blanks and brackets between right-to-left words have no script that the shaper would turn. */
function turned(run: LeveledRun): TextRun {
  const { text, face } = run;
  if (!isRightToLeft(run.level)) return { text, face, isRightToLeft: false };
  if (hasRightToLeftScript.test(text)) return { text, face, isRightToLeft: true };
  return { text: Array.from(text).reverse().join(""), face, isRightToLeft: false };
}

const isBlank = ({ text }: PlacedCharacter): boolean => /^\s$/u.test(text);

/** A word with the blanks after it; they may hang over the end of a line. */
function wordsOf(characters: readonly PlacedCharacter[]): PlacedCharacter[][] {
  const words: PlacedCharacter[][] = [];
  let endedBlank = true;
  for (const character of characters) {
    const blank = isBlank(character);
    if (endedBlank && !blank) words.push([]);
    words.at(-1)?.push(character);
    endedBlank = blank;
  }
  return words;
}

const withoutEnd = (line: readonly PlacedCharacter[]): PlacedCharacter[] =>
  line.slice(0, line.findLastIndex((character) => !isBlank(character)) + 1);

type Measure = (runs: readonly TextRun[]) => number;

const logicalRuns = (characters: readonly PlacedCharacter[]): TextRun[] =>
  runsOf(characters).map(turned);

/** Splits a word that is wider than a line where it must be: after any character but before marks. */
function splitWord(
  word: readonly PlacedCharacter[],
  widthPt: number,
  measure: Measure,
): PlacedCharacter[][] {
  const parts: PlacedCharacter[][] = [[]];
  for (const character of word) {
    const part = parts.at(-1) ?? [];
    const isMark = /^\p{M}$/u.test(character.text);
    const isFull = part.length > 0 && measure(logicalRuns([...part, character])) > widthPt;
    if (isFull && !isMark) parts.push([character]);
    else part.push(character);
  }
  return parts;
}

/** Breaks a paragraph into lines no wider than `widthPt`; nothing of it is lost. */
export function breakLines(
  { characters }: PreparedText,
  widthPt: number,
  measure: Measure,
): { printed: PlacedCharacter[]; blank: PlacedCharacter[] }[] {
  const lines: PlacedCharacter[][] = [];
  let line: PlacedCharacter[] = [];
  let lineWidthPt = 0;
  const widthOf = (part: readonly PlacedCharacter[]): number => measure(logicalRuns(part));
  for (const word of wordsOf(characters)) {
    const printed = withoutEnd(word);
    if (lineWidthPt + widthOf(printed) > widthPt) {
      if (line.length > 0) lines.push(line);
      const parts = splitWord(printed, widthPt, measure);
      lines.push(...parts.slice(0, -1));
      line = [...(parts.at(-1) ?? []), ...word.slice(printed.length)];
      lineWidthPt = widthOf(line);
    } else {
      line.push(...word);
      lineWidthPt += widthOf(word);
    }
  }
  if (line.length > 0 || lines.length === 0) lines.push(line);
  return lines.map((line, index) => {
    const printed = withoutEnd(line);
    // The blank at a line's end is kept for those who copy the text or have it read to them.
    const isLast = index === lines.length - 1;
    return { printed, blank: isLast ? [] : line.slice(printed.length, printed.length + 1) };
  });
}
