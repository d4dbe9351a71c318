import { expect } from "chai";
import { isCanvasAddress, subAddress } from "../../../src/exams/line-item.js";
import { findNextPage } from "../../../src/exams/link-header.js";

const base = "https://lms.example/items/7/results?type_id=3&limit=10";
const next = "https://lms.example/items/7/results?type_id=3&limit=10&from=10";

describe("the next page in a Link header", () => {
  const cases: [string, string | undefined, string | undefined][] = [
    ["straight quotes", `<${next}>; rel="next"`, next],
    ["typographic quotes, as Moodle writes them", `<${next}>; rel=“next”`, next],
    [
      "typographic quotes as bytes, as they come off the wire",
      Buffer.from(`<${next}>; rel=“next”`, "utf8").toString("latin1"),
      next,
    ],
    ["German quotes", `<${next}>; rel=„next“`, next],
    ["no quotes", `<${next}>;rel=next`, next],
    ["&amp; for &", `<${next.replaceAll("&", "&amp;")}>; rel=“next”`, next],
    ["several relations in one", `<${next}>; rel="last next"`, next],
    ["other links before it", `<${base}>; rel="first", <${next}>; rel="next"`, next],
    ["other parameters before rel", `<${next}>; title="a; b"; rel="next"`, next],
    ["capitals", `<${next}>; Rel="NEXT"`, next],
    [
      "a relative address",
      `</items/7/results?from=10>; rel="next"`,
      "https://lms.example/items/7/results?from=10",
    ],
    ["a comma inside the address", `<${next}&a=1,2>; rel="next"`, `${next}&a=1,2`],
    ["only other relations", `<${next}>; rel="prev", <${base}>; rel="nextish"`, undefined],
    ["another origin", `<https://elsewhere.example/x>; rel="next"`, undefined],
    ["an address that is none", `<http://[>; rel="next"`, undefined],
    ["nothing between the brackets' pair", "rel=next", undefined],
    ["an empty header", "", undefined],
    ["no header", undefined, undefined],
  ];
  for (const [what, header, expected] of cases) {
    it(`${expected === undefined ? "is not found with" : "is read with"} ${what}`, () => {
      expect(findNextPage(header, base)).to.equal(expected);
    });
  }

  it("is searched quickly in a header made to be slow", () => {
    const hostile = "<".repeat(30_000) + ";rel=".repeat(10_000);
    expect(findNextPage(hostile, base)).to.equal(undefined);
  });
});

describe("addresses below a line item", () => {
  it("go into the path and keep the query", () => {
    expect(subAddress("https://lms.example/a/5/lineitem?type_id=1", "scores")).to.equal(
      "https://lms.example/a/5/lineitem/scores?type_id=1",
    );
    expect(subAddress("https://lms.example/a/5/", "results", { user_id: "a&b" })).to.equal(
      "https://lms.example/a/5/results?user_id=a%26b",
    );
  });

  it("tell a Canvas by its path", () => {
    expect(isCanvasAddress("https://x.instructure.com/api/lti/courses/12/line_items/7")).to.equal(
      true,
    );
    expect(isCanvasAddress("https://x.instructure.com/api/lti/courses/12/line_items")).to.equal(
      true,
    );
    expect(isCanvasAddress("https://moodle.example/mod/lti/services.php/2/lineitems")).to.equal(
      false,
    );
    expect(isCanvasAddress("not an address")).to.equal(false);
  });
});
