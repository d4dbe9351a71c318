import { expect } from "chai";
import { sweepOutcomes } from "../../src/activities/record-outcome.js";
import { publishStatusChanges } from "../../src/credentials/publish-status-changes.js";
import { allInTurn, eachInTurn } from "../../src/each-in-turn.js";
import { createHostedSource } from "../../src/exams/hosted-source.js";
import { sweepGradeSources } from "../../src/exams/grade-sources.js";
import type { GradeSource, GradeSources } from "../../src/exams/grade-source.js";
import { createRecountJourney } from "../../src/recount-journey.js";

const faultsOf = async (work: Promise<unknown>): Promise<string[]> => {
  try {
    await work;
    return [];
  } catch (error) {
    const messages = (fault: unknown): string[] =>
      fault instanceof AggregateError ? fault.errors.flatMap(messages) : [(fault as Error).message];
    return messages(error);
  }
};

/** Does what it is asked for each, but for the one that cannot be done. */
const but = (bad: string, done: string[]) => async (id: string) => {
  await Promise.resolve();
  if (id === bad) throw new Error(`not ${id}`);
  done.push(id);
};

describe("what is done in turn", () => {
  it("is done for all but the one that fails, in order, and says so at the end", async () => {
    const done: string[] = [];
    expect(await faultsOf(eachInTurn(["a", "b", "c"], but("b", done)))).to.deep.equal(["not b"]);
    expect(done).to.deep.equal(["a", "c"]);
    expect(await faultsOf(eachInTurn(["a", "c"], but("b", done)))).to.deep.equal([]);
  });

  it("goes on where a step throws before it has begun", async () => {
    const done: string[] = [];
    const faults = await faultsOf(
      allInTurn(
        () => {
          throw new Error("at once");
        },
        async () => {
          await but("x", done)("later");
        },
      ),
    );
    expect([faults, done]).to.deep.equal([["at once"], ["later"]]);
  });
});

describe("a sweep with something in it that cannot be done", () => {
  it("settles the other attempts", async () => {
    const done: string[] = [];
    const settle = but("second", done);
    const attempts = ["first", "second", "third"].map((id) => ({
      ...{ id, organisationId: "org", accountId: id, examId: "exam", grading: {} },
    }));
    const source = createHostedSource({
      attempts: {
        listSubmittedWithoutFact: async () => await Promise.resolve(attempts),
        settle: async () => {
          await Promise.resolve();
        },
      },
      recordResult: async ({ accountId }: { accountId: string }) => {
        await settle(accountId);
      },
      now: () => new Date(0),
    } as unknown as Parameters<typeof createHostedSource>[0]);
    expect(await faultsOf(source.finishLeft(new Date(0), "all"))).to.deep.equal(["not second"]);
    expect(done).to.deep.equal(["first", "third"]);
  });

  it("wakes what is due of every source", async () => {
    const woken: string[] = [];
    const source = (key: string, bad: boolean): GradeSource => ({
      ...({} as GradeSource),
      finishLeft: async () => {
        await Promise.resolve();
        if (bad) throw new Error("stuck");
      },
      listDue: async () =>
        await Promise.resolve([{ name: "post-score", data: { key, organisationId: "org" } }]),
    });
    const sources = { hosted: source("one", true), external: source("two", false) };
    const needs = {
      sources: sources as unknown as GradeSources,
      wake: async ({ data }: { data: { key: string } }) => {
        await Promise.resolve(woken.push(data.key));
      },
      now: () => new Date(0),
    };
    expect(await faultsOf(sweepGradeSources(needs, { reach: "all" }))).to.deep.equal(["stuck"]);
    expect(woken).to.deep.equal(["one", "two"]);
  });

  it("makes facts of the other decisions about activities", async () => {
    const done: string[] = [];
    const find = but("second", done);
    const left = ["first", "second", "third"].map((examId) => ({ examId, assessments: [] }));
    const needs = {
      submissions: {
        listAwaitingFact: async () => await Promise.resolve(left),
        markRecorded: async () => {
          await Promise.resolve();
        },
      },
      exams: {
        findById: async (_organisationId: string, id: string) => {
          await find(id);
        },
      },
    } as unknown as Parameters<typeof sweepOutcomes>[0];
    expect(await faultsOf(sweepOutcomes(needs))).to.deep.equal(["not second"]);
    expect(done).to.deep.equal(["first", "third"]);
  });

  it("counts the other decisions again", async () => {
    const done: string[] = [];
    const set = but("bad", done);
    const changes = (...ids: string[]) => ({
      listAwaitingRecount: async () =>
        await Promise.resolve(
          ids.map((accountId) => ({ organisationId: "org", accountId, decision: "withdrawn" })),
        ),
      markRecounted: async () => {
        await Promise.resolve();
      },
    });
    const recounts = createRecountJourney({
      tracks: changes(),
      accounts: changes("bad", "joined"),
      eligibility: changes("licensed"),
      equivalencies: changes("decided"),
      facts: {
        setPendingForAccounts: async (_organisationId: string, [id = ""]: string[]) => {
          await set(id);
        },
      },
      findLearner: async ({ accountId }: { accountId: string }) =>
        await Promise.resolve({ accountIds: [accountId] }),
      now: () => new Date(0),
    } as unknown as Parameters<typeof createRecountJourney>[0]);
    expect(await faultsOf(recounts.sweep(10))).to.deep.equal(["not bad"]);
    expect(done).to.deep.equal(["joined", "licensed"]);
  });
});

describe("status lists of which one cannot be signed", () => {
  it("are signed but for that one", async () => {
    const marked: string[] = [];
    const needs = {
      credentials: {
        listUnlisted: async () => await Promise.resolve([{ listId: "bad" }, { listId: "good" }]),
        markListed: async (changes: { listId: string }[]) => {
          await Promise.resolve(marked.push(...changes.map(({ listId }) => listId)));
        },
      },
      statusLists: {
        listUnsigned: async () => await Promise.resolve([]),
        beginSigning: async (id: string) => {
          await Promise.resolve();
          if (id === "bad") throw new Error("sealed");
        },
      },
    } as unknown as Parameters<typeof publishStatusChanges>[0];
    expect(await faultsOf(publishStatusChanges(needs))).to.deep.equal(["sealed"]);
    expect(marked).to.deep.equal(["good"]);
  });
});
