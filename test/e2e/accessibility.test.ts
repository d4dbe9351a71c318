import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { auditPage } from "./support/audit.js";
import { startWalk, walks } from "./support/every-page.js";
import { sharedStage } from "./support/shared-demo.js";
import type { Walk } from "./support/walk-steps.js";
import { listViews, type ViewWatch, watchViews, withIncluded } from "./support/watch-views.js";

const folderOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe("accessibility, on every page, light and dark, narrow and wide", function () {
  this.timeout(240_000);
  let views: ViewWatch;
  let walk: Walk;
  let found: string[] = [];
  let isCut = false;

  before(async () => {
    views = watchViews();
    walk = await startWalk(await sharedStage(), async (name, page) => {
      found.push(...(await auditPage(page, name)));
    });
  });
  beforeEach(() => {
    found = [];
  });
  after(async () => {
    views.end();
    for (const person of walk.people) await person.leave();
  });

  for (const { title, walk: walkAlong } of walks) {
    it(`finds no fault on the pages ${title}`, async () => {
      if (isCut) throw new Error("The pages before did not come this far");
      isCut = true;
      await walkAlong(walk);
      isCut = false;
      expect(found.join("\n")).to.equal("");
    });
  }

  it("has looked at every view there is", async () => {
    const rosette = folderOf("views");
    expect(await withIncluded(rosette, views.rosette)).to.deep.equal(await listViews(rosette));
    const lms = folderOf("packages/practice-lms/views");
    expect(await withIncluded(lms, views.lms)).to.deep.equal(await listViews(lms));
  });
});
