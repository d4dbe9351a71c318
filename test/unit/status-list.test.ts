import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import {
  createPlacePicker,
  encodeStatusList,
  LIST_LENGTH,
  newDecoySeed,
} from "../../src/status-lists/status-list.js";

const decode = (encoded: string): ((index: number) => boolean) => {
  expect(encoded[0], "multibase base64url").to.equal("u");
  const octets = gunzipSync(Buffer.from(encoded.slice(1), "base64url"));
  expect(octets).to.have.length(LIST_LENGTH / 8);
  return (index) => (((octets[index >> 3] ?? 0) >> (7 - (index % 8))) & 1) === 1;
};

const count = (isSet: (index: number) => boolean): number =>
  Array.from({ length: LIST_LENGTH }, (_, index) => isSet(index)).filter(Boolean).length;

describe("a status list", () => {
  const list = { decoySeed: newDecoySeed() };

  it("has exactly the set places set, among those that credentials can have", () => {
    const pick = createPlacePicker(list);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), (howMany) => {
        const places = Array.from({ length: 80 }, pick);
        const set = new Set(places.slice(0, howMany));
        const isSet = decode(encodeStatusList(list, "revocation", [...set]));
        return places.every((index) => isSet(index) === set.has(index));
      }),
      { numRuns: 20 },
    );
  });

  it("has thousands of decoys that stay, so that a set place says nothing", () => {
    const once = encodeStatusList(list, "revocation", []);
    expect(encodeStatusList(list, "revocation", [])).to.equal(once);
    expect(count(decode(once))).to.be.within(7000, 9500);
    expect(encodeStatusList(list, "suspension", [])).not.to.equal(once);
    expect(encodeStatusList({ decoySeed: newDecoySeed() }, "revocation", [])).not.to.equal(once);
  });

  it("gives places that do not tell who came first", () => {
    const pick = createPlacePicker(list);
    const places = Array.from({ length: 1000 }, pick);
    const risen = places.filter((place, at) => place > (places[at - 1] ?? 0)).length;
    expect(risen).to.be.within(400, 600);
    expect(Math.max(...places)).to.be.greaterThan(LIST_LENGTH * 0.9);
  });
});
