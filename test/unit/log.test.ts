import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const logged = (expression: string): string => {
  const source = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, "../../src/log.ts"))};
    createLog({ logLevel: "info" }).info(${expression}, "said");`;
  const child = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type", "module", "--eval", source],
    { encoding: "utf8" },
  );
  expect(child.stdout, child.stderr).to.include("said");
  return child.stdout;
};

describe("the log", () => {
  it("cuts secrets and names out, two levels deep", () => {
    const line = logged(`{
      id_token: "hidden", platformId: "shown",
      request: { email: "hidden", headers: { authorization: "hidden", host: "shown" } },
    }`);
    expect(line).to.include("shown").and.not.include("hidden");
  });
});
