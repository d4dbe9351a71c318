import { load } from "cheerio";
import { expect } from "chai";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

describe("the way into the administrator's panel", () => {
  let product: TestProduct;
  let ruth: TestVisit;

  before(async () => {
    product = await startTestProduct();
    ruth = await product.launchAs({ userId: "ruth" });
    const { organisationId } = product;
    await product.parts.grants.addOnce({
      ...{ id: ruth.launch.accountId, organisationId, grantedBy: undefined },
      grantedAt: new Date(),
    });
  });
  after(async () => {
    await product.close();
  });

  it("is open to a granted administrator from any launch", async () => {
    const page = await ruth.get("/admin");
    expect(page.status).to.equal(200);
    expect(load(page.text)("h1").text()).to.equal("Administration");
    expect(load(page.text)("nav [aria-current=page]").text()).to.equal("Overview");
  });

  it("is closed to learners and to instructors without a grant, every page of it", async () => {
    for (const userId of ["amara", "priya"]) {
      const visit = await product.launchAs({ userId, courseId: "ess-101" });
      for (const path of ["/admin", "/admin/courses", "/admin/people", "/admin/events"]) {
        expect((await visit.get(path)).status, `${userId} ${path}`).to.equal(403);
      }
      expect((await visit.post("/admin/platforms/invitation")).status).to.equal(403);
      expect((await visit.post("/admin/people/code")).status).to.equal(403);
    }
  });

  it("is closed to whom the LMS does not call an administrator, grant or no grant", async () => {
    const teacher = await product.launchAs({ userId: "priya", courseId: "ess-101" });
    const { accountId } = teacher.launch;
    await ruth.post(`/admin/people/administrators/${accountId}/add`);
    expect((await teacher.get("/admin")).status).to.equal(403);
    expect(load((await teacher.get("/course")).text)("nav").text()).not.to.include(
      "Administration",
    );
    await ruth.post(`/admin/people/administrators/${accountId}/remove`);
  });

  it("closes at the next launch of an administrator who is none any more in the LMS", async () => {
    const { lms } = product;
    const rolesClaim = "https://purl.imsglobal.org/spec/lti/claim/roles";
    lms.faults.alterClaims = (claims) => ({ ...claims, [rolesClaim]: ["Instructor"] });
    const demoted = await product.launchAs({ userId: "ruth", courseId: "ess-101" });
    lms.faults.clear();
    expect(demoted.launch.accountId).to.equal(ruth.launch.accountId);
    expect((await demoted.get("/admin")).status).to.equal(403);
    expect((await ruth.get("/admin")).status, "a launch as an administrator").to.equal(200);
  });

  it("is closed to an administrator whose grant was taken back", async () => {
    const { grants } = product.parts;
    const { lms } = product;
    const rolesClaim = "https://purl.imsglobal.org/spec/lti/claim/roles";
    const system = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator";
    lms.faults.alterClaims = (claims) => ({ ...claims, [rolesClaim]: [system] });
    const jonas = await product.launchAs({ userId: "jonas", courseId: "ess-101" });
    lms.faults.clear();
    const accountId = jonas.launch.accountId;
    expect((await jonas.get("/admin")).status, "a role alone").to.equal(403);
    await ruth.post(`/admin/people/administrators/${accountId}/add`);
    expect((await jonas.get("/admin")).status).to.equal(200);
    await ruth.post(`/admin/people/administrators/${accountId}/remove`);
    expect(await grants.has(product.organisationId, accountId)).to.equal(false);
    expect((await jonas.get("/admin")).status).to.equal(403);
  });

  it("takes no form without its token, and changes nothing then", async () => {
    const forged = await ruth.post("/admin/people/code", { _csrf: "forged" });
    expect(forged.status).to.equal(403);
    const fields = {
      ...{ code: "AH-1", title: "T", contactHours: "1", subject: "S", version: "1" },
      ...{ examTitle: "E", passMarkPercent: "1", scoreMaximum: "1", gradeSource: "hosted" },
    };
    const course = { ...fields, attemptsAllowed: "" };
    expect((await ruth.post("/admin/courses/new", { ...course, _csrf: "" })).status).to.equal(403);
    const { courses } = product.parts;
    expect(await courses.listAll(product.organisationId)).to.deep.equal([]);
    expect((await ruth.post("/admin/courses/new", course)).status).to.equal(303);
  });

  it("carries the token in every form it shows", async () => {
    for (const path of ["/people", "/platforms", "/courses/new", "/tracks/new"]) {
      const page = load((await ruth.get(`/admin${path}`)).text);
      const forms = page("form[method=post]").toArray();
      expect(forms.length, path).to.be.at.least(1);
      for (const form of forms) {
        expect(page(form).find("[name=_csrf]").val(), path).to.be.a("string").and.not.equal("");
      }
    }
  });

  it("shows the LMS course that a launch came from, until it is decided about", async () => {
    const launched = await product.launchAs({ userId: "amara", courseId: "ess-101" });
    expect(launched.launch.context).to.not.equal(undefined);
    const overview = load((await ruth.get("/admin")).text);
    expect(overview(".cards h3").first().text()).to.match(/LMS course/);
    const list = load((await ruth.get("/admin/lms-courses?status=pending")).text);
    expect(list("tbody tr").length).to.be.at.least(1);
  });

  it("takes an exam as long as the form allows, through the whole product", async () => {
    const { exams, courses } = product.parts;
    const { organisationId } = product;
    const [course] = await courses.listAll(organisationId);
    const [exam] = await exams.listByCourses(organisationId, [course!.id]);
    const form: Record<string, string | string[]> = { do: "save", question: [] };
    for (let number = 1; number <= 100; number += 1) {
      const id = `q${number}`;
      const options = ["a", "b", "c", "d", "e", "f", "g", "h"];
      (form["question"] as string[]).push(id);
      form[`question-${id}-kind`] = "single-choice";
      form[`question-${id}-prompt`] = `Question number ${number}?`;
      form[`question-${id}-option`] = options;
      form[`question-${id}-correct`] = "a";
      for (const option of options) form[`question-${id}-option-${option}`] = `Answer ${option}`;
    }
    const path = `/admin/courses/${course!.id}/exams/${exam!.id}/questions`;
    expect((await ruth.post(path, form)).status).to.equal(303);
    const saved = await exams.findById(organisationId, exam!.id);
    expect(saved?.questions.length).to.equal(100);
  });

  it("issues what waited for a name once the name is approved", async () => {
    const { profiles, awards } = product.parts;
    const { organisationId } = product;
    const anonymous = await product.launchAs({ userId: "amara", courseId: "ess-101" });
    const { accountId } = anonymous.launch;
    const awardId = "9b2f6f0e-3c1d-4a58-8e0b-1d2c3b4a5f60";
    await awards.addOnce({
      ...{ id: awardId, organisationId, learnerId: accountId, trackId: "t", trackVersion: 1 },
      ...{ trackName: "T", round: 1, subjectUrn: "urn:uuid:1", awardedAt: new Date() },
      explanation: {
        ...{ nodeId: "r", kind: "all-of", state: "met", sentence: "Done.", evidence: [] },
        ...{ needed: 0, steps: [] },
      },
      evidence: [],
    });
    await awards.setCredentialStates({ organisationId, ids: [awardId], state: "needs-name" });
    await profiles.proposeName(organisationId, accountId, "Amara Okafor");
    const decision = { decision: "approve", name: "Amara Okafor" };
    expect((await ruth.post(`/admin/people/names/${accountId}`, decision)).status).to.equal(303);
    const { items } = await awards.list(organisationId, { search: "", page: 1, pageSize: 5 });
    expect(items.map(({ credential }) => credential)).to.deep.equal(["due"]);
  });
});
