import { expect } from "chai";
import { createExplainer } from "../../../src/progress/explain-progress.js";
import {
  type InventedLearner,
  type InventedStanding,
  inventedStandings,
  recordOfInvented,
} from "../../../src/progress/invented-learner.js";
import { readCatalogueWithEarlier } from "../../../src/progress/read-catalogue.js";
import type { Verdict } from "../../../src/progress/verdict.js";
import { asVersion } from "../../../src/tracks/draft-version.js";
import { publishTrack } from "../../../src/tracks/publish-track.js";
import type { Requirement } from "../../../src/tracks/requirement.js";
import {
  aCourse,
  allOf,
  anExam,
  atLeastHours,
  day,
  examStep,
  heldStep,
  inOrder,
  licenceStep,
} from "../../support/core-fixtures.js";
import { addTrack } from "../../support/journey-fixtures.js";
import { createMemoryCore } from "../../support/memory-core.js";

const NOW = day(9);

describe("somebody invented to try a track on", () => {
  /** Two exams of four and five hours, a badge for the second, and the track that is tried. */
  async function judge(
    requirement: Requirement,
    invented: Partial<InventedLearner>,
  ): Promise<Verdict> {
    const stores = createMemoryCore();
    for (const [id, contactHours] of [
      ["a", 4],
      ["b", 5],
    ] as const) {
      const course = aCourse({ code: id.toUpperCase(), title: `Course ${id}`, contactHours });
      await stores.courses.addOnce(course);
      await stores.exams.add(anExam({ id, courseId: course.id }));
    }
    await stores.eligibility.addProfession({
      ...{ id: "nurse", organisationId: "org", name: "Nurse", createdAt: day(0) },
    });
    await addTrack(stores, allOf("badge-root", examStep("b")), "badge");
    await publishTrack(
      { ...stores, now: () => day(1) },
      { organisationId: "org", trackId: "badge", publishedBy: "admin" },
    );
    await addTrack(stores, requirement, "tried");
    const tried = await stores.tracks.findById("org", "tried");
    const version = asVersion(tried!, tried!.draft!, NOW);
    const catalogue = await readCatalogueWithEarlier(stores, version);
    const nothing = { percents: new Map(), heldTrackIds: new Set<string>(), standings: new Map() };
    const record = recordOfInvented({ ...nothing, ...invented }, { catalogue, now: NOW });
    return createExplainer(catalogue, record, NOW)({ requirement });
  }

  it("passes an exam by the mark that is asked for, and stands on the badges ticked", async () => {
    const tree = allOf("root", examStep("a", { passMarkPercent: 90 }), heldStep("badge"));
    const stateAt = async (percent: number, held: string[]) => {
      const percents = new Map([["a", percent]]);
      return (await judge(tree, { percents, heldTrackIds: new Set(held) })).state;
    };
    expect(await stateAt(89, ["badge"])).to.equal("in-progress");
    expect(await stateAt(90, [])).to.equal("in-progress");
    expect(await stateAt(90, ["badge"])).to.equal("met");
  });

  it("has the contact hours of a badge that is ticked, each course once", async () => {
    const tree = atLeastHours("root", 9, examStep("a"), examStep("b"), heldStep("badge"));
    const heldTrackIds = new Set(["badge"]);
    const percents = new Map([["b", 100]]);
    const five = await judge(tree, { percents, heldTrackIds });
    expect(five.hours).to.deep.equal({ done: 5, needed: 9 });
    const nine = await judge(tree, { percents: new Map([["a", 100]]), heldTrackIds });
    expect(nine.state).to.equal("met");
  });

  const expected: Record<InventedStanding, Verdict["state"]> = {
    student: "blocked",
    practitioner: "blocked",
    "handed-in": "blocked",
    verified: "met",
  };
  for (const standing of inventedStandings)
    it(`is at the gate of a licence as ${standing}`, async () => {
      const tree = inOrder("root", licenceStep("nurse"), examStep("a"));
      const standings = new Map([["nurse", standing]]);
      const percents = new Map([["a", 100]]);
      const verdict = await judge(tree, { standings, percents });
      expect(verdict.steps[0]?.state).to.equal(expected[standing]);
      expect(verdict.state).to.equal(standing === "verified" ? "met" : "in-progress");
      expect(verdict.awaitsLicence !== undefined).to.equal(standing !== "verified");
    });
});
