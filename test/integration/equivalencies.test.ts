import { expect } from "chai";
import { evidenceOf } from "../../src/credentials/evidence.js";
import {
  decideEquivalency,
  type EquivalencyWanted,
  withdrawEquivalency,
} from "../../src/equivalencies/decide-equivalency.js";
import { openCoreStores } from "../support/core-database.js";
import { allOf, aResult, atLeast, day, examStep } from "../support/core-fixtures.js";
import {
  addExams,
  addTrack,
  Crash,
  createPeople,
  openJourney,
} from "../support/journey-fixtures.js";

const ann = { organisationId: "org", accountId: "ann" };
const committee = { decidedBy: "Education committee", enteredBy: "admin" };

async function openStores() {
  const opened = await openCoreStores();
  await addExams(opened.stores, ["old", "new", "other"]);
  return opened;
}

describe("what the ledger of equivalencies counts", () => {
  let opened: Awaited<ReturnType<typeof openStores>>;
  let scene: ReturnType<typeof openJourney>;

  beforeEach(async () => {
    opened = await openStores();
    scene = openJourney({ stores: opened.stores, people: createPeople({ ann2: "ann" }).people });
  });
  afterEach(async () => {
    await opened.close();
  });

  const listAwards = async (...learnerIds: string[]) =>
    await opened.stores.awards.listForLearners("org", learnerIds);
  const publish = async (trackId: string) =>
    await scene.journey.publishTrack({ organisationId: "org", trackId, publishedBy: "admin" });
  const pass = async (examId: string, given: Parameters<typeof aResult>[0] = {}) => {
    await scene.journey.recordResult(
      aResult({ accountId: "ann", examId, courseId: `course-${examId}`, ...given }),
    );
    await scene.journey.evaluateLearner({ ...ann, accountId: given.accountId ?? "ann" });
  };
  const enter = async (given: Partial<EquivalencyWanted> = {}) => {
    const result = await decideEquivalency(
      { ...opened.stores, now: () => day(2) },
      {
        ...{ organisationId: "org", decision: "counts", reach: "one-way", accountId: undefined },
        ...{ fromExamId: "old", toExamId: "new", reason: "Same content.", ...committee },
        ...given,
      },
    );
    if (result.kind === "faulty") throw new Error(result.fault.sentence);
    return result.entry;
  };

  it("awards who passed before it was decided, and says by what, since when, by whom and why", async () => {
    await publish(await addTrack(opened.stores, allOf("g", examStep("new")), "t"));
    await pass("old", { occurredAt: day(0) });
    expect(await listAwards("ann")).to.deep.equal([]);
    await scene.journey.equivalencyDecided(await enter());
    await scene.journey.sweep();
    const [award] = await listAwards("ann");
    expect(award?.explanation.steps[0]?.sentence).to.equal(
      "Course new: passed with 80% on 1 March 2026 in Course old 2026, which counts for it (decided on 3 March 2026 by Education committee: Same content).",
    );
    expect(award?.evidence.map(({ courseTitle }) => courseTitle)).to.deep.equal(["Course old"]);
    const [, told] = award === undefined ? [] : evidenceOf(award, { hours: true, scores: true });
    expect(told?.narrative).to.include("(by Course old 2026, which counts for it)");
    expect(told?.narrative).not.to.include("Same content");
  });

  it("awards who passes after it was decided", async () => {
    await publish(await addTrack(opened.stores, examStep("new"), "t"));
    await scene.journey.equivalencyDecided(await enter());
    await pass("old");
    expect(await listAwards("ann")).to.have.length(1);
  });

  it("counts one way only unless both was decided", async () => {
    await publish(await addTrack(opened.stores, examStep("old"), "t"));
    await scene.journey.equivalencyDecided(await enter());
    await pass("new");
    expect(await listAwards("ann")).to.deep.equal([]);
  });

  it("waits for a day to come", async () => {
    await publish(await addTrack(opened.stores, examStep("new"), "t"));
    await pass("old");
    await scene.journey.equivalencyDecided(await enter({ since: day(9) }));
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.deep.equal([]);
    scene.setNow(day(9));
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.have.length(1);
  });

  it("counts for one learner alone, by any account of theirs", async () => {
    await publish(await addTrack(opened.stores, examStep("new"), "t"));
    await pass("old", { accountId: "ann2" });
    await pass("old", { accountId: "ben" });
    await scene.journey.equivalencyDecided(await enter({ accountId: "ann" }));
    await scene.journey.sweep();
    const [award] = await listAwards("ann", "ben");
    expect(award?.learnerId).to.equal("ann");
    expect(award?.explanation.sentence).to.include("which counts for it for this learner (decided");
    expect(award?.evidence.map(({ courseTitle }) => courseTitle)).to.deep.equal(["Course old"]);
    expect(await listAwards("ben")).to.deep.equal([]);
  });

  it("leaves what was awarded when an entry is withdrawn, and counts for nobody else", async () => {
    await publish(await addTrack(opened.stores, examStep("new"), "t"));
    await pass("old");
    const entry = await enter();
    await scene.journey.equivalencyDecided(entry);
    await scene.journey.sweep();
    const withdrawn = await withdrawEquivalency(
      { equivalencies: opened.stores.equivalencies, now: () => day(3) },
      { organisationId: "org", id: entry.id, reason: "A mistake.", ...committee },
    );
    if (withdrawn.kind === "entered") await scene.journey.equivalencyDecided(withdrawn.entry);
    await pass("old", { occurredAt: day(1, 5) });
    await pass("old", { accountId: "ben" });
    await scene.journey.sweep();
    const [award] = await listAwards("ann");
    expect(award?.standing.state).to.equal("active");
    expect(await listAwards("ben")).to.deep.equal([]);
  });

  it("puts an award on hold when the grade is gone that counted by an entry", async () => {
    await publish(await addTrack(opened.stores, examStep("new"), "t"));
    await scene.journey.equivalencyDecided(await enter());
    const grade = { source: "lms-gradebook" as const, offeringId: "place" };
    await pass("old", { ...grade, occurredAt: day(1) });
    await pass("old", { ...grade, percent: 10, occurredAt: day(1, 9) });
    const [award] = await listAwards("ann");
    expect(award?.standing.state).to.equal("on-hold");
  });

  it("lets one pass be one of the steps to choose from", async () => {
    const tree = atLeast("g", 2, examStep("new"), examStep("old"), examStep("other"));
    await publish(await addTrack(opened.stores, tree, "t"));
    await scene.journey.equivalencyDecided(await enter());
    await pass("old");
    expect(await listAwards("ann")).to.deep.equal([]);
    await pass("other");
    expect(await listAwards("ann")).to.have.length(1);
  });

  it("gives every entry a number of its own and refuses a loop, even of several at once", async () => {
    const wishes = [
      { fromExamId: "old", toExamId: "new" },
      { fromExamId: "new", toExamId: "other" },
      { fromExamId: "other", toExamId: "old" },
    ];
    const outcomes = await Promise.allSettled(wishes.map(enter));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(2);
    const entries = await opened.stores.equivalencies.listAll("org", undefined);
    expect(entries.map(({ number }) => number).sort()).to.deep.equal([1, 2]);
  });

  it("is followed up after a crash at any step", async () => {
    await publish(await addTrack(opened.stores, examStep("new"), "t"));
    await pass("old");
    const entry = await enter();
    for (let dieAt = 1; dieAt <= 3; dieAt += 1) {
      let step = 0;
      const dying = openJourney({
        ...{ stores: opened.stores, people: createPeople().people },
        around: async (run) => {
          step += 1;
          if (step >= dieAt) throw new Crash();
          return await run();
        },
      });
      await dying.journey.equivalencyDecided(entry).catch(() => undefined);
    }
    expect(await listAwards("ann")).to.deep.equal([]);
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.have.length(1);
  });
});
