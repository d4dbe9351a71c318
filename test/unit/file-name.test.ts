import { expect } from "chai";
import fc from "fast-check";
import { createUniqueNames, safeFileName } from "../../src/web/file-name.js";

describe("a file name made from any text", () => {
  const cases: [what: string, text: string, name: string][] = [
    ["keeps what is harmless", "Fall prevention (2026).pdf", "Fall prevention (2026).pdf"],
    ["keeps letters of every script", "Προλήψη, 予防 и падения", "Προλήψη, 予防 и падения"],
    ["leads into no other folder", "../../etc/passwd", "etc passwd"],
    ["leads into none on Windows", "..\\..\\boot.ini", "boot.ini"],
    ["is no device of Windows", "NUL.txt", "file NUL.txt"],
    ["is no hidden file", ".bashrc", "bashrc"],
    ["is no option of a command", "-rf", "rf"],
    ["hides no ending behind a mark that turns text", "gpj.\u202Eexe", "gpj. exe"],
    ["ends in no dot", "Course no. 1. . .", "Course no. 1"],
    ["has a word when nothing is left", "???", "file"],
    ["has a word before an ending alone", "/.txt", "txt"],
  ];
  for (const [what, text, name] of cases) {
    it(what, () => {
      expect(safeFileName(text, "file")).to.equal(name);
    });
  }

  it("is never cut within a letter", () => {
    const family = "👩‍👩‍👧‍👦";
    const name = safeFileName(`${family.repeat(40)}.png`, "file");
    expect(name).to.match(/\.png$/);
    expect(name.replace(".png", "").replaceAll(family, "")).to.equal("");
  });

  it("is one that every usual system takes, whatever the text", () => {
    const parts = fc.constantFrom(
      "..",
      "/",
      "\\",
      "\0",
      "CON",
      ".",
      " ",
      "\u202E",
      "a",
      ".txt",
      ":",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(parts, { maxLength: 300 }).map((some) => some.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const name = safeFileName(text, "file");
        expect(name).to.match(/^[^<>:"/\\|?*\p{Cc}\u202A-\u202E]+$/u);
        expect(name)
          .to.match(/[^. ]$/)
          .and.not.match(/^[.\s]/);
        expect(name).not.to.match(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(Buffer.byteLength(name)).to.be.at.most(140);
        expect(safeFileName(name, "file"), "made from itself").to.equal(name);
      }),
    );
  });

  it("is given once, also where capitals are not told apart", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a.txt", "A.TXT", "a 2.txt", "b", "B")), (names) => {
        const unique = createUniqueNames();
        const given = names.map((name) => unique(name).toLowerCase());
        expect(new Set(given).size).to.equal(names.length);
      }),
    );
    const unique = createUniqueNames();
    expect(["a.txt", "A.txt", "a.txt"].map(unique)).to.deep.equal(["a.txt", "A 2.txt", "a 3.txt"]);
  });
});
