import { expect } from "chai";
import { adminFrame, donePath } from "../../src/admin/admin-frame.js";

const visit = { launch: { id: "launch" } };

describe("the frame of the administrator's panel", () => {
  it("marks the part that one is in, and leads out again", () => {
    const { navigation = [] } = adminFrame(visit, { title: "Tracks", area: "tracks" });
    expect(navigation.filter(({ current }) => current)).to.deep.equal([
      { href: "/l/launch/admin/tracks", label: "Tracks", current: true },
    ]);
    expect(navigation.at(-1)?.href).to.equal("/l/launch/progress");
  });

  it("says what was done", () => {
    const address = donePath(visit, "/tracks", "draft-saved");
    expect(address).to.equal("/l/launch/admin/tracks?done=draft-saved");
    const frame = adminFrame(visit, { title: "T", area: "tracks", done: "draft-saved" });
    expect(frame.notices?.map(({ kind }) => kind)).to.deep.equal(["done"]);
  });

  for (const word of ["", "constructor", "__proto__", "<script>"]) {
    it(`says nothing when the address holds ${word === "" ? "no word" : word}`, () => {
      const frame = adminFrame(visit, { title: "T", area: "tracks", done: word });
      expect(frame.notices).to.deep.equal([]);
    });
  }
});
