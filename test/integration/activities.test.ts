import { load } from "cheerio";
import { expect } from "chai";
import { handIn } from "../../src/activities/hand-in.js";
import { sweepOutcomes } from "../../src/activities/record-outcome.js";
import type { Course } from "../../src/courses/course.js";
import type { Exam } from "../../src/courses/exam.js";
import { foldStandings } from "../../src/progress/standing.js";
import { newId } from "../../src/stored-record.js";
import { approve, placeLink, publish, teach } from "../support/story-school.js";
import { uploadForm } from "../support/upload-form.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const COURSE = "cvi-101";

const rubric = [
  {
    id: "aim",
    title: "Names the aim",
    levels: [
      { id: "vague", text: "Vague", isEnough: false },
      { id: "clear", text: "Clear", isEnough: true },
    ],
  },
];

describe("activities", function () {
  this.timeout(60_000);
  let product: TestProduct;
  let organisationId: string;
  let course: Course;
  let activity: Exam;
  let learner: TestVisit;
  let other: TestVisit;
  let teacher: TestVisit;

  before(async () => {
    product = await startTestProduct();
    organisationId = product.organisationId;
    const { parts, lms, url } = product;
    ({ course } = await teach(parts, organisationId, { code: "ACT-1" }));
    const place = { organisationId, issuer: lms.issuer, contextId: COURSE, courseId: course.id };
    await approve(parts, place);
    activity = await addActivity("Lesson plan");
    await publish(parts, organisationId, { name: "Mastery badge", exams: [activity] });
    const linkId = placeLink(lms, { url, contextId: COURSE, exam: activity });
    learner = await product.launchAs({ userId: "amara", courseId: COURSE, linkId });
    other = await product.launchAs({ userId: "jonas", courseId: COURSE, linkId });
    teacher = await product.launchAs({ userId: "priya", courseId: COURSE, linkId });
  });
  after(async () => {
    await product.close();
  });

  async function addActivity(title: string, given: { assessorIds?: string[] } = {}) {
    const saved = await product.parts.saveActivity({
      ...{ organisationId, courseId: course.id, examId: undefined },
      content: {
        ...{ title, instructions: "Plan a lesson.", accepts: ["text", "link", "file"], rubric },
        ...{ assessorIds: [], ...given },
      },
    });
    if (saved.kind === "faulty") throw new Error(JSON.stringify(saved.faults));
    return saved.exam;
  }

  const at = (exam: Exam) => `/activities/${exam.id}`;

  const own = async (exam: Exam, visit = learner) => {
    const { accountId } = visit.launch;
    return await product.parts.submissions.listOwn({
      ...{ organisationId, examId: exam.id, accountId },
    });
  };

  const isPassed = async (exam: Exam, visit = learner): Promise<boolean> => {
    const { facts } = product.parts;
    const found = await facts.listForAccounts(organisationId, [visit.launch.accountId]);
    return (foldStandings(found, new Date()).get(exam.id)?.counting.length ?? 0) > 0;
  };

  const assess = async (id: string, form: Record<string, string>, by = teacher) =>
    await by.post(`/assess/${id}`, form);

  /** Posts a form with files, as a browser does. */
  async function upload(
    exam: Exam,
    files: File[],
    { visit = learner, fields = {} }: { visit?: TestVisit; fields?: Record<string, string> } = {},
  ) {
    return await uploadForm(product, visit, {
      ...{ page: at(exam), fields, files: files.map((file) => ({ field: "files", file })) },
    });
  }

  it("open from the exam's address, with what is asked and how it is judged", async () => {
    expect((await learner.get(`/exams/${activity.id}`)).headers["location"]).to.equal(
      `${learner.base}${at(activity)}`,
    );
    const { text } = await learner.get(at(activity));
    expect(text).to.contain("Plan a lesson.").and.contain("Names the aim").and.contain("Hand in");
  });

  it("are handed in, returned with a comment, handed in again, accepted, and awarded", async () => {
    expect((await learner.post(at(activity), { text: "My plan" })).status).to.equal(303);
    const [first] = await own(activity);
    const queue = await teacher.get("/assess");
    expect(queue.text).to.contain(`/assess/${first?.id}`);
    const silent = await assess(first?.id ?? "", { decision: "return" });
    expect(silent.status).to.equal(422);
    await assess(first?.id ?? "", { decision: "return", comment: "Name the aim." });
    const returned = (await learner.get(at(activity))).text;
    expect(returned).to.contain("Name the aim.");
    expect(load(returned)("form textarea[name=text]").val(), "to go on from").to.equal("My plan");
    expect(await isPassed(activity)).to.equal(false);

    await learner.post(at(activity), { text: "My plan, with an aim" });
    const second = (await own(activity))[1];
    const low = await assess(second?.id ?? "", { decision: "accept", "level-aim": "vague" });
    expect([low.status, low.text.includes("This level is not enough")]).to.deep.equal([422, true]);
    await assess(second?.id ?? "", { decision: "accept", "level-aim": "clear" });
    expect(await isPassed(activity)).to.equal(true);
    await product.parts.journey.sweep({ reach: "all" });
    const { accountId } = learner.launch;
    const awards = await product.parts.awards.listForLearners(organisationId, [accountId]);
    expect(awards.map(({ trackName }) => trackName)).to.deep.equal(["Mastery badge"]);
  });

  it("are told of at the next launch, each decision once, also after a crash", async () => {
    const exam = await addActivity("Told");
    const linkId = placeLink(product.lms, { url: product.url, contextId: COURSE, exam });
    const open = async () => {
      const visit = await product.launchAs({ userId: "jonas", courseId: COURSE, linkId });
      const page = load((await visit.get("/progress")).text);
      return { visit, told: page(".notice").text() };
    };
    const { visit } = await open();
    await visit.post(at(exam), { text: "Mine" });
    const [first] = await own(exam, visit);
    await assess(first?.id ?? "", { decision: "return", comment: "Name the aim." });
    expect((await open()).told).to.include("“Told” came back with a comment.");
    const later = await open();
    expect(later.told).not.to.include("Told");
    await later.visit.post(at(exam), { text: "Mine, with an aim" });
    const [, second] = await own(exam, visit);
    // The process dies after the decision; a sweep finds what is left, twice.
    await product.parts.submissions.decide({
      ...{ organisationId, id: second?.id ?? "", from: "waiting" },
      assessment: {
        ...{ outcome: "accepted", assessorId: teacher.launch.accountId, ratings: {} },
        ...{ comment: "", decidedAt: new Date() },
      },
    });
    expect((await open()).told).not.to.include("Told");
    for (let time = 0; time < 2; time += 1) await product.parts.sweepActivities();
    expect((await open()).told).to.include("“Told” was accepted.");
    expect((await open()).told).not.to.include("Told");
  });

  it("take no more work once it was accepted, and none twice while it waits", async () => {
    const exam = await addActivity("Once");
    const answers = await Promise.all(
      ["one", "two", "three"].map(async (text) => await learner.post(at(exam), { text })),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    const [waiting, ...more] = await own(exam);
    expect(more).to.deep.equal([]);
    const answer = await learner.post(at(exam), { text: "four" });
    const told = (await learner.browser.follow(`${product.url}${answer.headers["location"]}`)).text;
    expect(told).to.contain("was not handed in").and.not.to.contain("Your work is in.");
    await assess(waiting?.id ?? "", { decision: "accept", "level-aim": "clear" });
    await learner.post(at(exam), { text: "again" });
    expect(await own(exam)).to.have.length(1);
  });

  it("keep no file of work that was not taken", async () => {
    const exam = await addActivity("One file");
    const { parts } = product;
    await upload(exam, [new File(["one"], "one.txt")]);
    const offering = (await parts.offerings.listByCourse(organisationId, course.id))[0]!;
    const task = (await parts.activities.find(organisationId, exam.id))!;
    // Handed in at the same moment: it sees none of the learner's work yet.
    const submissions = { ...parts.submissions, listOwn: async () => await Promise.resolve([]) };
    const outcome = await handIn(
      { submissions, now: parts.now },
      { activity: task, exam, offering, accountId: learner.launch.accountId },
      { text: "", link: "", files: [{ name: "two.txt", bytes: Buffer.from("two") }] },
    );
    expect(outcome).to.deep.equal({ kind: "not-now" });
    const files = product.connection.collection("submissionFiles");
    const names = { name: { $in: ["one.txt", "two.txt"] } };
    expect((await files.find(names).toArray()).map(({ name }) => name as string)).to.deep.equal([
      "one.txt",
    ]);
  });

  it("are accepted once, however often the form is sent, and count after the next acceptance", async () => {
    const exam = await addActivity("Accepted often");
    const accept = { decision: "accept", "level-aim": "clear" };
    await learner.post(at(exam), { text: "x" });
    const id = (await own(exam))[0]?.id ?? "";
    for (let time = 0; time < 10; time += 1) await assess(id, accept);
    await assess(id, { decision: "return", "level-aim": "clear", comment: "It was copied." });
    expect((await own(exam))[0]?.assessments.map(({ outcome }) => outcome)).to.deep.equal([
      ...["accepted", "returned"],
    ]);
    await learner.post(at(exam), { text: "own work" });
    await assess((await own(exam))[1]?.id ?? "", accept);
    expect(await isPassed(exam)).to.equal(true);
  });

  it("are never assessed by their own learner, by whatever account of theirs", async () => {
    const { parts, lms } = product;
    lms.addPerson({
      ...{ id: "twice", givenName: "Tara", familyName: "Twice", kind: "student" },
      ...{ email: "tara@clinic.example", blurb: "" },
    });
    const learning = await product.launchAs({ userId: "twice", courseId: COURSE });
    const { accountId } = learning.launch;
    const assessor = await product.launchAs({ userId: "priya", courseId: COURSE });
    const exam = await addActivity("By another account", { assessorIds: [accountId] });
    await learning.post(at(exam), { text: "x" });
    const id = (await own(exam, learning))[0]?.id ?? "";
    expect((await assessor.get(`/assess/${id}`)).status).to.equal(200);
    await parts.accounts.link(organisationId, assessor.launch.accountId, accountId);
    expect((await assessor.get("/assess")).text).not.to.contain(id);
    const form = { decision: "accept", "level-aim": "clear" };
    expect((await assess(id, form, assessor)).status).to.equal(404);
    await assess(id, { decision: "return", comment: "Once more." });
    const said = { examId: exam.id, accountId, comment: "" };
    expect((await assessor.post("/assess/complete", said)).status).to.equal(404);
    expect(await isPassed(exam, learning)).to.equal(false);
  });

  it("count no more when an acceptance is taken back", async () => {
    const exam = await addActivity("Taken back");
    await learner.post(at(exam), { text: "x" });
    const id = (await own(exam))[0]?.id ?? "";
    await assess(id, { decision: "accept", "level-aim": "clear" });
    expect(await isPassed(exam)).to.equal(true);
    await assess(id, { decision: "return", "level-aim": "clear", comment: "It was copied." });
    expect(await isPassed(exam)).to.equal(false);
    await learner.post(at(exam), { text: "own work" });
    await assess((await own(exam))[1]?.id ?? "", { decision: "accept", "level-aim": "clear" });
    expect(await isPassed(exam)).to.equal(true);
  });

  it("are decided once by two assessors at the same moment", async () => {
    const exam = await addActivity("Two assessors");
    await learner.post(at(exam), { text: "x" });
    const id = (await own(exam))[0]?.id ?? "";
    await Promise.all([
      assess(id, { decision: "accept", "level-aim": "clear" }),
      assess(id, { decision: "accept", "level-aim": "clear" }),
    ]);
    expect((await own(exam))[0]?.assessments).to.have.length(1);
  });

  it("count after a process died between decision and fact", async () => {
    const exam = await addActivity("Died");
    const { parts } = product;
    await learner.post(at(exam), { link: "https://portfolio.example/plan" });
    const [work] = await own(exam);
    await parts.submissions.decide({
      ...{ organisationId, id: work?.id ?? "", from: "waiting" },
      assessment: {
        ...{ outcome: "accepted", assessorId: newId(), ratings: {}, comment: "" },
        decidedAt: new Date(),
      },
    });
    expect(await isPassed(exam)).to.equal(false);
    await parts.sweepActivities();
    await sweepOutcomes(parts);
    expect(await isPassed(exam)).to.equal(true);
    expect(await parts.submissions.listAwaitingFact(10)).to.deep.equal([]);
  });

  it("are marked complete by the instructor for members of the course alone", async () => {
    const exam = await addActivity("Read the material");
    const accountId = other.launch.accountId;
    await teacher.post("/assess/complete", { examId: exam.id, accountId, comment: "Seen" });
    expect(await isPassed(exam, other)).to.equal(true);
    const stranger = { examId: exam.id, accountId: newId() };
    expect((await teacher.post("/assess/complete", stranger)).status).to.equal(404);
    const byLearner = { examId: exam.id, accountId: learner.launch.accountId };
    expect((await learner.post("/assess/complete", byLearner)).status).to.equal(403);
  });

  it("keep files, and hand them out only to be saved, to who may", async () => {
    const exam = await addActivity("With files");
    const page = new File(["<script>alert(1)</script>"], "../évil plan.html", {
      type: "text/html",
    });
    expect((await upload(exam, [page])).status).to.equal(303);
    const [work] = await own(exam);
    const file = work?.work.files[0];
    expect(file?.name).to.equal("évil plan.html");
    const path = `${at(exam)}/files/${file?.id}`;
    for (const visit of [learner, teacher]) {
      const { status, headers } = await visit.get(path);
      expect(status).to.equal(200);
      expect(headers["content-type"]).to.equal("application/octet-stream");
      expect(headers["content-disposition"]).to.match(/^attachment; /);
      expect(headers["content-security-policy"]).to.contain("sandbox");
    }
    expect((await other.get(path)).status).to.equal(404);
    expect((await learner.get(`${at(activity)}/files/${file?.id}`)).status).to.equal(404);
  });

  it("refuse files that are too large, too many or empty, and forms without a token", async () => {
    const exam = await addActivity("Limits");
    const large = new File([new Uint8Array(5 * 1024 * 1024 + 1)], "large.bin");
    const small = () => new File(["x"], "small.txt");
    expect((await upload(exam, [large])).status).to.equal(413);
    expect((await upload(exam, [small(), small(), small(), small()])).status).to.equal(413);
    expect((await upload(exam, [new File([], "empty.txt")])).status).to.equal(422);
    expect((await upload(exam, [small()], { fields: { _csrf: "forged" } })).status).to.equal(403);
    expect(await own(exam)).to.deep.equal([]);
  });

  it("refuse links that are no web addresses, and work that is empty", async () => {
    const exam = await addActivity("Links");
    for (const link of [
      "javascript:alert(1)",
      "data:text/html,x",
      "nonsense",
      "https://a:b@c.example",
    ])
      expect((await learner.post(at(exam), { link })).status, link).to.equal(422);
    expect((await learner.post(at(exam), {})).status).to.equal(422);
    expect(await own(exam)).to.deep.equal([]);
  });

  it("are assessed by a named person too, and by nobody else", async () => {
    const exam = await addActivity("Named", { assessorIds: [other.launch.accountId] });
    await learner.post(at(exam), { text: "x" });
    const id = (await own(exam))[0]?.id ?? "";
    expect((await other.get("/assess")).text).to.contain(id);
    expect((await learner.get("/assess")).status).to.equal(403);
    const form = { decision: "accept", "level-aim": "clear" };
    expect((await assess(id, form, learner)).status).to.equal(404);
    expect((await assess(id, form, other)).status).to.equal(303);
    expect(await isPassed(exam)).to.equal(true);
  });
});
