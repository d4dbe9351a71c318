import { expect } from "chai";
import { load } from "cheerio";
import { decodeJwt } from "jose";
import { Browser } from "../support/test-browser.js";
import { aCourse, anExam } from "../support/learning-fixtures.js";
import { publish, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const COURSE_ID = "cvi-101";

describe("adding an exam to an LMS course", () => {
  let product: TestProduct;

  before(async () => {
    product = await startTestProduct();
  });
  after(async () => {
    await product.close();
  });

  /** Chooses one of what is offered; where the answer goes, and what it says. */
  async function choose(pick: (values: string[]) => string | undefined): Promise<[string, string]> {
    const wish = { userId: "priya", courseId: COURSE_ID };
    const visit = await product.launchAs({ ...wish, messageType: "LtiDeepLinkingRequest" });
    const offered = load(visit.landing.text)("input[name=items]");
    const values = offered.get().map((input) => String(input.attribs["value"]));
    const chosen = await visit.post("/content", { items: [pick(values) ?? ""] });
    if (chosen.status !== 200) throw new Error(`not added: ${chosen.status} ${chosen.text}`);
    const $ = load(chosen.text);
    return [$("form").attr("action") ?? "", String($("input[name=JWT]").attr("value"))];
  }

  it("offers no exam before approval, then adds the chosen links and the exam's column, once", async () => {
    const { parts, organisationId, lms } = product;
    const scoped = { organisationId };
    const course = aCourse({ ...scoped, code: "CVI-101", title: "Seeing with the Brain" });
    const exam = anExam(course.id, { ...scoped, title: "Seeing with the Brain: exam" });
    await parts.courses.addOnce(course);
    await parts.exams.add(exam);

    const teacher = { userId: "priya", courseId: COURSE_ID };
    const first = await product.launchAs({ ...teacher, messageType: "LtiDeepLinkingRequest" });
    expect(first.landing.status).to.equal(200);
    expect(load(first.landing.text)(".choice")).to.have.length(1);

    const contextId = first.launch.context?.id ?? "";
    const about = { organisationId, issuer: lms.issuer, contextId };
    const offering = await parts.offerings.findByContext(about);
    expect(offering?.status).to.equal("pending");
    await parts.offerings.decide({
      ...{ organisationId, id: offering?.id ?? "", status: "approved", courseId: course.id },
      ...{ decidedBy: first.launch.accountId, decidedAt: parts.now() },
    });

    const visit = await product.launchAs({ ...teacher, messageType: "LtiDeepLinkingRequest" });
    const chosen = await visit.post("/content", { items: [`exam:${exam.id}`, "progress"] });
    const $ = load(chosen.text);
    const returnUrl = $("form").attr("action") ?? "";
    expect(new URL(returnUrl).origin).to.equal(lms.url);
    const jwt = String($("input[name=JWT]").attr("value"));
    const accepted = await new Browser().post(returnUrl, { JWT: jwt });
    expect(accepted.status).to.equal(200);
    expect(accepted.text).to.contain("Seeing with the Brain: exam");

    const column = lms
      .gradebook(COURSE_ID)
      .find(({ resourceId }) => resourceId === `rosette-exam-${exam.id}`);
    expect(column).to.include({ label: exam.title, tag: "rosette", scoreMaximum: 100 });
    const again = await new Browser().post(returnUrl, { JWT: jwt });
    expect(again.status).to.equal(400);
  });

  it("adds a track's page, which opens for learners and teachers and has no column", async () => {
    const { lms, parts, organisationId } = product;
    const { exam } = await teach(parts, organisationId, { code: "OM-101" });
    const exams = [exam];
    const name = "Seeing <b>differently</b>";
    const trackId = await publish(parts, organisationId, { name, exams });
    const columns = lms.gradebook(COURSE_ID).length;
    const [returnUrl, jwt] = await choose(() => `track:${trackId}`);
    const accepted = await new Browser().post(returnUrl, { JWT: jwt });
    expect(accepted.text).to.contain(name.replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
    expect(lms.gradebook(COURSE_ID)).to.have.length(columns);
    const linkId = lms.listLinks(COURSE_ID).at(-1)?.id ?? "";

    const learner = await product.launchAs({ userId: "jonas", courseId: COURSE_ID, linkId });
    const $ = load(learner.landing.text);
    expect($("h1").text()).to.equal(name);
    expect($(".steps li:not(.goal)")).to.have.length(exams.length);
    expect($(".banner")).to.have.length(0);
    const teacher = await product.launchAs({ userId: "priya", courseId: COURSE_ID, linkId });
    expect(load(teacher.landing.text)(".banner").text()).to.include("page that learners see");
    expect((await learner.get("/tracks/00000000-0000-4000-8000-000000000000")).status).to.equal(
      404,
    );
  });

  it("leaves columns to the exam's first opening where the LMS makes none of line items", async () => {
    const { lms } = product;
    const settings = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings";
    lms.faults.alterClaims = (claims) => ({
      ...claims,
      [settings]: { ...(claims[settings] as object), accept_lineitem: false },
    });
    const [, jwt] = await choose((values) => values.find((value) => value.startsWith("exam:")));
    lms.faults.clear();
    const items = decodeJwt(jwt)["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"];
    expect(items).to.have.length(1).and.to.not.have.nested.property("[0].lineItem");
  });

  it("adds an exam once more without a second column for it", async () => {
    const { lms } = product;
    const columns = lms.gradebook(COURSE_ID).length;
    const [returnUrl, jwt] = await choose((values) =>
      values.find((value) => value.startsWith("exam:")),
    );
    const accepted = await new Browser().post(returnUrl, { JWT: jwt });
    expect(accepted.status).to.equal(200);
    expect(lms.gradebook(COURSE_ID)).to.have.length(columns);
  });

  it("adds an exam while the gradebook does not answer, and leaves its column for later", async () => {
    const { lms, parts, organisationId } = product;
    const [course] = await parts.courses.listAll(organisationId);
    const exam = anExam(course?.id ?? "", { organisationId, kind: "project", title: "A portrait" });
    await parts.exams.add(exam);
    const wish = { userId: "priya", courseId: COURSE_ID };
    const visit = await product.launchAs({ ...wish, messageType: "LtiDeepLinkingRequest" });
    lms.faults.serviceDown = true;
    const chosen = await visit.post("/content", { items: [`exam:${exam.id}`] });
    lms.faults.serviceDown = false;
    const jwt = String(load(chosen.text)("input[name=JWT]").attr("value"));
    const items = decodeJwt(jwt)["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"];
    expect(items).to.have.length(1).and.to.not.have.nested.property("[0].lineItem");
  });

  it("shows the teacher a learner as soon as they have opened Rosette there", async () => {
    await product.launchAs({ userId: "amara", courseId: COURSE_ID });
    const visit = await product.launchAs({ userId: "priya", courseId: COURSE_ID });
    const { text } = await visit.get("/course");
    expect(load(text)("tbody th").first().text()).to.match(/Amara/);
  });
});
