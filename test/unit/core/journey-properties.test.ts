import { expect } from "chai";
import fc from "fast-check";
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
  for (const { id, explanation, evidence, learnerId } of awards) {
    expect(explanation.state).to.equal("met");
    expect(evidence).to.not.be.empty;
    expect(learnerId).to.equal("ann");
    expect(
      told.some((award) => award.id === id),
      "the learner is told",
    ).to.equal(true);
  }
  expect(await stores.awards.listUnannounced(day(9), 10)).to.deep.equal([]);
  expect(await stores.facts.listDueAccounts(day(9), 10), "nothing is left").to.deep.equal([]);
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
      if (!(error instanceof Crash)) throw error;
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
