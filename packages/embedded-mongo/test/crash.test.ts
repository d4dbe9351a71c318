import { expect } from "chai";
import { buildCommand } from "./support/build-command.js";
import { killRounds } from "./support/kill-rounds.js";
import { killCount } from "./support/kill-count.js";

describe("a store that is killed", () => {
  it("has every acknowledged write and no transaction in part", async () => {
    const result = await killRounds(await buildCommand(), killCount());
    expect(result).to.deep.include({ kills: killCount(), lost: 0, partial: 0 });
    expect(result.acknowledged).to.be.greaterThan(killCount());
  }).timeout(120_000);
});
