/* eslint-disable n/no-process-env -- the runner says when the list is to be written anew */
import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
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
    const file = "packages/embedded-mongo/test/conformance/covered.txt";
    // `WRITE_COVERED=yes npx mocha "packages/embedded-mongo/test/conformance/*.test.ts"`
    if (process.env["WRITE_COVERED"] === "yes") {
      const lines = [...seen].filter((line) => !/ \$(foo|nonsense)$/.test(line)).sort();
      writeFileSync(file, `${lines.join("\n")}\n`);
    }
    const covered = readFileSync(file, "utf8");
    expect(covered.split("\n").filter((line) => line !== "" && !seen.has(line))).to.deep.equal([]);
  });
});
