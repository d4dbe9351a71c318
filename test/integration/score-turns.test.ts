import { expect } from "chai";
import fc from "fast-check";
import { buildIndexes } from "../../src/database.js";
import { ToolError } from "../../src/errors.js";
import { createLineItemStore } from "../../src/exams/line-item-store.js";
import type { LineItemAddress, ScoreAnswer } from "../../src/exams/lms-grades-client.js";
import { createObservationStore } from "../../src/exams/observation-store.js";
import { postScore } from "../../src/exams/post-score.js";
import { createScorePostStore } from "../../src/exams/score-post-store.js";
import type { RecordResult } from "../../src/exams/record-result.js";
import { newId } from "../../src/stored-record.js";
import { createClock, examOf, ORGANISATION, offeringOf } from "../support/exam-world.js";
import { openTestDatabase } from "../support/test-database.js";

/** A process dies: whatever it was doing is not carried on. */
class Crash extends Error {}

const MINUTE = 60_000;
/** As long as an LMS may take for a score at most, within the limits of our calls. */
const LONGEST_SEND_MS = 45_000;

type Score = { item: number; learner: number; answer: ScoreAnswer["kind"]; comesAfter: number };
type Story = {
  scores: Score[];
  /** After how many steps each process dies; undefined: it lives. */
  crashes: (number | undefined)[];
  /** How much time goes by at each step, in turn. */
  passing: number[];
  /** Who goes a step on, in turn. */
  picks: number[];
};

const scores = fc.array(
  fc.record({
    item: fc.nat({ max: 1 }),
    learner: fc.nat({ max: 3 }),
    answer: fc.constantFrom<ScoreAnswer["kind"]>("taken", "taken", "taken", "busy", "unreachable"),
    /** Steps of others at least, before it is handed in. */
    comesAfter: fc.integer({ min: 1, max: 30 }),
  }),
  { minLength: 2, maxLength: 8 },
);
const passing = fc.array(fc.constantFrom(0, 0, 1, 1000, 30_000), { minLength: 1, maxLength: 9 });
const picks = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 60 });
const crashes = fc.array(fc.option(fc.nat({ max: 12 }), { nil: undefined }), {
  minLength: 8,
  maxLength: 8,
});

/** Several at once, of whom one at a time goes a step on; `picks` says who. */
function createTurns(picks: number[]) {
  const waiting: (() => void)[] = [];
  let running = 0;
  let turns = 0;
  const next = (): void => {
    if (waiting.length === 0 || waiting.length < running) return;
    const pick = picks[(turns += 1) % picks.length] ?? 0;
    waiting.splice(pick % waiting.length, 1)[0]?.();
  };
  return {
    step: async (): Promise<void> => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        next();
      });
    },
    all: async (works: (() => Promise<void>)[]): Promise<void> => {
      running = works.length;
      const ends = works.map(async (work) => {
        try {
          await work();
        } finally {
          running -= 1;
          next();
        }
      });
      await Promise.all(ends);
    },
  };
}

describe("scores that wait for the same column", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
    createLineItemStore(database.connection);
    createObservationStore(database.connection);
    createScorePostStore(database.connection);
    await buildIndexes(database.connection);
  });
  after(async () => {
    await database.close();
  });

  async function play(story: Story): Promise<void> {
    const clock = createClock();
    const lineItems = createLineItemStore(database.connection);
    const scorePosts = createScorePostStore(database.connection);
    const observations = createObservationStore(database.connection);
    const exam = examOf();
    const inFlight = new Map<string, { since: number }[]>();
    const arrived = new Map<string, number>();
    let woken: string[] = [];
    let later: string[] = [];
    const turns = createTurns(story.picks);
    let steps = 0;
    let isQuick = false;

    const pass = (): void => {
      if (isQuick) return;
      const now = clock.now().getTime();
      const left = [...inFlight.values()].flat().map(({ since }) => since + LONGEST_SEND_MS - now);
      const drawn = story.passing[(steps += 1) % story.passing.length] ?? 0;
      clock.advance(Math.max(0, Math.min(drawn, ...left)));
    };

    const answers = new Map<string, ScoreAnswer["kind"][]>();
    const answerTo = (url: string, sub: string): ScoreAnswer => {
      const kind = answers.get(`${url} ${sub}`)?.shift() ?? "taken";
      if (kind === "busy") return { kind, retryAfterMs: 5 * MINUTE };
      return kind === "unreachable" ? { kind, status: 502 } : { kind: "taken", confirmed: true };
    };

    /** A process of its own: what it asks for is done in an order that chance decides. */
    const createProcess = (crashAfter: number | undefined) => {
      let stepsLeft = crashAfter;
      const step = async (): Promise<void> => {
        await turns.step();
        pass();
        if (stepsLeft === 0) throw new Crash();
        if (stepsLeft !== undefined) stepsLeft -= 1;
      };
      const stepwise = <T extends object>(store: T): T =>
        Object.fromEntries(
          Object.entries(store).map(([name, method]) => [
            name,
            async (...args: unknown[]) => {
              await step();
              return await (method as (...all: unknown[]) => Promise<unknown>)(...args);
            },
          ]),
        ) as T;
      return {
        lineItems: stepwise(lineItems),
        scorePosts: stepwise(scorePosts),
        observations,
        accounts: {
          findOrCreateAll: async ({ subs }: { subs: readonly string[] }) =>
            subs.map((sub) => ({ id: "account", sub }) as never),
        },
        exams: { findById: async () => exam },
        offerings: { findById: async () => offeringOf(exam, "https://lms.example") },
        events: { add: async () => undefined },
        work: {
          wake: async (_name: unknown, { key }: { key: string }) => {
            await step();
            woken.push(key);
          },
        },
        grades: {
          findLineItem: async () => undefined,
          createLineItem: async () => "unused",
          listResultPages: async function* () {
            yield await Promise.resolve([]);
          },
          postScore: async (item: LineItemAddress, sent: { sub: string; score: number }) => {
            const others = inFlight.get(item.url) ?? [];
            expect(others, "other scores in flight for the same column").to.have.length(0);
            inFlight.set(item.url, [{ since: clock.now().getTime() }]);
            try {
              await step();
              const answer = answerTo(item.url, sent.sub);
              if (answer.kind === "taken") arrived.set(`${item.url} ${sent.sub}`, sent.score);
              await step();
              return answer;
            } finally {
              inFlight.delete(item.url);
            }
          },
        },
        recordResult: (async () => undefined) as unknown as RecordResult,
        now: clock.now,
        random: () => 0.5,
      };
    };

    const items = await Promise.all(
      [0, 1].map(async (number) => {
        const item = await lineItems.bind({
          ...{ organisationId: ORGANISATION, platformId: newId(), issuer: "i", contextId: "c" },
          ...{
            offeringId: "o",
            examId: exam.id,
            title: "t",
            scoreMaximum: 100,
            gradedInLms: false,
          },
          ...{ lineItemsUrl: "https://lms.example/items", membershipsUrl: undefined },
          at: clock.now(),
        });
        const url = `https://lms.example/items/${number}/lineitem`;
        await lineItems.setUrl(item.id, url);
        return { id: item.id, url };
      }),
    );

    const newest = new Map<string, number>();
    const spool = async (score: Score, number: number): Promise<string> => {
      const sub = `u-${score.learner}`;
      const { id: lineItemId, url } = items[score.item]!;
      const key = `${url} ${sub}`;
      answers.set(key, [...(answers.get(key) ?? []), score.answer]);
      newest.set(key, number);
      const { id } = await scorePosts.spool({
        ...{ organisationId: ORGANISATION, lineItemId, accountId: sub, sub },
        ...{ attemptId: `attempt-${number}`, score: number, maximum: 100 },
        submittedAt: clock.now(),
      });
      return id;
    };

    /** As the work queue does: what fails is tried again later, what a dead process had is gone. */
    const run = async (id: string, crashAfter?: number): Promise<void> => {
      try {
        await postScore(createProcess(crashAfter), id);
      } catch (error) {
        if (error instanceof ToolError) later.push(id);
        else if (!(error instanceof Crash)) throw error;
      }
    };
    const runWoken = async (): Promise<void> => {
      while (woken.length > 0) {
        const ids = woken;
        woken = [];
        await turns.all(
          ids.map((id) => async () => {
            await run(id);
          }),
        );
      }
    };

    await turns.all(
      story.scores.map((score, number) => async () => {
        for (let wait = 0; wait < score.comesAfter; wait += 1) await turns.step();
        await run(await spool(score, number), story.crashes[number]);
      }),
    );
    await runWoken();

    const unsent = async (): Promise<string[]> => {
      const ofThese = { lineItemId: { $in: items.map((item) => item.id) } };
      const posts = database.connection.collection("scorePosts");
      const found = await posts.find({ ...ofThese, state: { $ne: "sent" } }).toArray();
      return found.map(({ _id }) => String(_id));
    };
    const isCrashing = story.crashes.slice(0, story.scores.length).some((at) => at !== undefined);
    // Only what a dead process had waits for the sweep; the rest is handed from one to the next.
    if (!isCrashing) expect(later).to.include.members(await unsent());
    isQuick = true;
    for (let round = 0; round < 6 && (await unsent()).length > 0; round += 1) {
      clock.advance(31 * MINUTE);
      woken = later;
      later = [];
      if (isCrashing) {
        const due = await scorePosts.listDue(clock.now(), 100);
        woken.push(...due.map(({ id }) => id));
      }
      await runWoken();
    }
    expect(await unsent()).to.deep.equal([]);
    expect(Object.fromEntries(arrived)).to.deep.equal(Object.fromEntries(newest));
  }

  const stories = { scores, crashes, passing, picks };

  it("are sent one at a time, each in the end, whoever dies and however they interleave", async () => {
    await fc.assert(fc.asyncProperty(fc.record(stories), play), { numRuns: 25 });
  }).timeout(120_000);

  it("are handed from one to the next, and wait for no sweep, when nobody dies", async () => {
    const living = crashes.map((each) => each.map(() => undefined));
    const quick = { ...stories, crashes: living, passing: fc.constant<number[]>([0]) };
    await fc.assert(fc.asyncProperty(fc.record(quick), play), { numRuns: 25 });
  }).timeout(120_000);
});
