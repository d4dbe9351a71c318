import { load } from "cheerio";
import { expect } from "chai";
import type { Exam } from "../../src/courses/exam.js";
import { resourceIdOf } from "../../src/exams/line-item.js";
import {
  approve,
  eventually,
  placeLink,
  publish,
  teach,
  type Taught,
} from "../support/story-school.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const COURSE = "cvi-101";
const MINUTE_MS = 60_000;

for (const mood of ["moodle", "canvas"] as const) {
  describe(`grades that an instructor types, in an LMS like ${mood}`, () => {
    let product: TestProduct;
    let taught: Taught;
    let exam: Exam;
    let linkId: string;
    let amara: TestVisit;
    let minutes: number;

    beforeEach(async () => {
      product = await startTestProduct({ mood });
      minutes = 0;
      const { parts, organisationId, lms } = product;
      taught = await teach(parts, organisationId, { code: "P", gradeSource: "lms-gradebook" });
      ({ exam } = taught);
      await publish(parts, organisationId, { name: "Project badge", exams: [exam] });
      const courseId = taught.course.id;
      await approve(parts, { organisationId, issuer: lms.issuer, contextId: COURSE, courseId });
      linkId = placeLink(lms, { url: product.url, contextId: COURSE, exam });
      await parts.work.start({ isAlone: true });
      amara = await enter("amara");
      // The column is made, and in Canvas the rows, before anybody is graded.
      await eventually("the column is read", async () => {
        const item = await product.connection.collection("lineItems").findOne({});
        return item?.["lastReadAt"] !== undefined && item["lastReadAt"] !== null;
      });
    });
    afterEach(async () => {
      await product.parts.work.stop();
      await product.close();
    });

    const enter = async (userId: string) =>
      await product.launchAs({ userId, courseId: COURSE, linkId });
    const type = (score: number | null, userId = "amara") => {
      const resourceId = resourceIdOf(exam.id);
      product.lms.grade({ courseId: COURSE, resourceId, userId, score });
    };
    /** Time goes by; nobody opens a page. The minute's sweep is run as the clock would. */
    const tenMinutesLater = async () => {
      minutes += 10;
      product.setNow(new Date(Date.now() + minutes * MINUTE_MS));
      await product.parts.sweepGradeSources({ reach: "settled" });
      await eventually("the results are read", async () => {
        const items = product.connection.collection("lineItems");
        return (await items.countDocuments({ nextReadAt: { $lte: product.parts.now() } })) === 0;
      });
      await eventually("no work is under way", async () => {
        return (await product.connection.collection("jobs").countDocuments({})) === 0;
      });
      await eventually("what was read is evaluated", async () => {
        const due = { pending: true, dueAt: { $lte: product.parts.now() } };
        return (await product.connection.collection("examFacts").countDocuments(due)) === 0;
      });
    };
    const factCount = async () => await product.connection.collection("examFacts").countDocuments();
    const awards = async (visit = amara) =>
      await product.parts.awards.listForLearners(product.organisationId, [visit.launch.accountId]);
    const events = async (code: string) => {
      const query = { search: code, page: 1, pageSize: 10 };
      return (await product.parts.events.list(product.organisationId, query)).items;
    };
    const sentence = async () => {
      const visit = await enter("amara");
      return load((await visit.get("/progress")).text)("main li.card").text();
    };

    it("become an award within ten minutes though nobody opens a page", async () => {
      type(88);
      expect(await awards()).to.deep.equal([]);
      await tenMinutesLater();
      const [award] = await awards();
      expect(award?.trackName).to.equal("Project badge");
      expect(award?.explanation.steps[0]?.exam?.bestPercent).to.equal(88);
    });

    it("are a fact each for 80, 50 and 80, and a taken-back grade is one more", async () => {
      for (const [index, score] of [80, 50, 80].entries()) {
        type(score);
        await tenMinutesLater();
        expect(await factCount()).to.equal(index + 1);
      }
      expect(await awards()).to.have.length(1);
      type(null);
      await tenMinutesLater();
      expect(await factCount()).to.equal(4);
      expect(await awards(), "an award stands").to.have.length(1);
    });

    it("that fall below the mark, or are taken back, do not count before the award", async () => {
      const { parts, organisationId } = product;
      const other = await teach(parts, organisationId, { code: "OTHER" });
      const exams = [exam, other.exam];
      await publish(parts, organisationId, { name: "Both", exams });
      type(30);
      await tenMinutesLater();
      expect(await sentence()).to.include("the result is 30%");
      type(null);
      await tenMinutesLater();
      expect(await sentence()).to.include("the grade was taken back");
      expect(await awards()).to.deep.equal([]);
    });

    it("stay what they were when the LMS leaves them out", async () => {
      type(30);
      await tenMinutesLater();
      product.lms.faults.dropResults = true;
      await tenMinutesLater();
      expect(await factCount()).to.equal(1);
      expect(await sentence()).to.include("the result is 30%");
    });

    const nonsense = {
      "a maximum of 0": { resultScore: 5, resultMaximum: 0 },
      "a score below 0": { resultScore: -1, resultMaximum: 100 },
      "a score that is no number": { resultScore: "NaN", resultMaximum: 100 },
      "a maximum that is no number": { resultScore: 90, resultMaximum: "many" },
    };
    for (const [what, result] of Object.entries(nonsense)) {
      it(`are refused with ${what}: one event, and the earlier fact is kept`, async () => {
        type(30);
        await tenMinutesLater();
        product.lms.faults.alterResults = (results) =>
          results.map((each) => (each["userId"] === "amara" ? { ...each, ...result } : each));
        await tenMinutesLater();
        await tenMinutesLater();
        expect(await factCount()).to.equal(1);
        expect(await sentence()).to.include("the result is 30%");
        expect(await events("result-refused")).to.have.length(1);
        expect(await awards()).to.deep.equal([]);

        product.lms.faults.clear();
        type(90);
        await tenMinutesLater();
        expect(await awards(), "a usable grade counts again").to.have.length(1);
      });
    }

    it("from the future are kept and wait until they are due", async () => {
      type(90);
      const inTwoHours = () =>
        new Date(product.parts.now().getTime() + 120 * MINUTE_MS).toISOString();
      const timestamp = inTwoHours();
      product.lms.faults.alterResults = (results) =>
        results.map((each) => ({ ...each, timestamp }));
      await tenMinutesLater();
      expect(await factCount()).to.equal(1);
      expect(await events("result-from-the-future")).to.have.length(1);
      await product.parts.journey.sweep();
      expect(await awards()).to.deep.equal([]);

      product.setNow(new Date(Date.parse(timestamp) + 1));
      await product.parts.journey.sweep();
      expect(await awards()).to.have.length(1);
    });

    it("are read soon after a launch of the course through another client id", async () => {
      await product.register(product.lms, { clientId: "second-tool", deploymentId: "2" });
      product.setNow(new Date(Date.now() + 48 * 60 * MINUTE_MS));
      minutes = 48 * 60;
      await tenMinutesLater();
      type(88);
      const clientId = "second-tool";
      await product.launchAs({ userId: "jonas", courseId: COURSE, clientId, deploymentId: "2" });
      await eventually("the award", async () => (await awards()).length === 1);
    });

    it("never award Student View, whenever it came and whatever is typed for it", async () => {
      const preview = await enter("test-student");
      expect(preview.landing.status).to.equal(200);
      type(95, "test-student");
      await tenMinutesLater();
      expect(await factCount()).to.equal(0);
      expect(await awards(preview)).to.deep.equal([]);
      expect(await product.connection.collection("awards").countDocuments()).to.equal(0);
    });
  });
}

describe("Student View that came before there was a column", () => {
  it("is never awarded either", async () => {
    const product = await startTestProduct();
    const { parts, organisationId, lms } = product;
    await parts.work.start({ isAlone: true });
    try {
      const { course, exam } = await teach(parts, organisationId, {
        ...{ code: "P", gradeSource: "lms-gradebook" },
      });
      await publish(parts, organisationId, { name: "Project badge", exams: [exam] });
      const place = { organisationId, issuer: lms.issuer, contextId: COURSE, courseId: course.id };
      await approve(parts, place);
      const linkId = placeLink(lms, { url: product.url, contextId: COURSE, exam });
      await product.launchAs({ userId: "test-student", courseId: COURSE, linkId });
      await product.launchAs({ userId: "amara", courseId: COURSE, linkId });
      const about = { courseId: COURSE, resourceId: resourceIdOf(exam.id), score: 90 };
      await eventually("the column is there", async () => {
        return lms.gradebook(COURSE).some(({ resourceId }) => resourceId === about.resourceId);
      });
      for (const userId of ["amara", "test-student"]) lms.grade({ ...about, userId });
      await product.launchAs({ userId: "amara", courseId: COURSE, linkId });
      await eventually("the learner's award", async () => {
        return (await product.connection.collection("awards").countDocuments()) > 0;
      });
      await eventually("no work is under way", async () => {
        return (await product.connection.collection("jobs").countDocuments({})) === 0;
      });
      expect(await product.connection.collection("examFacts").countDocuments()).to.equal(1);
      expect(await product.connection.collection("awards").countDocuments()).to.equal(1);
    } finally {
      await parts.work.stop();
      await product.close();
    }
  });
});
