import { expect } from "chai";
import fc from "fast-check";
import { type Backpack, changeBackpack, groupItems } from "../../../src/backpack/backpack.js";
import { linkedInAddress, snippetsOf } from "../../../src/backpack/sharing.js";
import { composeOpenBadge } from "../../../src/credentials/open-badge.js";
import { composeShown } from "../../../src/credentials/shown-edition.js";
import { addresses, award, organisation, trackVersion } from "../../support/credential-fixtures.js";

const backpack = (changes: Partial<Backpack> = {}): Backpack => ({
  ...{ id: "learner", organisationId: "o", revision: 0, portfolioId: "p" },
  ...{ isPortfolioPublic: false, collections: [], places: [], order: [] },
  ...changes,
});

const item = (id: string, issuerName = "Guild", subject = "Gait") => ({ id, issuerName, subject });

describe("a backpack", () => {
  it("moves a credential past its neighbour in the same group, over those of other groups", () => {
    const all = ["a", "x", "b", "y", "c"];
    const move = (credentialId: string, by: -1 | 1) =>
      changeBackpack(backpack(), { kind: "move", credentialId, by, shown: ["a", "b", "c"] }, all)
        .order;
    expect(move("b", -1)).to.deep.equal(["b", "a", "x", "y", "c"]);
    expect(move("b", 1)).to.deep.equal(["a", "x", "y", "c", "b"]);
    expect(move("a", -1)).to.deep.equal(all);
    expect(move("c", 1)).to.deep.equal(all);
    expect(move("nobody's", 1)).to.deep.equal(all);
  });

  it("loses and doubles nothing, however it is ordered", () => {
    const ids = ["a", "b", "c", "d", "e"];
    const step = fc.record({
      credentialId: fc.constantFrom(...ids, "unknown"),
      by: fc.constantFrom(-1 as const, 1 as const),
      shown: fc.shuffledSubarray(ids),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let order = ids;
        for (const one of steps) {
          order = changeBackpack(backpack(), { kind: "move", ...one }, order).order;
        }
        expect([...order].sort()).to.deep.equal(ids);
      }),
    );
  });

  it("groups by organisation and subject by name, and by collections as they were made", () => {
    const items = [item("a", "Zeta"), item("b", "Alpha"), item("c", "Zeta", "Balance")];
    const names = (by: "organisation" | "subject" | "collection", pack = backpack()) =>
      groupItems(pack, items, by).map((group) => [group.name, group.items.map(({ id }) => id)]);
    expect(names("organisation")).to.deep.equal([
      ["Alpha", ["b"]],
      ["Zeta", ["a", "c"]],
    ]);
    expect(names("subject")).to.deep.equal([
      ["Balance", ["c"]],
      ["Gait", ["a", "b"]],
    ]);
    let pack = backpack({ order: ["c", "b", "a"] });
    const all = ["a", "b", "c"];
    for (const [id, name] of [
      ["1", "Zoo"],
      ["2", "Jobs"],
    ] as const)
      pack = changeBackpack(pack, { kind: "add-collection", collection: { id, name } }, all);
    pack = changeBackpack(pack, { kind: "place", credentialId: "a", collectionId: "1" }, all);
    pack = changeBackpack(pack, { kind: "place", credentialId: "c", collectionId: "1" }, all);
    pack = changeBackpack(pack, { kind: "place", credentialId: "b", collectionId: "gone" }, all);
    expect(names("collection", pack)).to.deep.equal([
      ["Zoo", ["c", "a"]],
      ["In no collection", ["b"]],
    ]);
    pack = changeBackpack(pack, { kind: "remove-collection", collectionId: "1" }, all);
    expect(names("collection", pack)).to.deep.equal([["In no collection", ["c", "b", "a"]]]);
  });
});

const issued = composeOpenBadge(addresses, {
  credentialId: "3f9d1d52-6a87-4f0e-9b25-4df8b3a1c9d4",
  statusPlace: { listId: "l", index: 1 },
  award: award(),
  track: trackVersion({ name: 'Safe <b>"Handling"</b> & more' }),
  organisation,
  recipient: { name: "Noor van Dijk", email: "noor@example.edu", salt: "a1b2" },
});

describe("what a learner shares", () => {
  it("fills in LinkedIn's fields: name, organisation, month of issue, id and address, no expiry", () => {
    const query = new URL(linkedInAddress(issued)).searchParams;
    expect(Object.fromEntries(query)).to.deep.equal({
      startTask: "CERTIFICATION_NAME",
      name: 'Safe <b>"Handling"</b> & more',
      organizationName: organisation.name,
      issueYear: "2026",
      issueMonth: "3",
      certUrl: issued.id,
      certId: "3f9d1d52-6a87-4f0e-9b25-4df8b3a1c9d4",
    });
  });

  it("prints HTML in names as text, in every snippet", () => {
    for (const snippet of Object.values(snippetsOf(issued))) {
      expect(snippet).not.to.include("<b>");
      expect(snippet).not.to.include('"Handling"');
    }
  });

  const shown = (parts: { evidence: boolean; hours: boolean; scores: boolean }) =>
    JSON.stringify(composeShown(issued, award(), parts));

  it("holds neither hours nor evidence when these are hidden, and still says who and what", () => {
    const text = shown({ evidence: false, hours: false, scores: true });
    expect(text).not.to.match(/credits|contact hour|Foundations|91 %|"evidence"/);
    expect(text).to.include("Noor van Dijk").and.include(issued.id).and.include(issued.validFrom);
  });

  it("keeps hours out of the evidence too", () => {
    const text = shown({ evidence: true, hours: false, scores: false });
    expect(text)
      .to.include("Foundations")
      .and.not.match(/contact hour|credits/);
  });

  it("names scores only when the learner says so", () => {
    expect(shown({ evidence: true, hours: true, scores: false })).not.to.include("91 %");
    expect(shown({ evidence: true, hours: true, scores: true })).to.include("Passed with 91 %");
  });
});
