/** What we use of fontkit, which comes without types. */
declare module "fontkit" {
  export type Glyph = { id: number; codePoints: number[] };
  export type GlyphRun = { glyphs: Glyph[]; positions: object[] };
  export type Font = {
    hasGlyphForCodePoint(codePoint: number): boolean;
    getGlyph(id: number, codePoints?: number[]): Glyph;
    layout(text: string, features?: unknown, ...more: unknown[]): GlyphRun;
  };
  export function create(bytes: Uint8Array): Font;
}
