import { load } from "cheerio";
import { expect } from "chai";
import type { Exam, Question } from "../../src/courses/exam.js";
import { newId } from "../../src/stored-record.js";
import { examOf } from "../support/exam-world.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const COURSE = "cvi-101";

describe("the pages of an exam", () => {
  let product: TestProduct;
  let exam: Exam;
  let linkId: string;

  before(async () => {
    product = await startTestProduct();
  });
  after(async () => {
    await product.close();
  });

  const addExam = async (changes: Partial<Exam> = {}): Promise<Exam> => {
    const made = examOf({ organisationId: product.organisationId, ...changes });
    made.questions.push(
      {
        id: newId(),
        kind: "multiple-choice",
        prompt: "Which <two>?",
        options: ["a", "b", "c"].map((id) => ({ id, text: `Option ${id}` })),
        correctOptionIds: ["a", "b"],
      },
      { id: newId(), kind: "number", prompt: "How many?", correctNumber: 2.5, tolerance: 0.1 },
    );
    await product.parts.exams.add(made);
    return made;
  };
  const addLink = (of: Exam) =>
    product.lms.addLink(COURSE, {
      title: of.title,
      targetLinkUri: `${product.url}/lti/launch`,
      custom: { rosette_exam: of.id },
    }).id;
  const enter = async (userId: string, link = linkId): Promise<TestVisit> =>
    await product.launchAs({ userId, courseId: COURSE, linkId: link });
  const approveAs = async (courseId: string, visit: TestVisit) => {
    const { organisationId, issuer } = visit.launch;
    const about = { organisationId, issuer, contextId: COURSE };
    const offering = await product.parts.offerings.findByContext(about);
    await product.parts.offerings.decide({
      ...{ organisationId, id: offering?.id ?? "", decidedBy: newId(), decidedAt: new Date() },
      ...{ status: "approved", courseId },
    });
  };
  const pathOf = (location: string | undefined, visit: TestVisit) =>
    (location ?? "").replace(visit.base, "");
  const givenFor = ({ kind }: Question, right: boolean): string | string[] => {
    if (kind === "multiple-choice") return ["a", "b"];
    if (kind === "number") return "2,5";
    return right ? "right" : "wrong";
  };
  const answersOf = (of: Exam, right = true): Record<string, string | string[]> =>
    Object.fromEntries(
      of.questions.map((question) => [`answer-${question.id}`, givenFor(question, right)]),
    );
  const begin = async (visit: TestVisit, of: Exam): Promise<string> => {
    const started = await visit.post(`/exams/${of.id}/attempts`);
    expect(started.status).to.equal(303);
    return pathOf(started.headers["location"], visit);
  };
  const attemptCount = async () => await product.connection.collection("attempts").countDocuments();

  beforeEach(async () => {
    exam = await addExam();
    linkId = addLink(exam);
    await approveAs(exam.courseId, await enter("ruth"));
  });

  it("open only in an approved offering of the exam's course, and else say what to ask whom", async () => {
    const other = await addExam({ courseId: newId() });
    const visit = await enter("amara", addLink(other));
    expect(visit.landing.status).to.equal(403);
    expect(visit.landing.text).to.include("different course").and.to.include("instructor");
    expect((await visit.post(`/exams/${other.id}/attempts`)).status).to.equal(403);
    const { organisationId, issuer } = visit.launch;
    const about = { organisationId, issuer, contextId: COURSE };
    const offering = await product.parts.offerings.findByContext(about);
    await product.parts.offerings.decide({
      ...{ organisationId, id: offering?.id ?? "", decidedBy: newId(), decidedAt: new Date() },
      status: "declined",
    });
    expect((await visit.get(`/exams/${exam.id}`)).text).to.include("does not count");
  });

  it("do not exist for ids that are unknown, malformed or of another organisation", async () => {
    const visit = await enter("amara");
    const foreign = examOf({ organisationId: newId() });
    await product.parts.exams.add(foreign);
    for (const id of [newId(), "x", "%24ne", foreign.id]) {
      expect((await visit.get(`/exams/${id}`)).status).to.equal(404);
    }
  });

  it("lead a learner from the introduction to a result, once", async () => {
    const visit = await enter("amara");
    expect(visit.landing.text).to.include("3 of 3 left").and.to.include("at least 60%");
    const path = await begin(visit, exam);
    expect(await begin(visit, exam)).to.equal(path);
    const questions = load((await visit.get(path)).text);
    expect(questions("fieldset > legend").length).to.equal(3);
    expect(questions("form").text()).to.include("Which <two>?");
    expect(questions.html()).not.to.include("correct");
    const handedIn = await visit.post(path, answersOf(exam));
    expect([handedIn.status, pathOf(handedIn.headers["location"], visit)]).to.deep.equal([
      303,
      path,
    ]);
    const result = await visit.get(path);
    expect(result.text)
      .to.include("You passed")
      .and.to.include("100%")
      .and.to.include("saved here");
    await visit.post(path, answersOf(exam, false));
    expect((await visit.get(path)).text).to.include("You passed");
    const { organisationId, accountId } = visit.launch;
    const facts = await product.parts.facts.listForAccounts(organisationId, [accountId]);
    expect(
      facts.filter(({ examId }) => examId === exam.id).map(({ outcome }) => outcome),
    ).to.deep.equal([{ kind: "graded", score: 4, maximum: 4 }]);
  });

  it("point out unanswered questions beside them and keep what was given", async () => {
    const visit = await enter("amara");
    const path = await begin(visit, exam);
    const [first = "", second = "", third = "", fourth = ""] = exam.questions.map(
      ({ id }) => `answer-${id}`,
    );
    const again = await visit.post(path, {
      [first]: "right",
      [third]: ["a", "c"],
      [fourth]: "many",
    });
    expect(again.status).to.equal(422);
    const page = load(again.text);
    expect(page(`[name="${first}"][checked]`).attr("value")).to.equal("right");
    expect(page(`[name="${third}"][checked]`).length).to.equal(2);
    const number = page(`input#${fourth}`);
    expect(number.attr("value")).to.equal("many");
    const described = number.attr("aria-describedby")?.split(" ") ?? [];
    const texts = described.map((id) => page(`[id="${id}"]`).text());
    expect(texts.join(" ")).to.include("not a number");
    expect(page(`[id="fault-${second}"]`).text()).to.include("Choose one answer");
    expect(page(".fault-summary a").length).to.equal(2);
    expect((await visit.get(path)).text).to.include("Hand in");
    const partly = { [first]: "right", incomplete: "yes" };
    expect((await visit.post(path, partly)).status).to.equal(303);
    expect((await visit.get(path)).text)
      .to.include("25%")
      .and.to.include("try again");
  });

  it("begin no more attempts than are allowed, even all at once", async () => {
    const strict = await addExam({ courseId: exam.courseId, attemptsAllowed: 1 });
    const visit = await enter("jonas");
    const starts = await Promise.all(
      [1, 2, 3, 4].map(async () => await visit.post(`/exams/${strict.id}/attempts`)),
    );
    const paths = new Set(starts.map(({ headers }) => headers["location"]));
    expect(paths.size).to.equal(1);
    const path = pathOf([...paths][0], visit);
    await visit.post(path, answersOf(strict, false));
    const more = await visit.post(`/exams/${strict.id}/attempts`);
    const introduction = await visit.get(pathOf(more.headers["location"], visit));
    expect(introduction.text).to.include("used all attempts").and.to.include("0 of 1 left");
  });

  it("tell which attempt counts, and keep others' attempts to themselves", async () => {
    const visit = await enter("amara");
    await visit.post(await begin(visit, exam), answersOf(exam));
    const worse = await begin(visit, exam);
    await visit.post(worse, { ...answersOf(exam, false) });
    const page = load((await visit.get(`/exams/${exam.id}`)).text);
    const counts = page("tbody tr td:last-child")
      .toArray()
      .map((cell) => page(cell).text());
    expect(counts).to.deep.equal(["Yes, it is your best", "No, another was better or as good"]);
    expect((await visit.get(worse)).text).to.include("Your best attempt has 100%");
    const other = await enter("jonas");
    expect((await other.get(worse)).status).to.equal(404);
    expect((await other.post(worse, answersOf(exam))).status).to.equal(404);
  });

  it("let Student View try everything and store nothing", async () => {
    const before = await attemptCount();
    const visit = await enter("test-student");
    expect(visit.landing.text).to.include("nothing is saved");
    expect((await visit.post(`/exams/${exam.id}/attempts`)).status).to.equal(403);
    expect((await visit.get(`/exams/${exam.id}/trial`)).text).to.include("Question 1 of 4");
    expect((await visit.post(`/exams/${exam.id}/trial`)).status).to.equal(422);
    const tried = await visit.post(`/exams/${exam.id}/trial`, answersOf(exam));
    expect([tried.status, tried.text.includes("You passed")]).to.deep.equal([200, true]);
    expect(await attemptCount()).to.equal(before);
    const facts = await product.parts.facts.listForAccounts(product.organisationId, [
      visit.launch.accountId,
    ]);
    expect(facts).to.deep.equal([]);
    expect((await (await enter("amara")).get(`/exams/${exam.id}/trial`)).status).to.equal(403);
  });

  it("show those who teach the right answers, and let them hand in nothing", async () => {
    const visit = await enter("priya");
    const page = load(visit.landing.text);
    expect(
      page("li:has(.pill.good)")
        .toArray()
        .map((item) => page(item).text()),
    ).to.not.be.empty;
    expect(page("form").length).to.equal(0);
    expect(visit.landing.text).to.include("2.5 ± 0.1");
    expect((await visit.post(`/exams/${exam.id}/attempts`)).status).to.equal(403);
  });

  it("explain how a project is graded in the gradebook, and show the state", async () => {
    const project = await addExam({
      ...{ courseId: exam.courseId, gradeSource: "lms-gradebook", kind: "project", questions: [] },
    });
    const visit = await enter("amara", addLink(project));
    expect(visit.landing.text)
      .to.include("gradebook of your course")
      .and.to.include("no grade yet");
    expect((await visit.post(`/exams/${project.id}/attempts`)).status).to.equal(404);
  });

  it("refuse a form without its token", async () => {
    const visit = await enter("amara");
    const refused = await visit.post(`/exams/${exam.id}/attempts`, { _csrf: "x" });
    expect(refused.status).to.equal(403);
  });
});
