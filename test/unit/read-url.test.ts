import { expect } from "chai";
import { readUrl } from "../../src/read-url.js";

describe("the address that a text is", () => {
  it("is read alike after many thousand times, with any letter in it", () => {
    const text = "https://müller.example/größe";
    const read = Array.from({ length: 20_000 }, () => readUrl(text)?.href);
    expect(new Set(read)).to.deep.equal(new Set([new URL(text).href]));
  });

  it("is taken from a base when it is a relative one", () => {
    expect(readUrl("?page=2", "https://lms.example/scores?page=1")?.href).to.equal(
      "https://lms.example/scores?page=2",
    );
  });

  it("is none when it cannot be one", () => {
    for (const text of ["", "müller", "https://", "//lms.example"])
      expect(readUrl(text), text).to.equal(undefined);
  });
});
