import { load } from "cheerio";
import { expect } from "chai";
import fc from "fast-check";
import { contrastOf, textColourOn } from "../../../src/pictures/contrast.js";
import { describeContrast, faultsOfBadge } from "../../../src/tracks/badge-design.js";
import { drawBadge } from "../../../src/tracks/badge-svg.js";
import { type BadgeDesign, badgeIcons } from "../../../src/tracks/track.js";

const design: BadgeDesign = { shape: "hexagon", colour: "#1d5b8f", initials: "CT" };

const colours = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);

describe("a badge's design", () => {
  it("gives the contrast that WCAG's own example pairs have", () => {
    expect(contrastOf("#000000", "#ffffff")).to.be.closeTo(21, 0.001);
    expect(contrastOf("#ffffff", "#767676")).to.be.closeTo(4.54, 0.01);
    expect(contrastOf("#777777", "#777777")).to.equal(1);
  });

  it("takes text that reads well on every colour", () => {
    fc.assert(
      fc.property(colours, (colour) => {
        expect(contrastOf(colour, textColourOn(colour))).to.be.at.least(4.5);
      }),
    );
  });

  it("refuses letters that cannot be told from the shape, and icons a little later", () => {
    const faultOf = (changes: Partial<BadgeDesign>) =>
      faultsOfBadge({ ...design, ...changes })["badge.textColour"];
    expect(faultOf({ textColour: "#ffffff" })).to.equal(undefined);
    expect(faultOf({ textColour: "#1d5b90" })).to.match(/^The letters would .* 1 to 1, and 4\.5/);
    // 3.5 to 1: enough for a large shape, not for letters.
    const grey = { colour: "#888888", textColour: "#ffffff" };
    expect(contrastOf(grey.colour, grey.textColour)).to.be.within(3.5, 3.6);
    expect(faultOf(grey)).to.match(/3\.5 to 1, and 4\.5 to 1 is needed/);
    expect(faultOf({ ...grey, initials: "", icon: "leaf" })).to.equal(undefined);
    expect(faultOf({ textColour: "white" })).to.match(/Choose a colour/);
    expect(faultOf({ textColour: "#1d5b90", pictureId: "p" })).to.equal(undefined);
  });

  it("says how well it is seen, never better than it is", () => {
    fc.assert(
      fc.property(colours, colours, (colour, textColour) => {
        const { isGood, sentences } = describeContrast({ ...design, colour, textColour });
        const ratio = contrastOf(colour, textColour);
        const said = Number(/by ([\d.]+) to 1/.exec(sentences[0] ?? "")?.[1]);
        expect(said).to.be.within(ratio - 0.1001, ratio);
        expect(isGood).to.equal(ratio >= 4.5 && contrastOf(colour, "#ffffff") >= 3);
        expect((sentences[0] ?? "").includes("reads well")).to.equal(ratio >= 4.5);
      }),
    );
  });

  it("needs letters, an icon or a picture", () => {
    const faultOf = (changes: Partial<BadgeDesign>) =>
      faultsOfBadge({ ...design, initials: "", ...changes })["badge.initials"];
    expect(faultOf({})).to.match(/or choose an icon/);
    expect(faultOf({ icon: "star" })).to.equal(undefined);
    expect(faultOf({ pictureId: "p" })).to.equal(undefined);
  });

  it("refuses what is no colour and too many initials", () => {
    expect(faultsOfBadge(design)).to.deep.equal({});
    expect(faultsOfBadge({ ...design, colour: "red" })).to.have.keys("badge.colour");
    expect(faultsOfBadge({ ...design, initials: " " })).to.have.keys("badge.initials");
    expect(faultsOfBadge({ ...design, initials: "ABCDE" })).to.have.keys("badge.initials");
    expect(faultsOfBadge({ ...design, initials: "⠃⠗𝔸𝔹" })).to.deep.equal({});
  });
});

describe("a drawn badge", () => {
  const parse = (svg: string) => load(svg, { xml: true });

  it("is named for those who cannot see it", () => {
    const $ = parse(drawBadge({ badge: design, name: "Compression Therapy" }));
    expect($("svg").attr("role")).to.equal("img");
    expect($("svg").attr("aria-label")).to.equal("Compression Therapy");
    expect($("svg > title").text()).to.equal("Compression Therapy");
  });

  it("prints any name and any initials as text and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (name, initials) => {
        const hostile = `${name}<script>alert(1)</script>"'&`;
        const svg = drawBadge({ badge: { ...design, initials }, name: hostile });
        const $ = parse(svg);
        expect($("script")).to.have.length(0);
        expect(svg).to.not.contain("<script");
        expect($("svg").children()).to.have.length(initials.trim() === "" ? 3 : 4);
        expect($("svg > title").text()).to.contain("<script>alert(1)</script>\"'&");
      }),
    );
  });

  it("lets nothing out of the attributes", () => {
    const $ = parse(
      drawBadge({ badge: { ...design, colour: '"/><script>' }, name: '" onload="x' }),
    );
    expect($("svg").attr("onload")).to.equal(undefined);
    expect($("script")).to.have.length(0);
  });

  it("has an icon in the colour of the letters, alone or above them", () => {
    for (const icon of badgeIcons) {
      const alone = parse(drawBadge({ badge: { ...design, initials: "", icon }, name: "x" }));
      expect(alone("text")).to.have.length(0);
      expect(alone("path[stroke='#ffffff'][d]")).to.have.length(1);
      const both = parse(
        drawBadge({ badge: { ...design, icon, textColour: "#ffee00" }, name: "x" }),
      );
      expect(both("text").attr("fill")).to.equal("#ffee00");
      expect(both("path[stroke='#ffee00']")).to.have.length(1);
    }
  });

  it("has three shapes", () => {
    const shapes = (["hexagon", "circle", "shield"] as const).map((shape) =>
      drawBadge({ badge: { ...design, shape }, name: "Same" }),
    );
    expect(new Set(shapes).size).to.equal(3);
    for (const svg of shapes) expect(svg).to.not.contain("style=");
  });
});
