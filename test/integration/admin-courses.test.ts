import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { openPanel, type Panel } from "../support/admin-panel.js";
import { pressButton, valuesOf } from "../support/press-button.js";

const newCourse = {
  code: "AH-101",
  title: "Safe transfers",
  contactHours: "8",
  subject: "Physiotherapy",
  version: "2026",
  examTitle: "Final exam",
  passMarkPercent: "70",
  attemptsAllowed: "3",
  gradeSource: "hosted",
  scoreMaximum: "100",
};

describe("the administrator's courses", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;

  before(async () => {
    panel = await openPanel();
  });
  after(async () => {
    await panel.close();
  });
  beforeEach(async () => {
    ({ panel: address, organisationId } = await panel.enter());
  });

  const post = (path: string, fields: Record<string, string | string[]>) =>
    request(panel.app).post(`${address}${path}`).type("form").send(fields);
  const get = async (path: string) =>
    load((await request(panel.app).get(`${address}${path}`)).text);

  async function addCourse(fields: Partial<typeof newCourse> = {}) {
    const response = await post("/courses/new", { ...newCourse, ...fields });
    expect(response.status).to.equal(303);
    const courseId = new URL(String(response.headers["location"]), "http://x").pathname
      .split("/")
      .at(-1)!;
    const [exam] = await panel.stores.exams.listByCourses(organisationId, [courseId]);
    return { courseId, exam: exam! };
  }

  it("says what to do first where there are none", async () => {
    const page = await get("/courses");
    expect(page(".empty").text()).to.include("Add the first one");
  });

  it("adds a course with its exam", async () => {
    const { courseId, exam } = await addCourse();
    expect(exam).to.include({
      title: "Final exam",
      passMarkPercent: 70,
      attemptsAllowed: 3,
      gradeSource: "hosted",
      kind: "exam",
    });
    const page = await get(`/courses/${courseId}?done=course-added`);
    expect(page("h1").text()).to.equal("Safe transfers");
    expect(page(".notice.done").text()).to.include("The course was added");
    expect(page("main").text()).to.include("none yet: nobody can take it");
  });

  it("shows a faulty form again with its values, the message beside the field, and saves nothing", async () => {
    const response = await post("/courses/new", {
      ...newCourse,
      passMarkPercent: "120",
      title: "",
    });
    expect(response.status).to.equal(422);
    const page = load(response.text);
    const mark = page("[name=passMarkPercent]");
    expect(mark.val()).to.equal("120");
    expect(mark.attr("aria-invalid")).to.equal("true");
    const messageId = mark.attr("aria-describedby")!.split(" ").at(-1)!;
    expect(page(`[id="${messageId}"]`).text()).to.include("from 0 to 100");
    expect(page("[name=code]").val()).to.equal("AH-101");
    expect(page("[name=gradeSource][checked]").val()).to.equal("hosted");
    expect((await panel.stores.courses.listAll(organisationId)).length).to.equal(0);
    expect((await panel.stores.exams.listAll(organisationId)).length).to.equal(0);
  });

  it("refuses a second course of the same code beside the field", async () => {
    await addCourse();
    const response = await post("/courses/new", { ...newCourse, title: "Another" });
    expect(response.status).to.equal(422);
    expect(load(response.text)("#fault-code").text()).to.include("Another course has this code");
    expect((await panel.stores.exams.listAll(organisationId)).length).to.equal(1);
  });

  it("changes a course and finds it by its new title", async () => {
    const { courseId } = await addCourse();
    const { code, contactHours, subject, version } = newCourse;
    const changed = { code, contactHours, subject, version, title: "Lifting <safely>" };
    expect((await post(`/courses/${courseId}/edit`, changed)).status).to.equal(303);
    const page = await get("/courses?search=lifting");
    expect(page("tbody tr").length).to.equal(1);
    expect(page("tbody a").text()).to.equal("AH-101 Lifting <safely>");
    expect((await get("/courses?search=nothing"))(".empty").text()).to.include("nothing");
  });

  it("goes through long lists in pages", async () => {
    for (let number = 10; number < 35; number += 1) await addCourse({ code: `C-${number}` });
    const first = await get("/courses");
    expect(first("tbody tr").length).to.equal(20);
    const next = first("a[rel=next]").attr("href")!;
    const second = load((await request(panel.app).get(next)).text);
    expect(second("tbody tr").length).to.equal(5);
    expect(second(".pager").text()).to.include("Page 2 of 2");
  });

  it("changes the exam's settings and leaves its questions", async () => {
    const { courseId, exam } = await addCourse();
    const settings = { ...newCourse, passMarkPercent: "82,5", attemptsAllowed: "" };
    const response = await post(`/courses/${courseId}/exams/${exam.id}`, settings);
    expect(response.status).to.equal(303);
    const now = await panel.stores.exams.findById(organisationId, exam.id);
    expect(now?.passMarkPercent).to.equal(82.5);
    expect(now?.attemptsAllowed).to.equal(undefined);
  });

  it("adds a project that is graded in the LMS, and removes it while no track asks for it", async () => {
    const { courseId } = await addCourse();
    const project = { examTitle: "Case study", passMarkPercent: "60", scoreMaximum: "20" };
    const smuggled = { ...project, gradeSource: "hosted" };
    expect((await post(`/courses/${courseId}/projects/new`, smuggled)).status).to.equal(303);
    const added = (await panel.stores.exams.listAll(organisationId)).find(
      ({ kind }) => kind === "project",
    );
    expect(added).to.include({
      title: "Case study",
      gradeSource: "lms-gradebook",
      scoreMaximum: 20,
    });

    const removal = await post(`/courses/${courseId}/exams/${added!.id}/remove`, {});
    expect(removal.status).to.equal(303);
    expect(await panel.stores.exams.findById(organisationId, added!.id)).to.equal(undefined);
  });

  it("keeps a course's exam when its removal is asked for", async () => {
    const { courseId, exam } = await addCourse();
    const response = await post(`/courses/${courseId}/exams/${exam.id}/remove`, {});
    expect(load(response.text)(".notice.warning").text()).to.include("a course keeps its exam");
    expect(await panel.stores.exams.findById(organisationId, exam.id)).to.not.equal(undefined);
  });

  describe("the questions", () => {
    let path: string;
    let examId: string;

    beforeEach(async () => {
      const { courseId, exam } = await addCourse();
      examId = exam.id;
      path = `/courses/${courseId}/exams/${exam.id}/questions`;
    });

    const press = async (html: string, button: string, typed: Record<string, string> = {}) =>
      await request(panel.app)
        .post(`${address}${path}`)
        .type("form")
        .send(pressButton(html, button, typed));

    it("are written by buttons alone, in the order of the page", async () => {
      let response = await request(panel.app).get(`${address}${path}`);
      expect(load(response.text)(".empty").text()).to.include("no questions yet");

      response = await press(response.text, "question-add:single-choice");
      const [question] = valuesOf(response.text, "question");
      const options = valuesOf(response.text, `question-${question!}-option`);
      const typed = {
        [`question-${question!}-prompt`]: "Which nerve carries sight?",
        [`question-${question!}-option-${options[0]!}`]: "The optic nerve",
        [`question-${question!}-option-${options[1]!}`]: "The vagus nerve",
        [`question-${question!}-correct`]: options[0]!,
      };
      response = await press(response.text, "question-add:number", typed);
      const [, number] = valuesOf(response.text, "question");
      response = await press(response.text, `question-up:${number!}`, {
        [`question-${number!}-prompt`]: "How many pairs of cranial nerves?",
        [`question-${number!}-number`]: "12",
      });
      expect(response.status).to.equal(200);
      expect((await panel.stores.exams.findById(organisationId, examId))?.questions).to.deep.equal(
        [],
      );

      response = await press(response.text, "save");
      expect(response.status).to.equal(303);
      const saved = await panel.stores.exams.findById(organisationId, examId);
      expect(saved?.questions.map(({ kind, prompt }) => [kind, prompt])).to.deep.equal([
        ["number", "How many pairs of cranial nerves?"],
        ["single-choice", "Which nerve carries sight?"],
      ]);
      expect(saved?.questions[1]).to.include({ correctOptionId: options[0]! });
    });

    it("come back with the message beside the field while one is not complete", async () => {
      let response = await press("<form method=post></form>", "question-add:multiple-choice");
      response = await press(response.text, "save");
      expect(response.status).to.equal(422);
      const page = load(response.text);
      expect(page("textarea[aria-invalid=true]").length).to.equal(1);
      expect(page("p.fault").text()).to.include("Mark every right answer");
      expect((await panel.stores.exams.findById(organisationId, examId))?.questions).to.deep.equal(
        [],
      );
    });
  });
});
