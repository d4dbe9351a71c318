import { expect } from "chai";
import { saveActivity } from "../../src/activities/save-activity.js";
import { approveOffering, declineOffering } from "../../src/courses/approve-offering.js";
import { createCourseStore } from "../../src/courses/course-store.js";
import { changeCourse, defineCourse } from "../../src/courses/define-course.js";
import { addProject, changeExam, writeQuestions } from "../../src/courses/define-exam.js";
import type { ExamSettings, Question } from "../../src/courses/exam.js";
import { createExamStore } from "../../src/courses/exam-store.js";
import { createEligibilityStore } from "../../src/eligibility/eligibility-store.js";
import { createOfferingStore } from "../../src/courses/offering-store.js";
import { buildIndexes } from "../../src/database.js";
import { ToolError } from "../../src/errors.js";
import { associationCatalogue, schoolCatalogue } from "../../scripts/demo/catalogue/catalogues.js";
import { seedCatalogue } from "../../scripts/demo/catalogue/seed-catalogue.js";
import { createIssuerStore } from "../../src/issuers/issuer-store.js";
import { newId } from "../../src/stored-record.js";
import { examIdsOf } from "../../src/tracks/requirement.js";
import { listPublishedTracks } from "../../src/tracks/list-published-tracks.js";
import { publishTrack } from "../../src/tracks/publish-track.js";
import { removeProject } from "../../src/tracks/remove-project.js";
import { createTrackStore } from "../../src/tracks/track-store.js";
import { createTrackVersionStore } from "../../src/tracks/track-version-store.js";
import { kindOf } from "../../src/tracks/track.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { allOf, atLeast, aTrackContent, day, examStep } from "../support/core-fixtures.js";
import { openTestDatabase } from "../support/test-database.js";

const organisationId = "org";

const course = {
  code: "AH-101",
  title: "Anatomy",
  contactHours: 4,
  subject: "Basics",
  version: "2026",
};

const exam: ExamSettings = {
  examTitle: "Final exam",
  passMarkPercent: 70,
  attemptsAllowed: 3,
  gradeSource: "hosted",
  scoreMaximum: 100,
};

const question: Question = {
  id: "q1",
  kind: "number",
  prompt: "Two and two?",
  correctNumber: 4,
  tolerance: 0,
};

async function openNeeds() {
  const database = await openTestDatabase();
  const { connection } = database;
  let moment = day(1);
  const needs = {
    courses: createCourseStore(connection),
    exams: createExamStore(connection),
    offerings: createOfferingStore(connection),
    tracks: createTrackStore(connection),
    trackVersions: createTrackVersionStore(connection),
    eligibility: createEligibilityStore(connection),
    brands: createIssuerStore(connection),
    now: () => (moment = new Date(moment.getTime() + 1000)),
  };
  await buildIndexes(connection);
  return {
    needs,
    close: async () => {
      await database.close();
    },
  };
}

async function refusalOf(act: Promise<unknown>): Promise<unknown> {
  return await act.then(
    () => "done",
    (error: unknown) => (error instanceof ToolError ? error.code : error),
  );
}

describe("what administrators do about courses, exams and tracks", () => {
  let opened: Awaited<ReturnType<typeof openNeeds>>;
  let needs: Awaited<ReturnType<typeof openNeeds>>["needs"];

  beforeEach(async () => {
    opened = await openNeeds();
    ({ needs } = opened);
  });

  afterEach(async () => {
    await opened.close();
  });

  async function define(code = "AH-101", questions: Question[] = [question]) {
    const defined = await defineCourse(needs, {
      organisationId,
      course: { ...course, code },
      exam,
    });
    if (defined.kind !== "defined") throw new Error("the course was not defined");
    await writeQuestions(needs, { organisationId, id: defined.exam.id, questions });
    return defined;
  }

  describe("with courses", () => {
    it("defines a course together with its exam", async () => {
      const defined = await define();
      const [stored] = await needs.exams.listByCourses(organisationId, [defined.course.id]);
      expect(stored).to.deep.include({ title: "Final exam", kind: "exam", questions: [question] });
      expect(await needs.courses.findById(organisationId, defined.course.id)).to.deep.equal(
        defined.course,
      );
    });

    it("names the faults of both forms and stores nothing", async () => {
      const faulty = await defineCourse(needs, {
        organisationId,
        course: { ...course, contactHours: 0 },
        exam: { ...exam, passMarkPercent: 101 },
      });
      expect(faulty.kind === "faulty" && Object.keys(faulty.faults)).to.deep.equal([
        "contactHours",
        "passMarkPercent",
      ]);
      expect(await needs.courses.listAll(organisationId)).to.deep.equal([]);
      expect(await needs.exams.listAll(organisationId)).to.deep.equal([]);
    });

    it("refuses a code that is taken, and leaves no exam behind", async () => {
      await define();
      const again = await defineCourse(needs, { organisationId, course, exam });
      expect(again).to.have.nested.property("faults.code");
      expect(await needs.exams.listAll(organisationId)).to.have.length(1);
    });

    it("changes a course, within its organisation only", async () => {
      const { course: known } = await define();
      const change = { id: known.id, course: { ...course, title: "Changed" } };
      const changed = await changeCourse(needs, { organisationId, ...change });
      expect(changed).to.have.nested.property("course.title", "Changed");
      expect(await refusalOf(changeCourse(needs, { organisationId: "other", ...change }))).to.equal(
        "not-found",
      );
    });

    it("changes an exam's settings and keeps its questions", async () => {
      const { exam: known } = await define();
      const wanted = { ...exam, passMarkPercent: 80, attemptsAllowed: undefined };
      await changeExam(needs, { organisationId, id: known.id, exam: wanted });
      const stored = await needs.exams.findById(organisationId, known.id);
      expect(stored).to.deep.include({ passMarkPercent: 80, questions: [question] });
      expect(stored?.attemptsAllowed).to.equal(undefined);
    });

    it("refuses faulty questions and keeps the ones before", async () => {
      const { exam: known } = await define();
      const questions = [{ ...question, prompt: "" }];
      const saved = await writeQuestions(needs, { organisationId, id: known.id, questions });
      expect(saved).to.have.property("kind", "faulty");
      const stored = await needs.exams.findById(organisationId, known.id);
      expect(stored?.questions).to.deep.equal([question]);
    });

    it("adds a project beside the exam, graded in the LMS", async () => {
      const { course: known, exam: first } = await define();
      const project = { examTitle: "Case report", passMarkPercent: 60, scoreMaximum: 20 };
      const added = await addProject(needs, { organisationId, courseId: known.id, project });
      expect(added).to.have.nested.property("exam.gradeSource", "lms-gradebook");
      const listed = await needs.exams.listByCourses(organisationId, [known.id]);
      expect(listed.map(({ title }) => title)).to.deep.equal([first.title, "Case report"]);
      const nowhere = addProject(needs, { organisationId, courseId: newId(), project });
      expect(await refusalOf(nowhere)).to.equal("not-found");
    });

    it("does not let a project become a hosted exam", async () => {
      const { course: known } = await define();
      const project = { examTitle: "Case report", passMarkPercent: 60, scoreMaximum: 20 };
      const added = await addProject(needs, { organisationId, courseId: known.id, project });
      if (added.kind !== "saved") throw new Error("the project was not added");
      const changed = await changeExam(needs, { organisationId, id: added.exam.id, exam });
      expect(changed).to.have.nested.property("faults.gradeSource");
    });
  });

  describe("with LMS courses", () => {
    const launch = {
      organisationId,
      issuer: "https://lms.example",
      contextId: "ctx",
      contextTitle: "Course",
      at: day(1),
    };

    it("approves which course it is, and may decide again", async () => {
      const { course: known } = await define();
      const { id: offeringId } = await needs.offerings.noteLaunch(launch);
      const decision = { organisationId, offeringId, decidedBy: "admin" };
      const approved = await approveOffering(needs, { ...decision, courseId: known.id });
      expect(approved).to.include({ status: "approved", courseId: known.id, decidedBy: "admin" });
      expect(await declineOffering(needs, decision)).to.include({ status: "declined" });
    });

    it("refuses courses and LMS courses of another organisation", async () => {
      const { course: known } = await define();
      const { id: offeringId } = await needs.offerings.noteLaunch(launch);
      const decision = { organisationId, offeringId, decidedBy: "admin", courseId: known.id };
      const theirs = { ...decision, organisationId: "other" };
      expect(await refusalOf(approveOffering(needs, theirs))).to.equal("not-found");
      expect(await refusalOf(declineOffering(needs, theirs))).to.equal("not-found");
      const unknown = { ...decision, courseId: newId() };
      expect(await refusalOf(approveOffering(needs, unknown))).to.equal("not-found");
      expect((await needs.offerings.findByContext(launch))?.status).to.equal("pending");
    });
  });

  describe("with tracks", () => {
    const write = async (content = aTrackContent(), trackId?: string) =>
      await writeTrack(needs, { organisationId, trackId, content });

    const publish = async (trackId: string) =>
      await publishTrack(needs, { organisationId, trackId, publishedBy: "admin" });

    async function writeOver(examId: string, trackId?: string) {
      const written = await write(aTrackContent({ requirement: examStep(examId) }), trackId);
      if (written.kind !== "saved") throw new Error("the track was not written");
      return written.track;
    }

    it("writes a draft that nobody sees before it is published", async () => {
      const { exam: first } = await define();
      const track = await writeOver(first.id);
      expect(await listPublishedTracks(needs, { organisationId })).to.deep.equal([]);
      const published = await publish(track.id);
      expect(published).to.have.nested.property("version.version", 1);
      const [inForce] = await listPublishedTracks(needs, { organisationId });
      expect(inForce).to.deep.include({ trackId: track.id, version: 1, publishedBy: "admin" });
    });

    it("names the step at fault, and stores nothing", async () => {
      const { exam: first } = await define();
      const requirement = allOf("g", atLeast("h", 2, examStep(first.id)), examStep("unknown"));
      const written = await write(aTrackContent({ requirement, contactHours: -1 }));
      expect(written.kind === "faulty" && Object.keys(written.faults)).to.deep.equal([
        "contactHours",
        "requirement.h",
        "requirement.step-unknown",
      ]);
      const { total } = await needs.tracks.list(organisationId, {
        ...{ search: "", page: 1, pageSize: 5 },
      });
      expect(total).to.equal(0);
    });

    it("names a competency whose framework address cannot be one", async () => {
      const { exam: first } = await define();
      const competency = { name: "Touch", description: undefined, frameworkName: undefined };
      const written = await write(
        aTrackContent({
          requirement: examStep(first.id),
          competencies: [
            { ...competency, frameworkUrl: "https://framework.example/touch" },
            { ...competency, frameworkUrl: "javascript:alert(1)" },
          ],
        }),
      );
      expect(written.kind === "faulty" && Object.keys(written.faults)).to.deep.equal([
        "competencies.1",
      ]);
    });

    it("does not see another organisation's exams and tracks", async () => {
      const { exam: first } = await define();
      const track = await writeOver(first.id);
      const content = aTrackContent({ requirement: examStep(first.id) });
      const theirs = { organisationId: "other", trackId: track.id, content };
      expect(await writeTrack(needs, theirs)).to.have.property("kind", "faulty");
      const publication = { organisationId: "other", trackId: track.id, publishedBy: "admin" };
      expect(await refusalOf(publishTrack(needs, publication))).to.equal("not-found");
    });

    it("leaves a published version as it was when a new one is published", async () => {
      const { exam: first } = await define();
      const { exam: second } = await define("AH-102");
      const track = await writeOver(first.id);
      await publish(track.id);
      await writeOver(second.id, track.id);
      const edition = { trackId: track.id, version: 1 };
      const before = await needs.trackVersions.find(organisationId, edition);
      expect(await publish(track.id)).to.have.nested.property("version.version", 2);
      expect(await needs.trackVersions.find(organisationId, edition)).to.deep.equal(before);
      // What the earlier version asked for leads to the track too: who began it may finish under it.
      for (const { id } of [first, second]) {
        const mentioned = { examIds: [id], trackIds: [] };
        const [inForce] = await listPublishedTracks(needs, { organisationId, mentioned });
        expect(inForce).to.include({ trackId: track.id, version: 2 });
      }
      const { exam: third } = await define("AH-103");
      const mentioned = { examIds: [third.id], trackIds: [] };
      expect(await listPublishedTracks(needs, { organisationId, mentioned })).to.deep.equal([]);
    });

    it("has the newest version in force when two publish at once", async () => {
      const { exam: first } = await define();
      const track = await writeOver(first.id);
      await Promise.all([publish(track.id), publish(track.id)]);
      const versions = await needs.trackVersions.listOf(organisationId, track.id);
      const inForce = await needs.tracks.findById(organisationId, track.id);
      expect(inForce?.publishedVersion).to.equal(versions[0]?.version);
    });

    it("publishes nothing without a draft, and no exam without questions", async () => {
      const { exam: first } = await define("AH-101", []);
      const track = await writeOver(first.id);
      const refused = await publish(track.id);
      expect(refused.kind === "faulty" && Object.values(refused.faults)).to.deep.equal([
        "“Final exam” has no questions yet.",
      ]);
      await writeQuestions(needs, { organisationId, id: first.id, questions: [question] });
      expect(await publish(track.id)).to.have.property("kind", "published");
      expect(await publish(track.id)).to.deep.equal({ kind: "nothing-to-publish" });
    });

    it("removes a project that no track asks for, and never an exam", async () => {
      const { course: known, exam: first } = await define();
      const project = { examTitle: "Case report", passMarkPercent: 60, scoreMaximum: 20 };
      const added = await addProject(needs, { organisationId, courseId: known.id, project });
      if (added.kind !== "saved") throw new Error("the project was not added");
      const { id } = added.exam;
      const track = await writeOver(id);
      expect(await removeProject(needs, { organisationId, id: first.id })).to.deep.equal({
        kind: "not-a-project",
      });
      expect(await removeProject(needs, { organisationId, id })).to.deep.equal({
        ...{ kind: "in-use", trackNames: [track.name] },
      });
      await needs.tracks.discardDraft(organisationId, track.id);
      expect(await removeProject(needs, { organisationId, id })).to.deep.equal({ kind: "removed" });
      expect(await refusalOf(removeProject(needs, { organisationId, id }))).to.equal("not-found");
    });
  });

  describe("with the catalogues of the demo", () => {
    const activities = { save: async () => undefined };
    const saveAnActivity = async (wanted: Parameters<typeof saveActivity>[1]) =>
      await saveActivity({ ...needs, activities }, wanted);
    const seed = async (catalogue: typeof associationCatalogue) =>
      await seedCatalogue(
        {
          ...needs,
          saveActivity: saveAnActivity,
          publishTrack: async (wanted) => await publishTrack(needs, wanted),
        },
        { organisationId, publishedBy: "admin" },
        catalogue,
      );

    for (const catalogue of [associationCatalogue, schoolCatalogue]) {
      it(`puts in what ${catalogue.organisationName} teaches, once however often`, async () => {
        const first = await seed(catalogue);
        expect(first.courses).to.have.length(catalogue.courses.length);
        expect(await seed(catalogue)).to.deep.equal(first);
        expect(await needs.courses.listAll(organisationId)).to.have.length(first.courses.length);
        const published = await listPublishedTracks(needs, { organisationId });
        expect(published.map(({ version }) => version)).to.deep.equal(
          catalogue.tracks.map(() => 1),
        );
      });

      it(`asks real questions in every exam of ${catalogue.organisationName}`, async () => {
        await seed(catalogue);
        const exams = await needs.exams.listAll(organisationId);
        for (const { kind, questions } of exams.filter((one) => one.kind === "exam")) {
          expect(kind === "exam" ? questions.length : 0).to.be.within(3, 6);
        }
        const kinds = exams.flatMap(({ questions }) => questions.map((one) => one.kind));
        expect(new Set(kinds).size).to.equal(3);
      });
    }

    it("goes on where an interrupted seed stopped", async () => {
      let left = 9;
      const dying = {
        ...needs,
        exams: {
          ...needs.exams,
          change: async (exam: Parameters<typeof needs.exams.change>[0]) => {
            if ((left -= 1) < 0) throw new Error("the process died");
            await needs.exams.change(exam);
          },
        },
        saveActivity: saveAnActivity,
        publishTrack: async (wanted: Parameters<typeof publishTrack>[1]) =>
          await publishTrack(needs, wanted),
      };
      const about = { organisationId, publishedBy: "admin" };
      const died = await seedCatalogue(dying, about, associationCatalogue).catch(() => "died");
      expect(died).to.equal("died");
      const seeded = await seed(associationCatalogue);
      expect(seeded.tracks).to.have.length(associationCatalogue.tracks.length);
      const exams = await needs.exams.listAll(organisationId);
      expect(
        exams.filter((one) => one.kind === "exam" && one.questions.length === 0),
      ).to.deep.equal([]);
    });

    it("gives each of the association's tracks the hours that its courses have", async () => {
      const { courses } = await seed(associationCatalogue);
      const hours = new Map(
        associationCatalogue.courses.map((one) => [one.code, one.contactHours]),
      );
      const hoursOfExam = new Map(
        courses.map(({ examId, code }) => [examId, hours.get(code) ?? Number.NaN]),
      );
      const published = await listPublishedTracks(needs, { organisationId });
      const codeOf = (examId: string): string =>
        courses.find(
          (one) => one.examId === examId || one.projects.some((p) => p.examId === examId),
        )?.code ?? "";
      const tracks = published.filter((track) => kindOf(track) === "micro-credential");
      expect(tracks).to.have.length(3);
      for (const { requirement, contactHours } of tracks) {
        expect(contactHours).to.be.within(8, 10);
        if (requirement.kind !== "all-of") throw new Error("an association's track is all of");
        const least = requirement.of.reduce((sum, step) => {
          const offered = examIdsOf(step).map((id) => hoursOfExam.get(id) ?? Number.NaN);
          const count = step.kind === "at-least" ? step.count : offered.length;
          const cheapest = offered.sort((a, b) => a - b).slice(0, count);
          return sum + cheapest.reduce((total, one) => total + one, 0);
        }, 0);
        expect(least).to.equal(contactHours);
      }
      const certificate = published.find((track) => kindOf(track) === "certificate");
      const steps = tracks.reduce((sum, { contactHours }) => sum + contactHours, 0);
      const own = new Set(examIdsOf(certificate!.requirement).map((id) => codeOf(id)));
      const courseHours = [...own].reduce((sum, code) => sum + (hours.get(code) ?? Number.NaN), 0);
      expect(certificate?.contactHours).to.equal(steps + courseHours);
    });
  });
});
