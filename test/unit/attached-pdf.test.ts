import { deflateSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { readAttachedPdf } from "../../src/credentials/attached-pdf.js";

const TEXT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJkaWQ6d2ViOmV4YW1wbGUub3JnIn0.c2lnbmF0dXJl";
const PACKED = deflateSync(TEXT);

/** As much of a PDF as the reader looks at: one object, with whatever dictionary. */
const pdfWith = (dictionary: string, data: Buffer | string): Buffer =>
  Buffer.concat([
    Buffer.from(`%PDF-1.7\n8 0 obj\n<<\n${dictionary}\n>>\nstream\n`, "latin1"),
    Buffer.from(data as Buffer),
    Buffer.from("\nendstream\nendobj\n9 0 obj\n<< /Names << /EmbeddedFiles 1 0 R >> >>\nendobj\n"),
  ]);

const file = "/Type /EmbeddedFile";
const length = `/Length ${PACKED.length}`;

describe("a PDF with a credential attached", () => {
  const cases: [what: string, pdf: Buffer, found: string][] = [
    ["deflated", pdfWith(`${file} ${length} /Filter /FlateDecode`, PACKED), TEXT],
    ["deflated, in a list", pdfWith(`${length}/Filter[/FlateDecode]${file}`, PACKED), TEXT],
    ["as it is", pdfWith(`${file} /Length ${TEXT.length}`, TEXT), TEXT],
    ["packed otherwise", pdfWith(`${file} ${length} /Filter /LZWDecode`, PACKED), "unreadable"],
    [
      "packed twice",
      pdfWith(`${file} ${length} /Filter [/FlateDecode /ASCIIHexDecode]`, PACKED),
      "unreadable",
    ],
    ["without a length", pdfWith(`${file} /Filter /FlateDecode`, PACKED), "unreadable"],
    [
      "with its length elsewhere",
      pdfWith(`${file} /Length ${PACKED.length} 0 R /Filter /FlateDecode`, PACKED),
      "unreadable",
    ],
    [
      "with a wrong length",
      pdfWith(`${file} /Length 12 /Filter /FlateDecode`, PACKED),
      "unreadable",
    ],
    [
      "with a length beyond its end",
      pdfWith(`${file} /Length 999999999 /Filter /FlateDecode`, PACKED),
      "unreadable",
    ],
    ["too long as it is", pdfWith(`${file} /Length 1000001`, "x".repeat(1_000_001)), "too-large"],
    ["not at all", pdfWith(length, PACKED), "none"],
    ["with another kind of object", pdfWith(`/Type /EmbeddedFileX ${length}`, PACKED), "none"],
  ];
  for (const [what, pdf, expected] of cases) {
    it(`is read when it is one, and refused when it is none: ${what}`, () => {
      const reading = readAttachedPdf(pdf);
      expect(reading.kind === "found" ? reading.text : reading.kind).to.equal(expected);
    });
  }

  it("never throws, wherever its bytes are changed or cut off", () => {
    const pdf = pdfWith(`${file} ${length} /Filter /FlateDecode`, PACKED);
    const place = fc.nat({ max: pdf.length - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(255))), place, (changes, end) => {
        const changed = Buffer.from(pdf);
        for (const [at, byte] of changes) changed[at] = byte;
        readAttachedPdf(changed);
        readAttachedPdf(changed.subarray(0, end));
      }),
    );
  });
});
