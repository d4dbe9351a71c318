import { expect } from "chai";
import { readFileSync } from "node:fs";
import { commandsSeen } from "./support.js";

/**
 * `covered.txt` names every command and operator that this suite exercises; an application's own
 * log (`commandLog`) must hold nothing else. Files run in the order of their names: this is last.
 */
describe("the list of what is covered", () => {
  it("names nothing that this suite does not exercise", async function () {
    const seen = new Set(await commandsSeen());
    // Another server keeps no log, and one file alone exercises little.
    if (!seen.has("stage $facet") || !seen.has("command commitTransaction")) this.skip();
    const covered = readFileSync("packages/embedded-mongo/test/conformance/covered.txt", "utf8");
    expect(covered.split("\n").filter((line) => line !== "" && !seen.has(line))).to.deep.equal([]);
  });
});
