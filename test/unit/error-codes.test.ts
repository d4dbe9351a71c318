import { expect } from "chai";
import { readFileSync } from "node:fs";
import { errorCodes } from "../../src/errors.js";

describe("docs/error-codes.md", () => {
  it("tells of every code when it happens and what to do, and of no other", () => {
    const text = readFileSync(new URL("../../docs/error-codes.md", import.meta.url), "utf8");
    const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\| (.+?) +\|$/gm)];
    expect(rows.map(([, code]) => code)).to.have.members(errorCodes);
  });
});
