import { expect } from "chai";
import { createTrackTrialStore } from "../../src/awards/track-trial-store.js";
import { buildIndexes } from "../../src/database.js";
import { newId } from "../../src/stored-record.js";
import { createTrialJourney } from "../../src/trial-journey.js";
import { aFact, allOf, aTrackContent, day, examStep } from "../support/core-fixtures.js";
import {
  addExams,
  addTrack,
  Crash,
  createPeople,
  openJourney,
} from "../support/journey-fixtures.js";
import { createMemoryCore } from "../support/memory-core.js";
import { openTestDatabase } from "../support/test-database.js";

const everyone = { page: 1, pageSize: 1000 };

/** Rules and facts in memory; the walk itself in the database. */
async function openScene() {
  const database = await openTestDatabase();
  const trials = createTrackTrialStore(database.connection);
  await buildIndexes(database.connection);
  const stores = createMemoryCore();
  const { people } = createPeople();
  await addExams(stores, ["a", "b"]);
  const requirement = allOf("g", examStep("a"), examStep("b"));
  await addTrack(stores, requirement, "t");
  const woken: string[] = [];
  const wake = async (name: string) => {
    woken.push(name);
  };
  /** What one process does; `dieAfter` so many batches were read, none of the next is kept. */
  const openProcess = (dieAfter = Infinity) => {
    let batches = 0;
    return createTrialJourney({
      ...{ ...stores, accounts: people, now: () => day(9), work: { wake, wakeUnlessThere: wake } },
      trials: {
        ...trials,
        advance: async (...given) => {
          batches += 1;
          if (batches > dieAfter) throw new Crash();
          await trials.advance(...given);
        },
      },
    });
  };
  /** The first `done` have passed both exams, the others one. */
  const meet = async (count: number, done: number) => {
    const learners = Array.from(
      { length: count },
      (_, index) => `p${String(index).padStart(4, "0")}`,
    );
    await stores.facts.addAll(
      learners.flatMap((accountId, index) =>
        (index < done ? ["a", "b"] : ["a"]).map((examId) => aFact({ accountId, examId })),
      ),
    );
  };
  const begin = { organisationId: "org", trackId: "t", startedBy: "admin" };
  const find = async () => {
    const trial = await trials.find("org", "t");
    if (trial === undefined) throw new Error("no trial");
    return { trial, found: (await trials.listFound(trial, everyone)).items };
  };
  return { stores, people, trials, woken, openProcess, meet, begin, find, close: database.close };
}

describe("looking whom a publication would award", () => {
  let scene: Awaited<ReturnType<typeof openScene>>;

  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(async () => {
    await scene.close();
  });

  it("finds each learner who has everything, with the reason, and awards nobody", async () => {
    const { begin, find, meet, openProcess, stores, woken } = scene;
    await meet(5, 2);
    expect(await openProcess().beginTrial(begin)).to.deep.equal({ kind: "begun" });
    const { trial, found } = await find();
    expect(trial).to.deep.include({ total: 5, looked: 5, finishedAt: day(9) });
    expect(found.map(({ learnerId, sentence }) => [learnerId, sentence])).to.deep.equal([
      [
        "p0000",
        "Course a: passed with 80% on 2 March 2026. Course b: passed with 80% on 2 March 2026.",
      ],
      [
        "p0001",
        "Course a: passed with 80% on 2 March 2026. Course b: passed with 80% on 2 March 2026.",
      ],
    ]);
    expect(woken).to.deep.equal([]);
    expect(await stores.awards.listForLearners("org", ["p0000"])).to.deep.equal([]);
  });

  it("goes on in another process where one was killed, and finds each learner once", async () => {
    const { begin, find, meet, openProcess, woken } = scene;
    await meet(900, 850);
    await openProcess().beginTrial(begin);
    expect(woken).to.deep.equal(["try-out-track"]);
    const first = await find();
    expect(first.trial.finishedAt).to.equal(undefined);
    expect(first.trial.looked).to.be.greaterThan(0).and.lessThan(900);
    for (const dieAfter of [1, 0, 2]) {
      const dying = openProcess(dieAfter).goOnWithTrial(begin);
      await dying.catch((error: unknown) => {
        expect(error).to.be.instanceOf(Crash);
      });
    }
    const later = await find();
    expect(later.trial.looked).to.be.greaterThan(first.trial.looked);
    await openProcess().sweepTrials(day(10), 5);
    expect(woken).to.have.length(later.trial.finishedAt === undefined ? 2 : 1);
    await Promise.all([openProcess().goOnWithTrial(begin), openProcess().goOnWithTrial(begin)]);
    const { trial, found } = await find();
    expect(trial).to.deep.include({ total: 900, looked: 900, finishedAt: day(9) });
    expect(found).to.have.length(850);
  });

  it("ends when the draft was written again meanwhile, and begins anew from nothing", async () => {
    const { begin, find, meet, openProcess, stores } = scene;
    await meet(500, 500);
    await openProcess().beginTrial(begin);
    const requirement = allOf("g", examStep("a"));
    const draft = aTrackContent({ name: "Next", requirement });
    await stores.tracks.saveDraft({ organisationId: "org", id: "t", draft, at: day(3) });
    await openProcess().goOnWithTrial(begin);
    const { trial, found } = await find();
    expect(trial.finishedAt).not.to.equal(undefined);
    expect(found.length).to.be.lessThan(500);
    await openProcess().beginTrial(begin);
    const fresh = await find();
    expect(fresh.trial.id).not.to.equal(trial.id);
    expect(fresh.trial.draftWrittenAt).to.deep.equal(day(3));
  });

  it("counts what the ledger of equivalencies lets count, and so does the publication", async () => {
    const { begin, find, openProcess, people, stores } = scene;
    const examOf = (examId: string) => ({ examId, courseId: `course-${examId}`, title: examId });
    const requirement = examStep("b");
    const draft = aTrackContent({ requirement });
    await stores.tracks.saveDraft({ organisationId: "org", id: "t", draft, at: day(3) });
    await stores.facts.addOnce(aFact({ accountId: "ann", examId: "a" }));
    await stores.equivalencies.addOnce({
      ...{ id: newId(), organisationId: "org", number: 1, decision: "counts", reach: "one-way" },
      ...{ from: examOf("a"), to: examOf("b"), since: day(1), decidedAt: day(1) },
      ...{ decidedBy: "Committee", enteredBy: "admin", reason: "Same." },
    });
    const journey = openJourney({ stores, people });
    journey.setNow(day(9));
    await journey.calm.sweep({ reach: "all" });
    await openProcess().beginTrial(begin);
    expect((await find()).found.map(({ learnerId }) => learnerId)).to.deep.equal(["ann"]);
    const about = { organisationId: "org", trackId: "t", publishedBy: "admin" };
    await journey.calm.publishTrack(about);
    await journey.calm.sweep({ reach: "all" });
    expect(await stores.awards.listForLearners("org", ["ann"])).to.have.length(1);
  });
});
