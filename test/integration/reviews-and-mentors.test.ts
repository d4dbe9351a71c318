import { expect } from "chai";
import { load } from "cheerio";
import { decodeJwt } from "jose";
import type { Exam } from "../../src/courses/exam.js";
import { approve, placeLink, publish, sit, teach } from "../support/story-school.js";
import { beginLaunch, startTestProduct, type TestProduct } from "../support/test-product.js";

const HERE = "cvi-101";
const THERE = "cvi-201";
const claim = (name: string) => `https://purl.imsglobal.org/spec/lti/claim/${name}`;

/** Refused with this code, whatever the page around it says. */
const refusalOf = (text: string) => /launch-[a-z-]+/.exec(load(text)("body").text())?.[0];

describe("looking at somebody else's work", () => {
  let product: TestProduct;
  let exam: Exam;
  const links = new Map<string, string>();

  before(async () => {
    product = await startTestProduct({ mood: "canvas" });
    const { parts, organisationId, lms, url } = product;
    const taught = await teach(parts, organisationId, { code: "CVI-101" });
    ({ exam } = taught);
    await publish(parts, organisationId, { name: "Badge", exams: [exam] });
    for (const contextId of [HERE, THERE]) {
      const place = { organisationId, issuer: lms.issuer, contextId, courseId: taught.course.id };
      await approve(parts, place);
      links.set(contextId, placeLink(lms, { url, contextId, exam }));
    }
    const learner = await product.launchAs({ userId: "amara", courseId: HERE, linkId: link(HERE) });
    await sit(learner, exam, 1);
    const elsewhere = { userId: "amara", courseId: THERE, linkId: link(THERE) };
    await sit(await product.launchAs(elsewhere), exam, 2);
  });
  after(async () => {
    await product.close();
  });

  const link = (contextId: string) => links.get(contextId) ?? "";
  const review = async (forUserId: string | undefined, userId = "priya", courseId = HERE) =>
    await product.launchAs({
      ...{ userId, courseId, linkId: link(courseId), forUserId },
      messageType: "LtiSubmissionReviewRequest",
    });

  describe("by a submission review", () => {
    it("shows an instructor the attempts of that learner in this LMS course", async () => {
      const { landing } = await review("amara");
      expect(landing.status).to.equal(200);
      const $ = load(landing.text);
      expect($("h1").text()).to.equal("Exam CVI-101: Amara Okafor");
      expect($("section.card")).to.have.length(1);
      expect($("section.card").text()).to.include("50%").and.include("Not passed");
      expect($("ol.steps li.met").text()).to.include("Question q1?");
      expect($("ol.steps li.missing").text())
        .to.include("Answered: Not this one")
        .and.include("Right would be: This one");
    });

    it("says when there is nothing yet, or when Rosette does not know the learner", async () => {
      for (const learner of ["jonas", "never-here"]) {
        const { landing } = await review(learner);
        expect(landing.status, learner).to.equal(200);
        expect(load(landing.text)(".empty").text()).to.include("handed in nothing here yet");
      }
    });

    it("shows a learner nothing, not even themselves, and no teacher of another course", async () => {
      expect((await review("amara", "amara")).landing.status).to.equal(403);
      product.lms.unenrol({ courseId: THERE, userId: "priya" });
      expect((await review("amara", "priya", THERE)).landing.status).to.equal(403);
    });

    it("shows nothing in an ordinary launch, nor for another organisation's exam", async () => {
      const visit = await product.launchAs({ userId: "priya", courseId: HERE });
      expect((await visit.get("/review")).status).to.equal(404);
      product.lms.faults.alterClaims = (claims) => ({
        ...claims,
        [claim("custom")]: { rosette_exam: "00000000-0000-4000-8000-000000000001" },
      });
      expect((await review("amara")).landing.status).to.equal(404);
      product.lms.faults.clear();
    });

    it("is refused without saying whose work is meant", async () => {
      const { browser, idToken, state } = await beginLaunch(product, {
        ...{ userId: "priya", courseId: HERE, linkId: link(HERE) },
        messageType: "LtiSubmissionReviewRequest",
      });
      expect(decodeJwt(idToken)).not.to.have.property(claim("for_user"));
      const answer = await browser.post(`${product.url}/lti/launch`, { id_token: idToken, state });
      expect(refusalOf(answer.text)).to.equal("launch-claim-missing");
    });
  });

  describe("as a mentor", () => {
    const observe = async (observes: string[]) => {
      const { lms } = product;
      lms.addPerson({
        ...{ id: "olga", givenName: "Olga", familyName: "Okafor", kind: "student" },
        ...{ email: "olga@home.example", blurb: "Amara's mother." },
      });
      lms.enrol({ courseId: HERE, userId: "olga", as: "observer", observes });
      return await product.launchAs({ userId: "olga", courseId: HERE, linkId: link(HERE) });
    };
    const accountOf = async (sub: string) => {
      const { organisationId, lms, parts } = product;
      const key = { organisationId, issuer: lms.issuer, sub };
      return (await parts.accounts.findBySub(key))?.id ?? "nobody";
    };

    it("lists the linked learners, and shows their progress with nothing to press", async () => {
      const visit = await observe(["amara", "never-here"]);
      expect(new Set(visit.launch.courseRoles)).to.deep.equal(new Set(["mentor"]));
      const $ = load(visit.landing.text);
      expect($("h1").text()).to.equal("My learners");
      expect($("ul.plain li").text().trim()).to.equal("Amara Okafor");
      expect($("main").text()).to.include("One more learner has not opened Rosette yet");

      const page = load((await visit.get(`/mentees/${await accountOf("amara")}`)).text);
      expect(page("h1").text()).to.equal("Amara Okafor");
      expect(page(".cards .card")).to.have.length(1);
      expect(page("form")).to.have.length(0);
      expect(page("main a").text()).to.equal("All my learners");
    });

    it("shows no other learner, whatever address is tried", async () => {
      await product.launchAs({ userId: "jonas", courseId: HERE });
      const visit = await observe(["amara"]);
      const jonas = await accountOf("jonas");
      expect((await visit.get(`/mentees/${jonas}`)).status).to.equal(404);
      for (const path of ["/course", "/content", "/review", "/admin"]) {
        expect((await visit.get(path)).status, path).to.be.oneOf([403, 404]);
      }
      expect((await visit.get(`/exams/${exam.id}`)).status).to.equal(403);
      for (const path of ["/name", "/accounts/code", `/exams/${exam.id}/attempts`]) {
        expect((await visit.post(path, { name: "X" })).status, path).to.equal(403);
      }
    });

    it("sees nobody when the LMS links nobody, and loses who is linked no longer", async () => {
      const amara = await accountOf("amara");
      const visit = await observe([]);
      expect(load(visit.landing.text)(".empty").text()).to.include("links no learner to you");
      expect((await visit.get(`/mentees/${amara}`)).status).to.equal(404);
    });

    it("is no role that a learner or an instructor has", async () => {
      for (const userId of ["amara", "priya"]) {
        const visit = await product.launchAs({ userId, courseId: HERE });
        expect((await visit.get("/mentees")).status, userId).to.equal(403);
      }
    });
  });
});
