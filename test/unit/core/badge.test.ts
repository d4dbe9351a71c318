import { load } from "cheerio";
import { expect } from "chai";
import fc from "fast-check";
import { contrastOf, faultsOfBadge, textColourOn } from "../../../src/tracks/badge-design.js";
import { drawBadge } from "../../../src/tracks/badge-svg.js";
import type { BadgeDesign } from "../../../src/tracks/track.js";

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
        expect($("svg").children()).to.have.length(4);
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

  it("has three shapes", () => {
    const shapes = (["hexagon", "circle", "shield"] as const).map((shape) =>
      drawBadge({ badge: { ...design, shape }, name: "Same" }),
    );
    expect(new Set(shapes).size).to.equal(3);
    for (const svg of shapes) expect(svg).to.not.contain("style=");
  });
});
