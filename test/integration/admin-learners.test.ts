import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import type { Requirement } from "../../src/tracks/requirement.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { openPanel, type Panel } from "../support/admin-panel.js";
import {
  aCourse,
  aFact,
  allOf,
  anAward,
  anExam,
  aTrackContent,
  examStep,
  inOrder,
  licenceStep,
} from "../support/core-fixtures.js";
import { readPdf } from "../support/read-pdf.js";

const now = new Date("2026-05-04T10:00:00Z");
const NUMBER = "OT-48213-SECRET";

describe("the panel's page of a learner", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;

  before(async () => {
    panel = await openPanel(() => now);
  });
  after(async () => {
    await panel.close();
  });
  beforeEach(async () => {
    ({ panel: address, organisationId } = await panel.enter());
  });

  const get = async (path: string) => {
    const answer = await request(panel.app).get(`${address}${path}`);
    expect(answer.status, path).to.equal(200);
    return load(answer.text);
  };
  const meet = async (name: string | undefined) => {
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const { id } = await panel.stores.accounts.findOrCreate(key, now);
    const email = name === undefined ? undefined : "mina@example.org";
    await panel.stores.profiles.noteFromLms({ id, organisationId, name, email });
    return id;
  };
  const publish = async (name: string, requirement: Requirement) => {
    const needs = { ...panel.stores, now: () => now };
    const content = aTrackContent({ name, requirement });
    const written = await writeTrack(needs, { organisationId, trackId: undefined, content });
    if (written.kind !== "saved") throw new Error(JSON.stringify(written));
    const { id: trackId } = written.track;
    await panel.stores.publishTrack({ organisationId, trackId, publishedBy: "admin" });
    return trackId;
  };

  /** Somebody with two accounts, a pass on one of them, an award on hold and a licence. */
  const aLearner = async () => {
    const [mina, second] = [await meet("Mina Long"), await meet(undefined)];
    await panel.stores.accounts.link(organisationId, second, mina);
    const course = aCourse({ organisationId, code: "A-1", title: "Alpha", contactHours: 6 });
    const exam = anExam({ organisationId, courseId: course.id });
    const last = anExam({ organisationId, courseId: course.id, kind: "project", title: "Last" });
    await panel.stores.courses.addOnce(course);
    await panel.stores.exams.add(exam);
    await panel.stores.exams.add(last);
    const professionId = newId();
    await panel.stores.eligibility.addProfession({
      ...{ id: professionId, organisationId, name: "Nurse", createdAt: now },
    });
    const programme = inOrder(
      "root",
      examStep(exam.id),
      licenceStep(professionId),
      examStep(last.id),
    );
    await publish("Programme", programme);
    await publish("Not begun", allOf("root", examStep(last.id)));
    await panel.stores.facts.addOnce(
      aFact({
        ...{ organisationId, accountId: second, examId: exam.id, courseId: course.id },
        occurredAt: new Date(now.getTime() - 86_400_000),
      }),
    );
    const award = anAward({ organisationId, learnerId: mina, trackName: "Old badge" });
    await panel.stores.awards.addOnce(award);
    await panel.stores.eligibility.addLicence({
      ...{ id: newId(), organisationId, accountId: mina, professionId, jurisdiction: "Ontario" },
      ...{ sealedNumber: NUMBER, validFrom: new Date(0), validTo: undefined, state: "submitted" },
      ...{ evidenceUrl: undefined, submittedAt: now, decidedAt: undefined },
      ...{ decidedBy: undefined, reason: undefined },
    });
    return { mina, second, award };
  };

  it("shows everything about them, of all accounts together, from any account", async () => {
    const { mina, second, award } = await aLearner();
    for (const id of [mina, second]) {
      const page = await get(`/learners/${id}`);
      expect(page("h1").text()).to.equal("Mina Long");
      const who = page("section:has(#who)").text();
      expect(who).to.include("Mina Long").and.include("mina@example.org");
      expect(who).to.include(mina.slice(0, 8)).and.include(second.slice(0, 8));
      const steps = page("li.card .path > li");
      expect(steps.first().text()).to.include("Alpha: passed with 80% on 3 May 2026.");
      expect(page("li.card h2").text()).to.equal("Programme");
      expect(page("section:has(#tracks) details:last li").text()).to.include("Not begun");
      expect(page(`a[href$="/awards/${award.id}"]`).text()).to.equal("Old badge");
      const licences = page("section:has(#licences)").text();
      expect(licences).to.include("Nurse").and.include("Waits to be verified");
      expect(page("section:has(#hours) dd").first().text()).to.equal("1");
      expect(page.html()).not.to.include(NUMBER);
    }
  });

  it("gives the transcript as a page, a table and a signed document, also of a period", async () => {
    const { mina } = await aLearner();
    const here = `/learners/${mina}/hours`;
    const page = await get(here);
    expect(page("tbody th").text()).to.equal("A-1 Alpha");
    expect(page("h1").text()).to.equal("Hours of Mina Long");
    const none = await get(`${here}?from=2025-01-01&to=2025-12-31`);
    expect(none(".empty").length).to.equal(1);
    const csv = await request(panel.app).get(`${address}${here}.csv`).expect(200);
    expect(csv.text).to.include("Learner,Mina Long").and.include("A-1,Alpha");
    const pdf = await request(panel.app).get(`${address}${here}.pdf`).responseType("arraybuffer");
    expect((await readPdf(pdf.body as Buffer)).text).to.include("Mina Long");
  });

  it("says what is missing of somebody new, and that nobody has an id that is not there", async () => {
    const id = await meet(undefined);
    const page = await get(`/learners/${id}`);
    expect(page("h1").text()).to.equal(`Learner ${id.slice(0, 8)}`);
    expect(page("main").text()).to.include("the LMS sends none").and.include("Nothing is earned");
    await panel.stores.profiles.proposeName(organisationId, id, "Robin");
    const proposed = await get(`/learners/${id}`);
    expect(proposed("section:has(#who) a").text()).to.equal("“Robin” waits for approval");
    const other = await panel.enter("Somebody else");
    for (const below of ["", "/hours", "/hours.csv", "/hours.pdf"]) {
      await request(panel.app).get(`${other.panel}/learners/${id}${below}`).expect(404);
      await request(panel.app).get(`${address}/learners/${newId()}${below}`).expect(404);
    }
  });

  it("is a link away where the panel names learners", async () => {
    const { mina, award } = await aLearner();
    const link = `a[href$="/admin/learners/${mina}"]`;
    for (const path of ["/awards", `/awards/${award.id}`, "/licences", "/people?search=mina"])
      expect((await get(path))(link).length, path).to.equal(1);
    const nameless = await meet(undefined);
    const found = await get(`/people?search=${nameless.slice(0, 8)}`);
    expect(found(`a[href$="/admin/learners/${nameless}"]`).text()).to.include("Learner ");
  });
});
