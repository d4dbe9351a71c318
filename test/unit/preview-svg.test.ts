import { load } from "cheerio";
import { expect } from "chai";
import { drawPreview } from "../../src/credentials/preview-svg.js";

const about = {
  badgeSvg: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
  ...{ name: "Safe <moving>", holderName: "Noor", issuerName: "Institute" },
};
const drawn = (svg: string) => load(svg, { xml: true });

describe("the picture of a credential for link previews", () => {
  it("says what it is, whose and from whom, and text stays text", () => {
    const texts = drawn(drawPreview(about))("text").toArray();
    expect(texts.map((text) => drawn("")(text).text())).to.deep.equal([
      ...["Safe <moving>", "Noor", "Institute"],
    ]);
  });

  it("stands in the colours of an issuer that has chosen its own", () => {
    const [ground, frame] = drawn(drawPreview(about))("rect").toArray();
    expect([ground!.attribs["fill"], frame!.attribs["stroke"]]).to.deep.equal([
      ...["#fffefa", "#b98f28"],
    ]);
    const colours = { line: "#7a1f5c", ground: "#f7efe3" };
    const own = drawn(drawPreview({ ...about, colours }));
    expect(own("rect").first().attr("fill")).to.equal("#f7efe3");
    expect(own("rect").last().attr("stroke")).to.equal("#7a1f5c");
    expect(own("text").eq(1).attr("fill")).to.equal("#7a1f5c");
  });
});
