import { expect } from "chai";
import request from "supertest";
import type { AuditEntry } from "../../src/audit/audit-entry.js";
import { newId } from "../../src/stored-record.js";
import { openPanel, type Panel } from "../support/admin-panel.js";

const now = new Date("2026-05-04T10:00:00Z");

type Visit = Awaited<ReturnType<Panel["enter"]>>;
type Form = Record<string, string>;

/** A decision: what is there before it, how it is posted, and what it is about in the store. */
type Decision = {
  prepare: (panel: Panel, visit: Visit) => Promise<{ path: string; form: Form }>;
  collection: string;
  action: string;
};

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
    ...{ collection: "platforms", action: "deployments-accepted-changed" },
  },
  "addresses of an LMS changed": {
    prepare: async (panel, visit) => ({
      path: `/platforms/${await aPlatform(panel, visit)}/addresses`,
      form: {
        ...{ name: "Moodle", authorizationUrl: "https://n.example/a" },
        ...{ tokenUrl: "https://n.example/t", jwksUrl: "https://n.example/j" },
      },
    }),
    ...{ collection: "platforms", action: "platform-addresses-changed" },
  },
  "a licence verified": {
    prepare: async (panel, visit) => ({
      path: `/licences/${await aLicence(panel, visit)}`,
      form: { decision: "verify" },
    }),
    ...{ collection: "licences", action: "licence-verified" },
  },
  "a licence rejected": {
    prepare: async (panel, visit) => ({
      path: `/licences/${await aLicence(panel, visit)}`,
      form: { decision: "reject", reason: "Another person's" },
    }),
    ...{ collection: "licences", action: "licence-rejected" },
  },
  "a date waived": {
    prepare: async (panel, visit) => ({
      path: `/licences/${await aLicence(panel, visit)}`,
      form: { decision: "waive", reason: "The register was late" },
    }),
    ...{ collection: "professionalStandings", action: "licence-date-waived" },
  },
  "a profession added": {
    prepare: async () =>
      await Promise.resolve({ path: "/licences/professions", form: { name: "OT" } }),
    ...{ collection: "professions", action: "profession-added" },
  },
  "an equivalency entered": {
    prepare: async (panel, visit) => {
      const [from, to] = [await aCourse(panel, visit), await aCourse(panel, visit)];
      const form = { from: from.examId, to: to.examId, decision: "counts", reach: "one-way" };
      const why = { since: "2026-01-01", decidedBy: "Committee", reason: "Same matter", for: "" };
      return { path: "/equivalencies/new", form: { ...form, ...why } };
    },
    ...{ collection: "equivalencies", action: "equivalency-entered" },
  },
  "an LMS course approved": {
    prepare: async (panel, visit) => ({
      path: `/lms-courses/${await anOffering(panel, visit)}/approve`,
      form: { courseId: (await aCourse(panel, visit)).courseId },
    }),
    ...{ collection: "offerings", action: "lms-course-approved" },
  },
  "an LMS course declined": {
    prepare: async (panel, visit) => ({
      path: `/lms-courses/${await anOffering(panel, visit)}/decline`,
      form: {},
    }),
    ...{ collection: "offerings", action: "lms-course-declined" },
  },
  "a name approved": {
    prepare: async (panel, visit) => {
      const id = await aPerson(panel, visit);
      await panel.stores.profiles.proposeName(visit.organisationId, id, "Ann Alpha");
      return { path: `/people/names/${id}`, form: { decision: "approve", name: "Ann Alpha" } };
    },
    ...{ collection: "profiles", action: "name-approved" },
  },
  "a name declined": {
    prepare: async (panel, visit) => {
      const id = await aPerson(panel, visit);
      await panel.stores.profiles.proposeName(visit.organisationId, id, "Donald Duck");
      return { path: `/people/names/${id}`, form: { decision: "decline", name: "Donald Duck" } };
    },
    ...{ collection: "profiles", action: "name-declined" },
  },
  "an administrator added": {
    prepare: async (panel, visit) => ({
      path: `/people/administrators/${await aPerson(panel, visit)}/add`,
      form: {},
    }),
    ...{ collection: "administratorGrants", action: "administrator-added" },
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
    ...{ collection: "administratorGrants", action: "administrator-removed" },
  },
  "a key for a sender made": {
    prepare: async () => await Promise.resolve({ path: "/results/keys", form: { sender: "Quiz" } }),
    ...{ collection: "pushKeys", action: "push-key-made" },
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
  const contentOf = async (collection: string, { organisationId }: Visit) =>
    await panel.connection
      .collection(collection)
      .find({ organisationId })
      .sort({ _id: 1 })
      .toArray();

  for (const [what, { prepare, collection, action }] of Object.entries(decisions)) {
    it(`are both there or neither, also when the process is killed between them: ${what}`, async () => {
      const visit = await panel.enter();
      const { path, form } = await prepare(panel, visit);
      const post = async () =>
        await request(panel.app)
          .post(visit.panel + path)
          .type("form")
          .send({ ...form, _csrf: "token" });
      const before = await contentOf(collection, visit);
      const seenBetween: unknown[] = [];
      between = async () => {
        // Another connection sees nothing of what is not whole.
        seenBetween.push(await contentOf(collection, visit));
        throw new Error("killed");
      };
      expect((await post()).status).to.equal(500);
      expect(seenBetween).to.deep.equal([before]);
      expect(await contentOf(collection, visit)).to.deep.equal(before);
      expect(await trailOf(visit)).to.deep.equal([]);

      between = async () => {
        await Promise.resolve();
      };
      expect((await post()).status).to.be.oneOf([200, 303]);
      expect(await contentOf(collection, visit)).not.to.deep.equal(before);
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
            .send({ ...form, _csrf: "token" }),
      ),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    expect(await trailOf(visit)).to.have.length(3);
    const numbers = (await contentOf("equivalencies", visit)).map(({ number }) => number as number);
    expect(numbers.sort()).to.deep.equal([1, 2, 3]);
  });
});
