import { expect } from "chai";
import { schoolCatalogue } from "../../scripts/demo/catalogue/catalogues.js";
import { seedCatalogue } from "../../scripts/demo/catalogue/seed-catalogue.js";
import { saveActivity } from "../../src/activities/save-activity.js";
import { createExplainer } from "../../src/progress/explain-progress.js";
import { type Catalogue, readCatalogue } from "../../src/progress/read-catalogue.js";
import type { Verdict } from "../../src/progress/verdict.js";
import { publishTrack } from "../../src/tracks/publish-track.js";
import { examIdsOf, nodesOf } from "../../src/tracks/requirement.js";
import { kindOf } from "../../src/tracks/track.js";
import { aFact, day } from "../support/core-fixtures.js";
import { openCoreStores } from "../support/core-database.js";

type Seeded = Awaited<ReturnType<typeof seedCatalogue>>;

/** What a learner has done, by the words of the catalogue. */
type Done = { exam?: number; accepted?: string[]; graded?: [title: string, percent: number][] };

/** The school's stand-alone badges, as the demo seeds them: rules and all. */
describe("the badges of a school for teachers of the blind", () => {
  let seeded: Seeded;
  let catalogue: Catalogue;

  before(async () => {
    const { stores, close } = await openCoreStores();
    const needs = { ...stores, now: () => day(0) };
    const about = { organisationId: "org", publishedBy: "admin" };
    seeded = await seedCatalogue(
      {
        ...needs,
        publishTrack: async (wanted) => await publishTrack(needs, wanted),
        saveActivity: async (wanted) =>
          await saveActivity({ ...needs, activities: { save: async () => undefined } }, wanted),
      },
      about,
      schoolCatalogue,
    );
    catalogue = await readCatalogue(stores, { organisationId: "org" });
    await close();
  });

  /** @param code of the course whose exam, projects and activities `done` is about */
  function judge(name: string, code: string, done: Done): Verdict {
    const course = seeded.courses.find((one) => one.code === code);
    const track = catalogue.tracks.find((one) => one.name === name);
    if (course === undefined || track === undefined) throw new Error(`${name}, ${code}`);
    const besides = [...course.projects, ...course.activities];
    const idOf = (title: string) => besides.find((one) => one.title === title)?.examId ?? title;
    const results: [string, number][] = [
      ...(done.exam === undefined ? [] : ([[course.examId, done.exam]] as [string, number][])),
      ...(done.accepted ?? []).map((title): [string, number] => [idOf(title), 100]),
      ...(done.graded ?? []).map(([title, percent]): [string, number] => [idOf(title), percent]),
    ];
    const facts = results.map(([examId, percent]) =>
      aFact({ id: `fact ${examId}`, examId, percent, passMarkPercent: 80 }),
    );
    const record = { facts, held: [], eligibility: [] };
    return createExplainer(catalogue, record, day(9))(track);
  }

  const CVI = ["Cerebral Visual Impairment: The Basics", "CVI-101"] as const;
  const LOW_VISION = ["Low Vision Basics", "LV-101"] as const;
  const MOBILITY = ["Orientation & Mobility: First Steps", "OM-101"] as const;
  const BRAILLE = ["Braille: Reading by Touch", "BR-101"] as const;
  const [LESSON, ROUTE, WALK] = ["Adapted lesson", "Route lesson plan", "Guided walk on video"];
  const OBSERVATION = "Classroom observation";

  const table: {
    badge: readonly [name: string, code: string];
    done: Done;
    state: Verdict["state"];
    said: string;
  }[] = [
    { badge: LOW_VISION, done: {}, state: "missing", said: "0 of 2 steps done" },
    {
      ...{ badge: LOW_VISION, done: { exam: 90 }, state: "in-progress" },
      said: "1 of 2 steps done; Adapted lesson (Low Vision Basics) would complete this.",
    },
    {
      ...{ badge: LOW_VISION, done: { accepted: [LESSON] }, state: "in-progress" },
      said: "1 of 2 steps done; Low Vision Basics would complete this.",
    },
    {
      ...{ badge: LOW_VISION, done: { exam: 79, accepted: [LESSON] }, state: "in-progress" },
      said: "Low Vision Basics would complete this.",
    },
    { badge: LOW_VISION, done: { exam: 80, accepted: [LESSON] }, state: "met", said: "done" },
    {
      ...{ badge: CVI, done: { exam: 90, graded: [[OBSERVATION, 60]] }, state: "in-progress" },
      said: OBSERVATION,
    },
    { badge: CVI, done: { exam: 90, graded: [[OBSERVATION, 95]] }, state: "met", said: "done" },
    {
      ...{ badge: MOBILITY, done: { accepted: [ROUTE, WALK] }, state: "in-progress" },
      said: "Orientation & Mobility: First Steps would complete this.",
    },
    {
      ...{ badge: MOBILITY, done: { exam: 85 }, state: "in-progress" },
      said: "one of Route lesson plan",
    },
    { badge: MOBILITY, done: { exam: 85, accepted: [ROUTE] }, state: "met", said: "done" },
    { badge: MOBILITY, done: { exam: 85, accepted: [WALK] }, state: "met", said: "done" },
    {
      ...{ badge: BRAILLE, done: { exam: 85, accepted: ["Read-aloud recording"] } },
      ...{ state: "met", said: "done" },
    },
  ];
  for (const { badge, done, state, said } of table)
    it(`${badge[0]}: ${JSON.stringify(done)} is ${state}`, () => {
      const verdict = judge(...badge, done);
      expect(verdict.state).to.equal(state);
      expect(verdict.sentence).to.include(said);
    });

  it("stand alone: no licence, no other badge, and points that are documented", () => {
    expect(catalogue.tracks).to.have.length(schoolCatalogue.tracks.length);
    for (const track of catalogue.tracks) {
      expect(kindOf(track)).to.equal("micro-credential");
      const kinds = nodesOf(track.requirement).map(({ kind }) => kind);
      expect(kinds).not.to.include("eligibility").and.not.to.include("micro-credential-held");
      expect(track.developmentPoints).to.be.greaterThan(0);
    }
  });

  it("each ask for an exam and for demonstrated mastery beside it", () => {
    for (const { requirement } of catalogue.tracks) {
      const kinds = examIdsOf(requirement).map((id) => catalogue.examRecords.get(id)?.kind);
      expect(kinds.filter((kind) => kind === "exam")).to.have.length(1);
      expect(kinds.some((kind) => kind === "activity" || kind === "project")).to.equal(true);
    }
  });

  it("rest on the exam and on the work, whose facts are the evidence", () => {
    const verdict = judge("Low Vision Basics", "LV-101", {
      exam: 90,
      accepted: ["Adapted lesson"],
    });
    const course = seeded.courses.find(({ code }) => code === "LV-101");
    const ids = [course?.examId, course?.activities[0]?.examId].map((id) => `fact ${id ?? ""}`);
    expect(verdict.evidence).to.deep.equal(ids);
  });
});
