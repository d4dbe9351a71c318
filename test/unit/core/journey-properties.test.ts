import { expect } from "chai";
import fc from "fast-check";
import type { StandingAward } from "../../../src/awards/award-standing.js";
import type { Result } from "../../../src/progress/record-result.js";
import { isGroup, type Requirement } from "../../../src/tracks/requirement.js";
import { allOf, aResult, atLeast, day, examStep } from "../../support/core-fixtures.js";
import {
  addExams,
  addTrack,
  Crash,
  createPeople,
  openJourney,
} from "../../support/journey-fixtures.js";
import { createMemoryCore } from "../../support/memory-core.js";

const examIds = ["a", "b", "c"];
const learner = { organisationId: "org", accountId: "ann" };
const linked = { "ann-elsewhere": "ann" };

const trees: fc.Arbitrary<Requirement> = fc.oneof(
  fc.constantFrom(...examIds).map((id) => examStep(id)),
  fc.subarray(examIds, { minLength: 1 }).map((ids) => allOf("g", ...ids.map((id) => examStep(id)))),
  fc.constant(atLeast("g", 2, ...examIds.map((id) => examStep(id)))),
  fc.constant(allOf("g", examStep("a"), atLeast("h", 1, examStep("b"), examStep("c")))),
);

/** Results of one person on two accounts, in two LMS courses, with an own key each. */
const resultsOf = (sources: ("hosted" | "lms-gradebook")[]): fc.Arbitrary<Result[]> =>
  fc
    .array(
      fc.record({
        accountId: fc.constantFrom("ann", "ann-elsewhere"),
        examId: fc.constantFrom(...examIds),
        offeringId: fc.constantFrom("one", "two"),
        percent: fc.constantFrom(20, 60, 75, 100),
        minutes: fc.integer({ min: 0, max: 500 }),
        source: fc.constantFrom(...sources),
      }),
      { minLength: 2, maxLength: 8 },
    )
    .map((given) =>
      given.map(({ minutes, ...result }, index) =>
        aResult({ ...result, sourceKey: `key-${index}`, occurredAt: day(1, minutes) }),
      ),
    );

type Step = "record" | "evaluate" | "sweep" | "publish";
const steps: fc.Arbitrary<{ step: Step; which: number }[]> = fc.array(
  fc.record({
    step: fc.constantFrom<Step>("record", "record", "record", "evaluate", "sweep", "publish"),
    which: fc.nat(),
  }),
  { minLength: 6, maxLength: 30 },
);

/** At each call to a store or to the outside: go on, or die before or after it. */
const crashes = fc.infiniteStream(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant("go-on" as const) },
    { weight: 1, arbitrary: fc.constantFrom("before" as const, "after" as const) },
  ),
);

async function openScene(given: {
  trees: Requirement[];
  around?: (run: () => Promise<unknown>) => Promise<unknown>;
}) {
  const stores = createMemoryCore();
  await addExams(stores, examIds);
  const trackIds: string[] = [];
  for (const tree of given.trees) trackIds.push(await addTrack(stores, tree));
  const { around } = given;
  const { people } = createPeople({ ...linked });
  const opened = openJourney({ stores, people, ...(around === undefined ? {} : { around }) });
  return { ...opened, stores, trackIds };
}

type Scene = Awaited<ReturnType<typeof openScene>>;

/** Plays one step as it happens in a process that may die at any call. */
async function play(
  scene: Scene,
  results: Result[],
  { step, which }: { step: Step; which: number },
) {
  const { journey, trackIds } = scene;
  const result = results[which % Math.max(1, results.length)];
  const trackId = trackIds[which % trackIds.length];
  if (step === "record" && result !== undefined) await journey.recordResult(result);
  if (step === "evaluate") await journey.evaluateLearner(learner);
  if (step === "sweep") await journey.sweep();
  if (step === "publish" && trackId !== undefined) {
    await journey.publishTrack({ organisationId: "org", trackId, publishedBy: "admin" });
  }
}

/** The process is up again and stays up: sources hand over what they hold, and a minute goes by. */
async function settle(scene: Scene, results: Result[]): Promise<void> {
  const { calm, trackIds } = scene;
  for (const trackId of trackIds) {
    await calm.publishTrack({ organisationId: "org", trackId, publishedBy: "admin" });
  }
  for (const result of results) await calm.recordResult(result);
  scene.setNow(day(3));
  await calm.sweep();
}

/** What must hold at the end, whatever happened before. */
async function check(scene: Scene, given: { trees: Requirement[]; results: Result[] }) {
  const { stores, told, trackIds } = scene;
  const awards = await stores.awards.listForLearners("org", ["ann", "ann-elsewhere"]);
  const awarded = awards.map(({ trackId }) => trackId);
  expect(new Set(awarded).size, "one award a track").to.equal(awarded.length);

  const passed = new Set(passedExams(given.results));
  for (const [index, tree] of given.trees.entries()) {
    const isEarned = isMet(tree, passed);
    const isAwarded = awarded.includes(trackIds[index] ?? "");
    if (isEarned) expect(isAwarded, "what is earned is awarded").to.equal(true);
    const onlyHosted = given.results.every(({ source }) => source === "hosted");
    if (onlyHosted) expect(isAwarded, "and nothing else").to.equal(isEarned);
  }
  for (const { id, trackId, explanation, evidence, learnerId, standing } of awards) {
    const tree = given.trees[trackIds.indexOf(trackId)]!;
    expect(standing.state, "what is not met any more is on hold").to.equal(
      isMet(tree, passed) ? "active" : "on-hold",
    );
    expect(explanation.state).to.equal("met");
    expect(evidence).to.not.be.empty;
    expect(learnerId).to.equal("ann");
    expect(
      told.some((award) => award.id === id),
      "the learner is told",
    ).to.equal(true);
  }
  expect(await stores.awards.listUnannounced(day(9), 10)).to.deep.equal([]);
  expect(await stores.awards.listStandingUntold(day(9), 10)).to.deep.equal([]);
  checkTrail(scene, awards);
  expect(await stores.facts.listDue(day(9), { limit: 10 }), "nothing is left").to.deep.equal([]);
}

/** Every change of every award is in the trail, once, and leads from one state to the next. */
function checkTrail({ trail }: Scene, awards: StandingAward[]): void {
  for (const { id, standing } of awards) {
    const entries = trail.filter(({ subject }) => subject.id === id);
    const expected = Array.from({ length: standing.revision }, (_, n) => `award:${id}:${n + 1}`);
    expect(entries.map((entry) => entry.id)).to.deep.equal(expected);
    const states = entries.map(({ after }) => after?.["state"]);
    expect(entries.map(({ before }) => before?.["state"])).to.deep.equal(
      ["active", ...states].slice(0, states.length),
    );
    expect(states.at(-1) ?? "active").to.equal(standing.state);
  }
}

/** Which exams stand as passed at the end, said once more in a simple way. */
function passedExams(results: Result[]): string[] {
  const seats = new Map<string, boolean>();
  const ordered = results
    .map((result, index) => ({ result, index }))
    .sort((a, b) => a.result.occurredAt.getTime() - b.result.occurredAt.getTime());
  for (const { result } of ordered) {
    const { examId, offeringId, accountId, outcome, source } = result;
    const passes = outcome.kind === "graded" && outcome.score >= 70;
    const seat = JSON.stringify([examId, offeringId, accountId]);
    seats.set(seat, source === "hosted" ? passes || seats.get(seat) === true : passes);
  }
  return [...seats]
    .filter(([, passes]) => passes)
    .map(([seat]) => (JSON.parse(seat) as [string])[0]);
}

function isMet(tree: Requirement, passed: ReadonlySet<string>): boolean {
  if (!isGroup(tree)) return tree.kind === "exam-passed" && passed.has(tree.examId);
  const met = tree.of.filter((step) => isMet(step, passed)).length;
  return met >= (tree.kind === "at-least" ? tree.count : tree.of.length);
}

/** Results of the same minute have no order of their own; those are left to other tests. */
const inMinutesOfTheirOwn = (results: Result[]): boolean =>
  new Set(results.map(({ occurredAt }) => occurredAt.getTime())).size === results.length;

const forests = fc.array(trees, { minLength: 1, maxLength: 3 });

/** A sweep goes on after what failed, and says so at its end. */
const isCrash = (error: unknown): boolean =>
  error instanceof Crash || (error instanceof AggregateError && error.errors.every(isCrash));

async function survivesCrashes(given: {
  trees: Requirement[];
  results: Result[];
  story: { step: Step; which: number }[];
  stream: Iterator<"go-on" | "before" | "after">;
}): Promise<void> {
  const around = async (run: () => Promise<unknown>): Promise<unknown> => {
    const fate = given.stream.next().value as "go-on" | "before" | "after";
    if (fate === "before") throw new Crash("before");
    const answer = await run();
    if (fate === "after") throw new Crash("after");
    return answer;
  };
  const scene = await openScene({ trees: given.trees, around });
  for (const step of given.story) {
    try {
      await play(scene, given.results, step);
    } catch (error) {
      if (!isCrash(error)) throw error;
    }
  }
  await settle(scene, given.results);
  await check(scene, given);
}

describe("the journey, in any order, with repetitions and a crash at any step", () => {
  it("gives exactly what hosted results earn, once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          ...{ trees: forests, results: resultsOf(["hosted"]) },
          ...{ story: steps, stream: crashes },
        }),
        survivesCrashes,
      ),
      { numRuns: 1500 },
    );
  });

  it("gives what results of both kinds earn, once, though grades go up and down", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          trees: forests,
          results: resultsOf(["hosted", "lms-gradebook"]).filter(inMinutesOfTheirOwn),
          ...{ story: steps, stream: crashes },
        }),
        survivesCrashes,
      ),
      { numRuns: 1500 },
    );
  });

  it("gives the same with several processes at work at the same time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ trees: forests, results: resultsOf(["hosted"]), before: steps, story: steps }),
        fc.scheduler(),
        async ({ trees: forest, results, before, story }, scheduler) => {
          let isBusy = false;
          // Each call waits until the scheduler lets it through, and once more with its answer.
          const around = async (run: () => Promise<unknown>): Promise<unknown> => {
            if (!isBusy) return await run();
            await scheduler.schedule(Promise.resolve());
            const answer = await run();
            await scheduler.schedule(Promise.resolve());
            return answer;
          };
          const scene = await openScene({ trees: forest, around });
          for (const step of before) await play(scene, results, step);
          isBusy = true;
          const all = Promise.all(
            story.slice(0, 8).map(async (step) => {
              await play(scene, results, step);
            }),
          );
          await scheduler.waitFor(all);
          await settle(scene, results);
          await check(scene, { trees: forest, results });
        },
      ),
      { numRuns: 700 },
    );
  });
});

describe("accounts that are joined while what they earn is being awarded", () => {
  it("hold one award between them, whoever was first and whatever came in between", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, isSwept) => {
        let isBusy = false;
        const around = async (run: () => Promise<unknown>): Promise<unknown> => {
          if (!isBusy) return await run();
          await scheduler.schedule(Promise.resolve());
          const answer = await run();
          await scheduler.schedule(Promise.resolve());
          return answer;
        };
        const stores = createMemoryCore();
        await addExams(stores, ["a"]);
        const trackId = await addTrack(stores, allOf("g", examStep("a")));
        const { people, link } = createPeople({});
        const scene = openJourney({ stores, people, around });
        const { calm, journey } = scene;
        await calm.publishTrack({ organisationId: "org", trackId, publishedBy: "admin" });
        for (const accountId of ["ann", "ann-elsewhere"])
          await calm.recordResult(aResult({ accountId, examId: "a", sourceKey: accountId }));
        isBusy = true;
        const elsewhere = { organisationId: "org", accountId: "ann-elsewhere" };
        const join = async () => {
          await scheduler.schedule(Promise.resolve());
          link("ann-elsewhere", "ann");
          await journey.accountsLinked(elsewhere);
          await journey.evaluateLearner(learner);
        };
        await scheduler.waitFor(
          Promise.all([
            journey.evaluateLearner(learner),
            journey.evaluateLearner(elsewhere),
            join(),
          ]),
        );
        isBusy = false;
        if (isSwept) await calm.sweep({ reach: "all" });
        const awards = await stores.awards.listForLearners("org", ["ann", "ann-elsewhere"]);
        const inForce = awards.filter(({ standing }) => standing.state === "active");
        expect(inForce.map((award) => award.trackId)).to.deep.equal([trackId]);
      }),
      { numRuns: 400 },
    );
  });
});

describe("what becomes of awards, in any order, with repetitions and a crash at any step", () => {
  /** Grades in one LMS course, where each replaces the one before; and a wait of some days. */
  const stories = fc.array(
    fc.record({
      examId: fc.constantFrom("a", "b"),
      passes: fc.boolean(),
      days: fc.constantFrom(0, 1, 5, 15, 30),
      sweeps: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 2, maxLength: 8 },
  );

  it("is the same whatever crashed, and holds to the grace period, round by round", async () => {
    await fc.assert(
      fc.asyncProperty(stories, crashes, async (story, stream) => {
        const tree = allOf("g", examStep("a"), examStep("b"));
        let isCalm = true;
        const around = async (run: () => Promise<unknown>): Promise<unknown> => {
          const fate = isCalm ? "go-on" : (stream.next().value as "go-on" | "before" | "after");
          if (fate === "before") throw new Crash("before");
          const answer = await run();
          if (fate === "after") throw new Crash("after");
          return answer;
        };
        const scene = await openScene({ trees: [tree], around });
        await play(scene, [], { step: "publish", which: 0 });
        isCalm = false;
        const expected: { round: number; state: string }[] = [];
        const passing = new Set<string>();
        let today = 2;
        let endsOn: number | undefined;
        const endGrace = () => {
          const last = expected.at(-1);
          if (endsOn === undefined || last === undefined || today < endsOn) return;
          last.state = "revoked";
          endsOn = undefined;
        };
        for (const [index, { examId, passes, days, sweeps }] of story.entries()) {
          scene.setNow(day(today, index));
          const outcome = { kind: "graded" as const, score: passes ? 80 : 20, maximum: 100 };
          const result = aResult({
            ...{ accountId: "ann", examId, offeringId: "one", source: "lms-gradebook" as const },
            ...{ sourceKey: `key-${index}`, outcome, occurredAt: day(today, index) },
          });
          const tries = [
            async () => await scene.journey.recordResult(result),
            ...Array.from({ length: sweeps }, () => async () => {
              await scene.journey.sweep({ reach: "all" });
            }),
          ];
          for (const attempt of tries) {
            await attempt().catch((error: unknown) => {
              if (!isCrash(error)) throw error;
            });
          }
          await scene.calm.recordResult(result);
          await scene.calm.sweep({ reach: "all" });
          if (passes) passing.add(examId);
          else passing.delete(examId);
          const last = expected.at(-1);
          if (passing.size === 2) {
            if (last === undefined || last.state === "revoked")
              expected.push({ round: expected.length + 1, state: "active" });
            else last.state = "active";
            endsOn = undefined;
          } else if (last?.state === "active") {
            last.state = "on-hold";
            endsOn = today + 14;
          }
          today += days;
          scene.setNow(day(today, index + 1));
          endGrace();
          await scene.calm.sweep({ reach: "all" });
        }
        const awards = await scene.stores.awards.listForLearners("org", ["ann"]);
        const found = awards.map(({ round, standing }) => ({ round, state: standing.state }));
        expect(found).to.deep.equal(expected);
        checkTrail(scene, awards);
      }),
      { numRuns: 400 },
    );
  });
});
