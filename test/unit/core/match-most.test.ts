import { expect } from "chai";
import fc from "fast-check";
import { matchMost } from "../../../src/progress/match-most.js";

/** As many as can have one, found by trying everything. */
function most(choices: readonly (readonly string[])[], taken = new Set<string>()): number {
  const [first, ...others] = choices;
  if (first === undefined) return 0;
  const without = most(others, taken);
  const having = first
    .filter((thing) => !taken.has(thing))
    .map((thing) => 1 + most(others, new Set([...taken, thing])));
  return Math.max(without, ...having);
}

describe("giving each one of what it could take", () => {
  const choices = fc.array(fc.subarray(["p", "q", "r", "s"]), { maxLength: 5 });

  it("gives nobody the same, only what can be taken, and to as many as possible", () => {
    fc.assert(
      fc.property(choices, (given) => {
        const has = matchMost(given);
        const taken = has.filter((thing) => thing !== undefined);
        expect(new Set(taken).size).to.equal(taken.length);
        for (const [at, thing] of has.entries())
          if (thing !== undefined) expect(given[at]).to.include(thing);
        expect(taken.length).to.equal(most(given));
      }),
    );
  });

  it("leaves nobody without who comes first, if there is anything for them", () => {
    fc.assert(
      fc.property(choices, (given) => {
        const [first] = matchMost(given);
        expect(first !== undefined).to.equal((given[0] ?? []).length > 0);
      }),
    );
  });
});
