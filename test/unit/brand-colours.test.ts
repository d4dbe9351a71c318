import { expect } from "chai";
import fc from "fast-check";
import { brandStylesheet, faultsOfColours, sayContrasts } from "../../src/issuers/brand-colours.js";
import { contrastOf } from "../../src/pictures/contrast.js";

describe("an issuer's colours", () => {
  const cases: [what: string, colour: string, groundColour: string, faulty: string[]][] = [
    ["are dark on pale", "#1d5b8f", "#f3ecd9", []],
    ["are dark on white", "#1d5b8f", "#ffffff", []],
    ["are too pale for paper", "#ffe680", "#ffffff", ["colour"]],
    ["have a ground that words are lost on", "#000000", "#8a8a8a", ["groundColour"]],
    ["can be read on white and not on their ground", "#5f6f7f", "#dfe6dc", ["groundColour"]],
    ["are none", "blue", "url(x)", ["colour", "groundColour"]],
  ];
  for (const [what, colour, groundColour, faulty] of cases)
    it(`${faulty.length === 0 ? "are taken" : "are refused with a sentence"} when they ${what}`, () => {
      expect(Object.keys(faultsOfColours({ colour, groundColour }))).to.deep.equal(faulty);
    });

  it("have their contrasts said in words, the good and the bad", () => {
    expect(sayContrasts({ colour: "#1d5b8f", groundColour: "#ffffff" })).to.deep.equal([
      "Headings stand out from white paper by 7.1 to 1; they read well.",
    ]);
    const [onPaper, onGround, quiet] = sayContrasts({
      ...{ colour: "#1d5b8f", groundColour: "#8a8a8a" },
    });
    expect(onPaper).to.include("read well");
    expect(onGround).to.match(/background by 2.* too little: 4.5 to 1 is needed/);
    expect(quiet).to.match(/grey words .* too little/);
    expect(sayContrasts({ colour: "x", groundColour: "#ffffff" })).to.deep.equal([]);
  });

  it("stand in a stylesheet only where a ground was chosen", () => {
    expect(brandStylesheet({ colour: "#1d5b8f" })).to.equal(undefined);
    expect(brandStylesheet({ colour: "#1d5b8f", groundColour: "#ffffff" })).to.equal(undefined);
    const sheet = brandStylesheet({ colour: "#1d5b8f", groundColour: "#f3ecd9" });
    expect(sheet).to.match(/^\.certificate,\.in-colours\{[^{}]*--sheet:#f3ecd9;[^{}]*\}$/);
    expect(sheet).to.include("--accent:#1d5b8f;");
  });

  it("that are taken can be read wherever they stand", () => {
    const anyColour = fc
      .integer({ min: 0, max: 0xffffff })
      .map((number) => `#${number.toString(16).padStart(6, "0")}`);
    fc.assert(
      fc.property(anyColour, anyColour, (colour, groundColour) => {
        if (Object.keys(faultsOfColours({ colour, groundColour })).length > 0) return;
        for (const one of [colour, "#535e5e", "#1b2527", "#55555c", "#1c1c1e"])
          expect(contrastOf(one, groundColour), one).to.be.at.least(4.5);
        expect(contrastOf(colour, "#ffffff")).to.be.at.least(4.5);
      }),
    );
  });
});
