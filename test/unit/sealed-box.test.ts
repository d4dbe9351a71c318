import { expect } from "chai";
import fc from "fast-check";
import { createSealedBox } from "../../src/sealed-box.js";

describe("a sealed box", () => {
  const box = createSealedBox("01".repeat(32));

  it("opens what it sealed, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (secret, purpose) => {
        expect(box.open(box.seal(secret, purpose), purpose)).to.equal(secret);
      }),
    );
  });

  it("opens files that it sealed, byte for byte, and no changed ones", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), (secret, place) => {
        const sealed = box.sealBytes(secret, "file");
        expect(new Uint8Array(box.openBytes(sealed, "file"))).to.deep.equal(secret);
        sealed[place % sealed.length]! ^= 1;
        expect(() => box.openBytes(sealed, "file")).to.throw();
      }),
    );
  });

  it("never seals the same secret to the same text", () => {
    expect(box.seal("secret", "key")).not.to.equal(box.seal("secret", "key"));
  });

  it("refuses another purpose, another key, and a changed text", () => {
    const sealed = box.seal("secret", "issuer key");
    const changed = Buffer.from(sealed, "base64url");
    changed[changed.length - 1]! ^= 1;
    expect(() => box.open(sealed, "tool key")).to.throw();
    expect(() => createSealedBox("02".repeat(32)).open(sealed, "issuer key")).to.throw();
    expect(() => box.open(changed.toString("base64url"), "issuer key")).to.throw();
  });
});
