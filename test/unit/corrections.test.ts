import { expect } from "chai";
import { correctionsOf } from "../../src/verification/credential-page.js";

describe("the corrections of a credential on its page", () => {
  it("say what kind each was and when, newest first, and nothing of what stood there before", () => {
    const history = [
      { at: new Date("2026-03-01T10:00:00Z"), reason: "name-corrected" as const },
      { at: new Date("2026-04-02T10:00:00Z"), reason: "keys-replaced" as const },
    ];
    expect(correctionsOf({ history })).to.deep.equal([
      { on: "2 April 2026", text: "It was signed anew with new keys of its issuer." },
      { on: "1 March 2026", text: "The holder's name was corrected." },
    ]);
    expect(correctionsOf({})).to.deep.equal([]);
  });
});
