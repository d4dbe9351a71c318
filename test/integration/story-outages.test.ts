import { load } from "cheerio";
import { expect } from "chai";
import type { Exam } from "../../src/courses/exam.js";
import { resourceIdOf } from "../../src/exams/line-item.js";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const COURSE = "cvi-101";

describe("an LMS that is down", () => {
  let product: TestProduct;
  let hosted: Exam;
  let typed: Exam;

  beforeEach(async () => {
    product = await startTestProduct();
    const { parts, organisationId, lms } = product;
    const taught = await teach(parts, organisationId, { code: "HOSTED" });
    hosted = taught.exam;
    await publish(parts, organisationId, { name: "Badge", exams: [hosted] });
    const courseId = taught.course.id;
    await approve(parts, { organisationId, issuer: lms.issuer, contextId: COURSE, courseId });
    await parts.work.start({ isAlone: true });
  });
  afterEach(async () => {
    await product.parts.work.stop();
    await product.close();
  });

  const enter = async (userId: string, exam = hosted): Promise<TestVisit> => {
    const linkId = placeLink(product.lms, { url: product.url, contextId: COURSE, exam });
    return await product.launchAs({ userId, courseId: COURSE, linkId });
  };
  const scoreOf = (userId: string, exam = hosted) =>
    product.lms
      .gradebook(COURSE)
      .find((row) => row.resourceId === resourceIdOf(exam.id) && row.userId === userId)?.score;
  const isInGradebook = async (userId: string, score: number) =>
    await eventually("the score is in the gradebook", async () => scoreOf(userId) === score);
  const administrator = async (): Promise<TestVisit> => {
    const visit = await product.launchAs({ userId: "ruth", placement: "administration" });
    await product.parts.grants.addOnce({
      ...{ id: visit.launch.accountId, organisationId: product.organisationId },
      ...{ grantedBy: undefined, grantedAt: new Date() },
    });
    return visit;
  };
  const failedWork = async (visit: TestVisit) =>
    load((await visit.get("/admin/failed-work")).text)("tbody tr");
  const retry = async (visit: TestVisit) => {
    const page = load((await visit.get("/admin/failed-work")).text);
    const action = page("tbody form[action$='/retry']").attr("action") ?? "no button";
    return await visit.post(action.replace(visit.base, ""));
  };
  const awardCount = async () => await product.connection.collection("awards").countDocuments();

  for (const fault of ["serviceDown", "tokenDown", "loseScoreAnswers"] as const) {
    it(`keeps no learner from an award, and gets the score when it is back (${fault})`, async () => {
      const visit = await enter("amara");
      await eventually("the column is made", async () => scoreOf("amara") !== undefined);
      product.parts.forgetLmsToken(product.platform.id, []);
      product.lms.faults.expireAccessTokens();
      product.lms.faults[fault] = true;
      const result = await sit(visit, hosted);
      await eventually("the learner is told", async () => {
        return (await visit.get(result)).text.includes("saved here and will reach the gradebook");
      });
      await eventually("the award", async () => (await awardCount()) === 1);
      product.lms.faults.clear();
      await isInGradebook("amara", 100);
      await eventually("the learner is told", async () => {
        return (await visit.get(result)).text.includes("It is in your course");
      });
    });
  }

  it("is listed as failed work, and a retry sends the score when it is back", async () => {
    const visit = await enter("amara");
    product.lms.faults.serviceDown = true;
    await sit(visit, hosted);
    const admin = await administrator();
    const row = await eventually("it is listed", async () => {
      const rows = await failedWork(admin);
      return rows.text().includes("Send a score") ? rows : undefined;
    });
    expect(row.text()).to.include("platform-unreachable");

    // Trying while it is down changes nothing: it is listed again.
    await retry(admin);
    await eventually("it is listed again", async () => {
      return (await failedWork(admin)).text().includes("Send a score");
    });
    product.lms.faults.clear();
    await retry(admin);
    await isInGradebook("amara", 100);
    await eventually("nothing is listed", async () => {
      return !(await failedWork(admin)).text().includes("Send a score");
    });
  });

  it("that refuses a score for good leaves it to a person, whose retry sends it", async () => {
    const visit = await enter("amara");
    await eventually("the column is made", async () => scoreOf("amara") !== undefined);
    product.lms.faults.rejectScores = true;
    const result = await sit(visit, hosted);
    // As though it had been refused for hours already.
    const posts = product.connection.collection("scorePosts");
    await eventually("it was tried", async () => (await posts.countDocuments({ tries: 1 })) === 1);
    await posts.updateMany({}, { $set: { tries: 20 } });
    await eventually("it is given up", async () => {
      return (await visit.get(result)).text.includes("did not take it");
    });
    const admin = await administrator();
    const row = await eventually("it waits for a person", async () => {
      const rows = await failedWork(admin);
      return rows.text().includes("Waits for you") ? rows : undefined;
    });
    expect(row.text()).to.include("Send a score").and.include("platform-refused");
    product.lms.faults.clear();
    expect((await retry(admin)).status).to.equal(303);
    await isInGradebook("amara", 100);
    await eventually("the learner is told", async () => {
      return (await visit.get(result)).text.includes("It is in your course");
    });
  });

  it("loses no grade that was typed before it went down", async () => {
    const { parts, organisationId } = product;
    const course = (await parts.courses.listAll(organisationId))[0];
    typed = { ...hosted, id: crypto.randomUUID(), kind: "project", gradeSource: "lms-gradebook" };
    typed = { ...typed, courseId: course?.id ?? "", questions: [], title: "Project" };
    await parts.exams.add(typed);
    await publish(parts, organisationId, { name: "Project badge", exams: [typed] });
    await enter("amara", typed);
    const about = { courseId: COURSE, resourceId: resourceIdOf(typed.id), userId: "amara" };
    await eventually("the column is made", async () => scoreOf("amara", typed) !== undefined);
    product.lms.grade({ ...about, score: 90 });
    product.lms.faults.serviceDown = true;
    const later = (minutes: number) => {
      product.setNow(new Date(Date.now() + minutes * 60_000));
    };
    const isRead = async () => {
      await product.parts.sweepGradeSources({ reach: "settled" });
      await eventually("it was tried", async () => {
        const due = { nextReadAt: { $lte: product.parts.now() } };
        return (await product.connection.collection("lineItems").countDocuments(due)) === 0;
      });
    };
    // A reading that was under way when the LMS went down may still have been answered.
    let minutes = 0;
    await eventually("an administrator can see it", async () => {
      later((minutes += 10));
      await isRead();
      const query = { search: "results-not-read", page: 1, pageSize: 10 };
      return (await parts.events.list(organisationId, query)).total > 0;
    });
    expect(await awardCount()).to.equal(0);

    product.lms.faults.clear();
    later(minutes + 60);
    await isRead();
    await eventually("the award", async () => (await awardCount()) === 1);
  });
});
