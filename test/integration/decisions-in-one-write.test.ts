import { expect } from "chai";
import type { ObjectId } from "mongodb";
import request from "supertest";
import { emptyIssuerForm } from "../../src/admin/issuer-form.js";
import type { AuditEntry } from "../../src/audit/audit-entry.js";
import { addProject } from "../../src/courses/define-exam.js";
import { newId } from "../../src/stored-record.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { openPanel, type Panel } from "../support/admin-panel.js";
import { aTrackContent, examStep } from "../support/core-fixtures.js";
import { pressButton } from "../support/press-button.js";

const now = new Date("2026-05-04T10:00:00Z");

type Visit = Awaited<ReturnType<Panel["enter"]>>;
/** Fields, or a body as a browser posts it. */
type Form = Record<string, string> | string;

/** A decision: what is there before it, how it is posted, and what it is about in the store. */
type Decision = {
  prepare: (panel: Panel, visit: Visit) => Promise<{ path: string; form: Form }>;
  collections: string[];
  action: string;
};

const bodyOf = (form: Form): string =>
  `${typeof form === "string" ? form : new URLSearchParams(form).toString()}&_csrf=token`;

const aPerson = async ({ stores }: Panel, { organisationId }: Visit): Promise<string> => {
  const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
  const { id } = await stores.accounts.findOrCreate(key, now);
  await stores.profiles.noteFromLms({ id, organisationId, name: "Ann", email: undefined });
  return id;
};

const aCourse = async ({ stores }: Panel, { organisationId }: Visit) => {
  const [courseId, examId] = [newId(), newId()];
  await stores.courses.addOnce({
    ...{ id: courseId, organisationId, code: courseId.slice(0, 8), title: "A course" },
    ...{ contactHours: 8, subject: "s", version: "1", createdAt: now },
  });
  await stores.exams.add({
    ...{ id: examId, organisationId, courseId, title: "Exam", kind: "exam" },
    ...{ passMarkPercent: 70, attemptsAllowed: undefined, gradeSource: "external" },
    ...{ scoreMaximum: 10, questions: [], createdAt: now },
  });
  return { courseId, examId };
};

/** A page's form as it stands, saved. */
const savedForm = async ({ app }: Panel, address: string): Promise<string> =>
  pressButton((await request(app).get(address).expect(200)).text, "save");

const aQuestion = {
  ...{ id: "q", kind: "number" as const, prompt: "2 + 2?", correctNumber: 4, tolerance: 0 },
};

const aTrack = async (panel: Panel, visit: Visit, state: "draft" | "in-force" = "draft") => {
  const { organisationId } = visit;
  const { examId } = await aCourse(panel, visit);
  const content = aTrackContent({ requirement: examStep(examId) });
  const needs = { ...panel.stores, now: () => now };
  const written = await writeTrack(needs, { organisationId, trackId: undefined, content });
  if (written.kind !== "saved") throw new Error(JSON.stringify(written));
  const { id: trackId } = written.track;
  if (state === "in-force")
    await panel.stores.publishTrack({ organisationId, trackId, publishedBy: "admin" });
  return trackId;
};

const aProject = async (panel: Panel, visit: Visit) => {
  const { courseId } = await aCourse(panel, visit);
  const { organisationId } = visit;
  const project = { examTitle: "Case", passMarkPercent: 60, scoreMaximum: 20 };
  const needs = { ...panel.stores, now: () => now };
  const added = await addProject(needs, { organisationId, courseId, project });
  if (added.kind !== "saved") throw new Error(JSON.stringify(added));
  return { courseId, examId: added.exam.id };
};

const courseForm = {
  ...{ code: "AH-9", title: "Balance", contactHours: "8", subject: "s", version: "2027" },
};
const projectForm = { examTitle: "Case", passMarkPercent: "60", scoreMaximum: "20" };

const aLicence = async (panel: Panel, visit: Visit): Promise<string> => {
  const { organisationId } = visit;
  const profession = { id: newId(), organisationId, name: newId(), createdAt: now };
  await panel.stores.eligibility.addProfession(profession);
  const licence = await panel.submitLicence({
    ...{ organisationId, accountId: await aPerson(panel, visit) },
    content: {
      ...{ professionId: profession.id, number: "1", jurisdiction: "Ontario" },
      ...{ validFrom: now, validTo: undefined, evidenceUrl: undefined },
    },
  });
  return licence.id;
};

const anOffering = async ({ stores }: Panel, { organisationId }: Visit): Promise<string> => {
  const offering = await stores.offerings.noteLaunch({
    ...{ organisationId, issuer: "https://lms.example.org", contextId: newId() },
    ...{ contextTitle: "A course there", at: now },
  });
  return offering.id;
};

const aPlatform = async ({ stores }: Panel, { organisationId }: Visit): Promise<string> => {
  const id = newId();
  await stores.platforms.addOnce({
    ...{ id, organisationId, name: "Moodle", issuer: `https://${id}.example`, clientId: id },
    ...{ authorizationUrl: "https://m.example/a", tokenUrl: "https://m.example/t" },
    ...{ tokenAudience: undefined, jwksUrl: "https://m.example/j", family: "moodle" },
    ...{ acceptsAnyDeployment: false, createdAt: now },
  });
  return id;
};

const decisions: Record<string, Decision> = {
  "all deployments accepted": {
    prepare: async (panel, visit) => ({
      path: `/platforms/${await aPlatform(panel, visit)}/deployments`,
      form: { accepts: "all" },
    }),
    ...{ collections: ["platforms"], action: "deployments-accepted-changed" },
  },
  "addresses of an LMS changed": {
    prepare: async (panel, visit) => ({
      path: `/platforms/${await aPlatform(panel, visit)}/addresses`,
      form: {
        ...{ name: "Moodle", authorizationUrl: "https://n.example/a" },
        ...{ tokenUrl: "https://n.example/t", jwksUrl: "https://n.example/j" },
      },
    }),
    ...{ collections: ["platforms"], action: "platform-addresses-changed" },
  },
  "a licence verified": {
    prepare: async (panel, visit) => ({
      path: `/licences/${await aLicence(panel, visit)}`,
      form: { decision: "verify" },
    }),
    ...{ collections: ["licences"], action: "licence-verified" },
  },
  "a licence rejected": {
    prepare: async (panel, visit) => ({
      path: `/licences/${await aLicence(panel, visit)}`,
      form: { decision: "reject", reason: "Another person's" },
    }),
    ...{ collections: ["licences"], action: "licence-rejected" },
  },
  "a date waived": {
    prepare: async (panel, visit) => ({
      path: `/licences/${await aLicence(panel, visit)}`,
      form: { decision: "waive", reason: "The register was late" },
    }),
    ...{ collections: ["professionalStandings"], action: "licence-date-waived" },
  },
  "a profession added": {
    prepare: async () =>
      await Promise.resolve({ path: "/licences/professions", form: { name: "OT" } }),
    ...{ collections: ["professions"], action: "profession-added" },
  },
  "an equivalency entered": {
    prepare: async (panel, visit) => {
      const [from, to] = [await aCourse(panel, visit), await aCourse(panel, visit)];
      const form = { from: from.examId, to: to.examId, decision: "counts", reach: "one-way" };
      const why = { since: "2026-01-01", decidedBy: "Committee", reason: "Same matter", for: "" };
      return { path: "/equivalencies/new", form: { ...form, ...why } };
    },
    ...{ collections: ["equivalencies"], action: "equivalency-entered" },
  },
  "an LMS course approved": {
    prepare: async (panel, visit) => ({
      path: `/lms-courses/${await anOffering(panel, visit)}/approve`,
      form: { courseId: (await aCourse(panel, visit)).courseId },
    }),
    ...{ collections: ["offerings"], action: "lms-course-approved" },
  },
  "an LMS course declined": {
    prepare: async (panel, visit) => ({
      path: `/lms-courses/${await anOffering(panel, visit)}/decline`,
      form: {},
    }),
    ...{ collections: ["offerings"], action: "lms-course-declined" },
  },
  "a name approved": {
    prepare: async (panel, visit) => {
      const id = await aPerson(panel, visit);
      await panel.stores.profiles.proposeName(visit.organisationId, id, "Ann Alpha");
      return { path: `/people/names/${id}`, form: { decision: "approve", name: "Ann Alpha" } };
    },
    ...{ collections: ["profiles"], action: "name-approved" },
  },
  "a name declined": {
    prepare: async (panel, visit) => {
      const id = await aPerson(panel, visit);
      await panel.stores.profiles.proposeName(visit.organisationId, id, "Donald Duck");
      return { path: `/people/names/${id}`, form: { decision: "decline", name: "Donald Duck" } };
    },
    ...{ collections: ["profiles"], action: "name-declined" },
  },
  "an administrator added": {
    prepare: async (panel, visit) => ({
      path: `/people/administrators/${await aPerson(panel, visit)}/add`,
      form: {},
    }),
    ...{ collections: ["administratorGrants"], action: "administrator-added" },
  },
  "an administrator removed": {
    prepare: async (panel, visit) => {
      const id = await aPerson(panel, visit);
      const { organisationId } = visit;
      await panel.stores.grants.addOnce({
        ...{ id, organisationId, grantedBy: undefined, grantedAt: now },
      });
      return { path: `/people/administrators/${id}/remove`, form: {} };
    },
    ...{ collections: ["administratorGrants"], action: "administrator-removed" },
  },
  "a course added": {
    prepare: async () =>
      await Promise.resolve({
        path: "/courses/new",
        form: { ...courseForm, ...projectForm, attemptsAllowed: "", gradeSource: "hosted" },
      }),
    ...{ collections: ["courses", "exams"], action: "course-added" },
  },
  "a course changed": {
    prepare: async (panel, visit) => ({
      path: `/courses/${(await aCourse(panel, visit)).courseId}/edit`,
      form: courseForm,
    }),
    ...{ collections: ["courses"], action: "course-changed" },
  },
  "a new edition made": {
    prepare: async (panel, visit) => ({
      path: `/courses/${(await aCourse(panel, visit)).courseId}/editions/new`,
      form: courseForm,
    }),
    ...{ collections: ["courses", "exams"], action: "course-edition-made" },
  },
  "a project added": {
    prepare: async (panel, visit) => ({
      path: `/courses/${(await aCourse(panel, visit)).courseId}/projects/new`,
      form: projectForm,
    }),
    ...{ collections: ["exams"], action: "project-added" },
  },
  "a project changed": {
    prepare: async (panel, visit) => {
      const { courseId, examId } = await aProject(panel, visit);
      const form = { ...projectForm, passMarkPercent: "80" };
      return { path: `/courses/${courseId}/exams/${examId}`, form };
    },
    ...{ collections: ["exams"], action: "exam-changed" },
  },
  "a project removed": {
    prepare: async (panel, visit) => {
      const { courseId, examId } = await aProject(panel, visit);
      return { path: `/courses/${courseId}/exams/${examId}/remove`, form: {} };
    },
    ...{ collections: ["exams"], action: "project-removed" },
  },
  "questions written": {
    prepare: async (panel, visit) => {
      const { courseId, examId } = await aCourse(panel, visit);
      const exam = (await panel.stores.exams.findById(visit.organisationId, examId))!;
      await panel.stores.exams.change({ ...exam, gradeSource: "hosted", questions: [aQuestion] });
      const path = `/courses/${courseId}/exams/${examId}/questions`;
      const form = await savedForm(panel, visit.panel + path);
      return { path, form: form.replace("2+%2B+2", "3+%2B+1") };
    },
    ...{ collections: ["exams"], action: "questions-written" },
  },
  "an activity added": {
    prepare: async (panel, visit) => ({
      path: `/courses/${(await aCourse(panel, visit)).courseId}/activities/new`,
      form: { title: "Portfolio", instructions: "Collect it.", accepts: "text", assessors: "" },
    }),
    ...{ collections: ["exams", "activities"], action: "activity-saved" },
  },
  "a draft saved": {
    prepare: async (panel, visit) => {
      const path = `/tracks/${await aTrack(panel, visit)}/edit`;
      const html = (
        await request(panel.app)
          .get(visit.panel + path)
          .expect(200)
      ).text;
      return { path, form: pressButton(html, "save", { name: "Another name" }) };
    },
    ...{ collections: ["tracks"], action: "track-draft-saved" },
  },
  "a draft discarded": {
    prepare: async (panel, visit) => ({
      path: `/tracks/${await aTrack(panel, visit)}/discard`,
      form: {},
    }),
    ...{ collections: ["tracks"], action: "track-draft-discarded" },
  },
  "a track published": {
    prepare: async (panel, visit) => {
      const { organisationId } = visit;
      const trackId = await aTrack(panel, visit);
      await panel.stores.beginTrial({ organisationId, trackId, startedBy: visit.accountId });
      const trial = (await panel.stores.trials.find(organisationId, trackId))!.id;
      return { path: `/tracks/${trackId}/publish`, form: { trial } };
    },
    ...{ collections: ["tracks", "trackVersions", "trackTrials"], action: "track-published" },
  },
  "a wording corrected": {
    prepare: async (panel, visit) => {
      const trackId = await aTrack(panel, visit, "in-force");
      const { name, description, criteriaNarrative } = aTrackContent({ name: "Mended" });
      return {
        path: `/tracks/${trackId}/versions/1/correct`,
        form: { name, description, criteriaNarrative, reason: "A slip" },
      };
    },
    ...{ collections: ["trackVersions"], action: "track-wording-corrected" },
  },
  "failed work tried again": {
    prepare: async ({ connection }, { organisationId }) => {
      const { insertedId } = await connection.collection("jobs").insertOne({
        ...{ name: "post-score", data: { key: "k", organisationId }, organisationId },
        ...{ failedAt: now, failCount: 3, failReason: "no answer", lastFinishedAt: now },
      });
      return { path: `/failed-work/${String(insertedId)}/retry`, form: {} };
    },
    ...{ collections: ["jobs"], action: "work-retried" },
  },
  "units of hours saved": {
    prepare: async () =>
      await Promise.resolve({
        path: "/hours",
        form: { "id-0": "", "name-0": "CE hours", "perHour-0": "0.1" },
      }),
    ...{ collections: ["hourTypes"], action: "hour-units-saved" },
  },
  "an issuer saved": {
    prepare: async () =>
      await Promise.resolve({
        path: "/issuers/new",
        form: { ...emptyIssuerForm, name: "Another issuer", do: "save" },
      }),
    ...{ collections: ["issuers"], action: "issuer-saved" },
  },
  "results bound": {
    prepare: async (panel, visit) => {
      const { examId } = await aCourse(panel, visit);
      return { path: "/results/bind", form: { examName: "Quiz 7", examId } };
    },
    ...{ collections: ["examBindings"], action: "results-bound" },
  },
  "a key for a sender made": {
    prepare: async () => await Promise.resolve({ path: "/results/keys", form: { sender: "Quiz" } }),
    ...{ collections: ["pushKeys"], action: "push-key-made" },
  },
};

describe("a decision and its entry in the audit trail", function () {
  this.timeout(60_000);
  let panel: Panel;
  /** What the process does between the two writes. */
  let between: () => Promise<void>;

  before(async () => {
    panel = await openPanel(() => now, {
      audit: {
        addOnce: async (entry: AuditEntry) => {
          await between();
          return await panel.stores.audit.addOnce(entry);
        },
        list: async (...given) => await panel.stores.audit.list(...given),
        readAll: (...given) => panel.stores.audit.readAll(...given),
      },
    });
  });
  beforeEach(() => {
    between = async () => {
      await Promise.resolve();
    };
  });
  after(async () => {
    await panel.close();
  });

  const trailOf = async ({ organisationId }: Visit): Promise<string[]> => {
    const query = { search: "", page: 1, pageSize: 100 };
    const { items } = await panel.stores.audit.list(organisationId, query);
    return items.map(({ action }) => action);
  };
  const contentOf = async (collections: string[], { organisationId }: Visit) => {
    const own = { $or: [{ organisationId }, { _id: organisationId as unknown as ObjectId }] };
    const contents = await Promise.all(
      collections.map(
        async (name) =>
          await panel.connection.collection(name).find(own).sort({ _id: 1 }).toArray(),
      ),
    );
    return contents.flat();
  };

  for (const [what, { prepare, collections, action }] of Object.entries(decisions)) {
    it(`are both there or neither, also when the process is killed between them: ${what}`, async () => {
      const visit = await panel.enter();
      const { path, form } = await prepare(panel, visit);
      const post = async () =>
        await request(panel.app)
          .post(visit.panel + path)
          .type("form")
          .send(bodyOf(form));
      const before = await contentOf(collections, visit);
      const seenBetween: unknown[] = [];
      between = async () => {
        // Another connection sees nothing of what is not whole.
        seenBetween.push(await contentOf(collections, visit));
        throw new Error("killed");
      };
      expect((await post()).status).to.equal(500);
      expect(seenBetween).to.deep.equal([before]);
      expect(await contentOf(collections, visit)).to.deep.equal(before);
      expect(await trailOf(visit)).to.deep.equal([]);

      between = async () => {
        await Promise.resolve();
      };
      expect((await post()).status).to.be.oneOf([200, 303]);
      expect(await contentOf(collections, visit)).not.to.deep.equal(before);
      expect(await trailOf(visit)).to.deep.equal([action]);
    });
  }

  it("are made once by two administrators at the same moment", async () => {
    const visit = await panel.enter();
    const id = await aLicence(panel, visit);
    const post = async (decision: string) =>
      await request(panel.app)
        .post(`${visit.panel}/licences/${id}`)
        .type("form")
        .send({ decision, reason: "No", _csrf: "token" });
    const answers = await Promise.all([post("verify"), post("reject"), post("verify")]);
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    expect(await trailOf(visit)).to.have.length(1);
  });

  it("publish a draft once, by two administrators at the same moment", async () => {
    const visit = await panel.enter();
    const { path, form } = await decisions["a track published"]!.prepare(panel, visit);
    const post = async () =>
      await request(panel.app)
        .post(visit.panel + path)
        .type("form")
        .send(bodyOf(form));
    const answers = await Promise.all([post(), post(), post()]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).to.equal(303);
    expect(statuses.slice(1).every((status) => status === 409 || status === 422)).to.equal(true);
    expect(await contentOf(["trackVersions"], visit)).to.have.length(1);
    expect(await trailOf(visit)).to.deep.equal(["track-published"]);
  });

  it("bind a name as who decided last said, by two at the same moment, each with an entry", async () => {
    const visit = await panel.enter();
    const { path } = await decisions["results bound"]!.prepare(panel, visit);
    const exams = [await aCourse(panel, visit), await aCourse(panel, visit)];
    const answers = await Promise.all(
      exams.map(
        async ({ examId }) =>
          await request(panel.app)
            .post(visit.panel + path)
            .type("form")
            .send({ examName: "Quiz 8", examId, _csrf: "token" }),
      ),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303]);
    expect(await contentOf(["examBindings"], visit)).to.have.length(1);
    expect(await trailOf(visit)).to.deep.equal(["results-bound", "results-bound"]);
  });

  it("leave no entry where nothing was decided, and answer soon", async () => {
    const visit = await panel.enter();
    const post = async () =>
      await request(panel.app)
        .post(`${visit.panel}/licences/professions`)
        .type("form")
        .send({ name: "Nurse", _csrf: "token" });
    expect((await post()).status).to.equal(303);
    expect((await post()).status).to.equal(422);
    expect(await trailOf(visit)).to.deep.equal(["profession-added"]);
  });

  it("are numbered one after another in the ledger, though several are entered at once", async () => {
    const visit = await panel.enter();
    const prepare = decisions["an equivalency entered"]?.prepare;
    const wanted = await Promise.all(
      [1, 2, 3].map(async () => (await prepare?.(panel, visit)) ?? { path: "", form: {} }),
    );
    const answers = await Promise.all(
      wanted.map(
        async ({ path, form }) =>
          await request(panel.app)
            .post(visit.panel + path)
            .type("form")
            .send(bodyOf(form)),
      ),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    expect(await trailOf(visit)).to.have.length(3);
    const numbers = (await contentOf(["equivalencies"], visit)).map(
      ({ number }) => number as number,
    );
    expect(numbers.sort()).to.deep.equal([1, 2, 3]);
  });
});
