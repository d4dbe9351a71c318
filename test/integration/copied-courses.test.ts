import { expect } from "chai";
import { load } from "cheerio";
import type { Exam } from "../../src/courses/exam.js";
import { resourceIdOf } from "../../src/exams/line-item.js";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import {
  launchAsAdministrator,
  startTestProduct,
  type TestProduct,
} from "../support/test-product.js";

const COURSE = "cvi-101";
const COPY = { id: "cvi-101-next", code: "CVI-101-27", title: "CVI, next year" };
const HISTORY = { custom: { context_id_history: "$Context.id.history" } };

for (const mood of ["moodle", "canvas"] as const) {
  describe(`a course that was copied in an LMS like ${mood}`, () => {
    let product: TestProduct;
    let exam: Exam;
    let courseId: string;
    let offeringId: string;

    beforeEach(async () => {
      product = await startTestProduct({ mood });
      const { parts, organisationId, lms, platform, url } = product;
      // As our registration asks for it.
      const [tool] = lms.listTools();
      lms.addTool({ ...tool!, ...HISTORY, clientId: platform.clientId });
      const taught = await teach(parts, organisationId, { code: "CVI-101" });
      ({ exam } = taught);
      courseId = taught.course.id;
      await publish(parts, organisationId, { name: "Badge", exams: [exam] });
      const place = { organisationId, issuer: lms.issuer, contextId: COURSE, courseId };
      offeringId = await approve(parts, place);
      placeLink(lms, { url, contextId: COURSE, exam });
      await parts.work.start({ isAlone: true });
    });
    afterEach(async () => {
      await product.parts.work.stop();
      await product.close();
    });

    const enter = async (userId: string, contextId = COURSE) => {
      const linkId = product.lms.listLinks(contextId)[0]?.id ?? "";
      return await product.launchAs({ userId, courseId: contextId, linkId });
    };
    const columnOf = (contextId: string) =>
      product.lms
        .gradebook(contextId)
        .find(({ resourceId }) => resourceId === resourceIdOf(exam.id));
    const columnIsMade = async () =>
      await eventually("the column", async () => columnOf(COURSE) !== undefined);
    const offeringOf = async (contextId: string) => {
      const { organisationId, lms } = product;
      const place = { organisationId, issuer: lms.issuer, contextId };
      return await product.parts.offerings.findByContext(place);
    };
    const awards = async () => await product.connection.collection("awards").find().toArray();
    const pass = async (userId: string, contextId = COURSE) => {
      await sit(await enter(userId, contextId), exam);
      await eventually("the score is in the gradebook", async () => {
        const row = product.lms
          .gradebook(contextId)
          .find((each) => each.userId === userId && each.resourceId === resourceIdOf(exam.id));
        return row?.score === 100;
      });
    };

    it("binds itself again at its first launch and takes no award from anybody, nor gives one twice", async () => {
      await pass("amara");
      const [award] = await eventually("the award", async () => {
        const all = await awards();
        const [first] = all;
        return first?.["unannounced"] === undefined && first?.["credential"] !== "due" && all;
      });
      product.lms.copyCourse(COURSE, COPY);

      const teacher = await enter("priya", COPY.id);
      expect(teacher.landing.status).to.equal(200);
      const bound = await offeringOf(COPY.id);
      expect(bound).to.include({ status: "approved", courseId, copiedFrom: offeringId });
      expect(bound?.decidedBy).to.equal(undefined);
      expect((await offeringOf(COURSE))?.copiedFrom).to.equal(undefined);

      await pass("amara", COPY.id);
      await pass("jonas", COPY.id);
      const now = await eventually("the second learner's award", async () => {
        const all = await awards();
        return all.length === 2 && all;
      });
      expect(now.find(({ _id }) => _id === award?._id)).to.deep.equal(award);
      expect(new Set(now.map(({ learnerId }) => String(learnerId))).size).to.equal(2);
      const copies = new Set(product.lms.gradebook(COPY.id).map(({ lineItemId }) => lineItemId));
      expect(copies.size, "one column").to.equal(1);
    });

    it("is recognised through a copy of a copy that nobody opened", async () => {
      await enter("priya");
      await columnIsMade();
      product.lms.copyCourse(COURSE, { ...COPY, id: "between" });
      product.lms.copyCourse("between", COPY);
      await enter("priya", COPY.id);
      expect(await offeringOf(COPY.id)).to.include({ status: "approved", copiedFrom: offeringId });
    });

    it("waits when only its history speaks for it: a link is easily written by hand", async () => {
      const { lms, url } = product;
      lms.addCourse({ ...COPY, links: [], copiedFrom: [COURSE] });
      placeLink(lms, { url, contextId: COPY.id, exam });
      await enter("priya", COPY.id);
      expect(await offeringOf(COPY.id)).to.include({ status: "pending" });
    });

    it("waits when its original was declined", async () => {
      await enter("priya");
      await columnIsMade();
      const { parts, organisationId } = product;
      const decision = { organisationId, id: offeringId, decidedBy: "x", decidedAt: new Date() };
      await parts.offerings.decide({ ...decision, status: "declined" });
      product.lms.copyCourse(COURSE, COPY);
      await enter("priya", COPY.id);
      expect(await offeringOf(COPY.id)).to.include({ status: "pending" });
    });

    it("is not placed again once somebody has decided otherwise", async () => {
      await enter("priya");
      await columnIsMade();
      product.lms.copyCourse(COURSE, COPY);
      await enter("priya", COPY.id);
      const { id = "" } = (await offeringOf(COPY.id)) ?? {};
      const { parts, organisationId } = product;
      const decision = { organisationId, id, decidedBy: "x", decidedAt: new Date() };
      await parts.offerings.decide({ ...decision, status: "declined" });
      product.setNow(new Date(Date.now() + 10 * 60_000));
      await enter("priya", COPY.id);
      expect(await offeringOf(COPY.id)).to.include({ status: "declined" });
    });

    it("asks its instructor which course it is when the gradebook does not answer; an administrator approves", async () => {
      await enter("priya");
      await columnIsMade();
      product.lms.copyCourse(COURSE, COPY);
      product.lms.faults.serviceDown = true;
      const teacher = await enter("priya", COPY.id);
      expect(load(teacher.landing.text)("a[href$='/course']").text()).to.include(
        "Say which course",
      );
      const asked = load((await teacher.get("/course")).text);
      expect(asked("#field-courseId option[selected]").attr("value"), "a guess").to.equal(courseId);
      expect((await teacher.post("/course/name", { courseId: "" })).status).to.equal(422);
      expect((await teacher.post("/course/name", { courseId })).status).to.equal(303);
      expect(load((await teacher.get("/course?done=noted")).text)(".notice.done")).to.have.length(
        1,
      );
      expect(await offeringOf(COPY.id), "counts for nothing yet").to.include({ status: "pending" });
      const learner = await enter("amara", COPY.id);
      expect((await learner.post("/course/name", { courseId })).status).to.equal(403);

      const administrator = await launchAsAdministrator(product);
      const { id = "" } = (await offeringOf(COPY.id)) ?? {};
      const list = await administrator.get("/admin/lms-courses?status=pending");
      expect(load(list.text)("tbody").text()).to.include("The instructor says CVI-101");
      const page = load((await administrator.get(`/admin/lms-courses/${id}`)).text);
      expect(page("#field-courseId option[selected]").attr("value")).to.equal(courseId);
      await administrator.post(`/admin/lms-courses/${id}/approve`, { courseId });
      expect(await offeringOf(COPY.id)).to.include({ status: "approved", courseId });
      expect((await teacher.post("/course/name", { courseId })).status).to.equal(404);
    });

    if (mood === "moodle") {
      it("restored into itself goes on with its new columns", async () => {
        await pass("amara");
        const before = columnOf(COURSE)?.lineItemId;
        product.lms.restoreInPlace(COURSE);
        await pass("jonas");
        expect(columnOf(COURSE)?.lineItemId).to.not.equal(before);
        expect(await product.connection.collection("lineItems").countDocuments()).to.equal(1);
      });

      it("restored with its learners makes no new facts of their old grades, and of new ones it does", async () => {
        await pass("amara");
        await eventually("the award", async () => (await awards()).length === 1);
        product.lms.grade({
          ...{ courseId: COURSE, userId: "jonas", resourceId: resourceIdOf(exam.id) },
          score: 40,
        });
        const facts = product.connection.collection("examFacts");
        product.setNow(new Date(Date.now() + 20 * 60_000));
        await enter("priya");
        await eventually("the typed grade", async () => (await facts.countDocuments()) === 2);
        product.lms.copyCourse(COURSE, { ...COPY, withGrades: true });

        await enter("priya", COPY.id);
        const seen = product.connection.collection("observations");
        await eventually("the copy's grades are seen", async () => {
          const copy = await product.connection
            .collection("lineItems")
            .findOne({ contextId: COPY.id });
          return (await seen.countDocuments({ lineItemId: copy?._id as never })) === 2;
        });
        expect(await facts.countDocuments()).to.equal(2);
        product.lms.grade({
          ...{ courseId: COPY.id, userId: "jonas", resourceId: resourceIdOf(exam.id) },
          score: 90,
        });
        product.setNow(new Date(Date.now() + 40 * 60_000));
        await enter("priya", COPY.id);
        await eventually(
          "the new grade is a fact",
          async () => (await facts.countDocuments()) === 3,
        );
        await eventually("its award", async () => (await awards()).length === 2);
      });

      it("whose course tool came with a client id of its own is recognised all the same", async () => {
        await enter("priya");
        await columnIsMade();
        const clientId = "copied-tool";
        await product.register(product.lms, { clientId, deploymentId: "9", tool: HISTORY });
        product.lms.copyCourse(COURSE, { ...COPY, clientId });
        await enter("priya", COPY.id);
        expect(await offeringOf(COPY.id)).to.include({
          status: "approved",
          copiedFrom: offeringId,
        });
      });
    }
  });
}
