import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { startDemo } from "../../scripts/demo/start-demo.js";
import { playTour } from "../../scripts/demo/tour.js";

describe("the tour", function () {
  this.timeout(120_000);

  it("plays from the first launch to a certificate that is checked, and every step holds", async () => {
    const rootDir = fileURLToPath(new URL("../..", import.meta.url));
    const demo = await startDemo({ port: 0, lmsPort: 0, rootDir, logLevel: "silent" });
    const said: string[] = [];
    try {
      await playTour(demo, (line) => said.push(line));
    } finally {
      await demo.stop();
    }
    expect(said.join("\n")).to.include("This certificate gives no initials after the name.");
  });
});
