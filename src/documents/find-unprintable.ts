import { facesOf } from "./font-files.js";

/** The characters of a text that no bundled font has a shape for, each once; marks of direction none. */
export function findUnprintable(text: string): string[] {
  const faces = facesOf("bold");
  const missing = Array.from(text).filter(
    (character) =>
      !/[\s\p{Cc}\p{Cf}]/u.test(character) &&
      !faces.some(({ font }) => font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)),
  );
  return [...new Set(missing)];
}
