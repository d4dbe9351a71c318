import { expect } from "chai";
import { load } from "cheerio";
import type { Mood } from "practice-lms";
import { approve, eventually, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const COURSE = "cvi-101";

for (const mood of ["moodle", "canvas"] satisfies Mood[]) {
  describe(`the roster of an LMS course in ${mood}`, () => {
    let product: TestProduct;

    before(async () => {
      product = await startTestProduct({ mood });
      const { parts, organisationId, lms } = product;
      const { course } = await teach(parts, organisationId, { code: "CVI-101" });
      const place = { organisationId, issuer: lms.issuer, contextId: COURSE };
      await approve(parts, { ...place, courseId: course.id });
      await parts.work.start({ isAlone: true });
    });
    after(async () => {
      await product.parts.work.stop();
      await product.close();
    });

    const namesShown = async (): Promise<string[]> => {
      const visit = await product.launchAs({ userId: "priya", courseId: COURSE });
      const $ = load((await visit.get("/course")).text);
      return [...$("tbody th").map((_, cell) => $(cell).text())];
    };

    const learnersAtTheLms = 2;

    it("shows the instructor every learner by name, though none of them has opened Rosette", async () => {
      const names = await eventually("the roster is read", async () => {
        const shown = await namesShown();
        return shown.length >= learnersAtTheLms && shown;
      });
      expect(names.join()).to.match(/Amara/).and.to.match(/Jonas/).and.not.to.match(/Priya/);
    });

    it("drops who has left the LMS course at the next reading, and takes back who returns", async () => {
      const { lms, parts } = product;
      const later = (minutes: number) => {
        product.setNow(new Date(parts.now().getTime() + minutes * 60_000));
      };
      lms.unenrol({ courseId: COURSE, userId: "amara" });
      later(16);
      await eventually("Amara is gone", async () => !(await namesShown()).join().includes("Amara"));
      lms.enrol({ courseId: COURSE, userId: "amara" });
      later(16);
      await eventually("Amara is back", async () => (await namesShown()).join().includes("Amara"));
      product.setNow(undefined);
    });

    it("drops nobody while the LMS does not tell the whole roster", async () => {
      const { lms, parts } = product;
      const before = await namesShown();
      product.setNow(new Date(parts.now().getTime() + 60 * 60_000));
      lms.faults.serviceDown = true;
      await namesShown();
      await eventually("the reading has failed", async () => {
        const query = { organisationId: product.organisationId, search: "", page: 1, pageSize: 10 };
        const { items } = await parts.work.listFailed(query);
        return items.some(({ name }) => name === "read-roster");
      });
      expect(await namesShown()).to.deep.equal(before);
    });
  });
}
