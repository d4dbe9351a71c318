import { expect } from "chai";
import fc from "fast-check";
import { create } from "fontkit";
import { rememberShapes } from "../../../src/documents/remembered-font.js";
import { facesOf } from "../../../src/documents/font-files.js";

describe("a font that remembers how words are shaped", () => {
  const [{ bytes, font }] = facesOf("regular") as [ReturnType<typeof facesOf>[number]];
  const plain = create(bytes);
  const placesIn = (run: { positions: object[] }) => run.positions.map((one) => ({ ...one }));

  it("shapes as the font itself, however often, and gives everyone places of their own", () => {
    // What the font has no glyph for is set in another font: fontkit shapes it by what the sign for
    // missing glyphs stood for first.
    const isThere = (character: string) => plain.hasGlyphForCodePoint(character.codePointAt(0)!);
    const text = fc
      .string({ unit: "grapheme", maxLength: 60 })
      .map((any) => Array.from(any).filter(isThere).join(""));
    const features = fc.constantFrom(undefined, ["kern"]);
    fc.assert(
      fc.property(text, features, (word, wanted) => {
        // A glyph that was used before may stand for other characters than here.
        const expected = placesIn(create(bytes).layout(word, wanted));
        for (let time = 0; time < 2; time += 1) {
          const run = font.layout(word, wanted);
          expect(placesIn(run)).to.deep.equal(expected);
          for (const place of run.positions) Object.assign(place, { xAdvance: -1 });
        }
      }),
      { numRuns: 200 },
    );
  });

  it("says of each glyph which characters it stands for here, whatever it stood for before", () => {
    // A glyph that is first met as a part of another one knows of no character.
    const reused = rememberShapes(create(bytes));
    const a = plain.layout("A").glyphs[0]!.id;
    expect(reused.getGlyph(a).codePoints).to.deep.equal([]);
    const text = "OpenAction Àÿ ffi µ μ";
    const charactersOf = (word: string) =>
      reused.layout(word).glyphs.flatMap(({ codePoints }) => codePoints);
    const expected = Array.from(text, (character) => character.codePointAt(0)!);
    expect(charactersOf(text)).to.deep.equal(expected);
    expect(charactersOf("A")).to.deep.equal([0x41]);
  });

  it("says the same width of a remembered run", () => {
    const widthOf = (run: object) => (run as { advanceWidth: number }).advanceWidth;
    const expected = widthOf(plain.layout("Wave"));
    font.layout("Wave");
    expect(widthOf(font.layout("Wave")))
      .to.equal(expected)
      .and.to.be.above(0);
  });
});
