import { expect } from "chai";
import fc from "fast-check";
import { ToolError } from "../../src/errors.js";
import { createLineItemStore } from "../../src/exams/line-item-store.js";
import type { ScoreAnswer } from "../../src/exams/lms-grades-client.js";
import { createObservationStore } from "../../src/exams/observation-store.js";
import type { Result } from "../../src/exams/observe-result.js";
import { postScore } from "../../src/exams/post-score.js";
import { readResults } from "../../src/exams/read-results.js";
import type { RecordResult } from "../../src/exams/record-result.js";
import { createScorePostStore } from "../../src/exams/score-post-store.js";
import { buildIndexes } from "../../src/database.js";
import { newId } from "../../src/stored-record.js";
import { createClock, examOf, ORGANISATION, offeringOf } from "../support/exam-world.js";
import { openTestDatabase } from "../support/test-database.js";

/** The process dies: whatever was under way is not carried on. */
class Crash extends Error {}

const SUB = "u-1";
const whole = (time: Date) => Math.floor(time.getTime() / 1000) * 1000;

type Cell = { score: number | undefined; by: "tool" | "teacher"; at: Date };
type PostFate = "arrives" | "is lost" | "arrives, answer lost" | "finds a grade typed just now";

/** One cell of an LMS gradebook, with Moodle's or Canvas' rules. */
function createCell(mood: "moodle" | "canvas", now: () => Date) {
  let cell: Cell | undefined;
  let hasRow = mood === "moodle";
  const typed: (number | undefined)[] = [];
  return {
    typed,
    current: () => cell,
    type(score: number | undefined): void {
      if (cell?.score === score) return;
      cell = { score, by: "teacher", at: now() };
      typed.push(score);
    },
    accept(score: number, timestamp: Date, submittedAt: Date): ScoreAnswer {
      const isKnownLater =
        cell !== undefined &&
        (mood === "moodle" ? whole(cell.at) >= whole(timestamp) : cell.at > timestamp);
      if (isKnownLater)
        return mood === "moodle" ? { kind: "conflict" } : { kind: "refused", status: 400 };
      hasRow = true;
      const isTypedKept = mood === "canvas" && cell?.by === "teacher";
      if (isTypedKept) return { kind: "taken", confirmed: true };
      const isOverwritten = cell?.by === "teacher" && cell.at > submittedAt;
      expect(isOverwritten, "a grade typed after the attempt was overwritten").to.equal(false);
      cell = { score, by: "tool", at: timestamp };
      return { kind: "taken", confirmed: true };
    },
    makeRow: () => {
      hasRow = true;
    },
    results(): Result[] {
      if (cell === undefined || !hasRow) return [];
      const timestamp = mood === "moodle" ? new Date(whole(cell.at)) : undefined;
      return [{ sub: SUB, score: cell.score, maximum: 100, timestamp }];
    },
  };
}

type Step =
  | { kind: "type"; score: number | undefined }
  | { kind: "hand in"; score: number }
  | { kind: "post"; fate: PostFate; crashAfter: number | undefined; typed: number }
  | { kind: "read"; crashAfter: number | undefined };

const scores = fc.constantFrom(0, 50, 80, 100);
const crashAfter = fc.option(fc.integer({ min: 0, max: 14 }), { nil: undefined, freq: 2 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("type" as const),
      score: fc.option(scores, { nil: undefined, freq: 5 }),
    }),
    fc.record({ kind: fc.constant("hand in" as const), score: scores }),
    fc.record({
      kind: fc.constant("post" as const),
      fate: fc.constantFrom<PostFate[]>(
        "arrives",
        "is lost",
        "arrives, answer lost",
        "finds a grade typed just now",
      ),
      crashAfter,
      typed: scores,
    }),
    fc.record({ kind: fc.constant("read" as const), crashAfter }),
  ),
  { minLength: 3, maxLength: 14 },
);

for (const mood of ["moodle", "canvas"] as const) {
  describe(`posts, edits, readings and crashes in any order (${mood})`, () => {
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

    async function play(story: Step[]): Promise<void> {
      const clock = createClock();
      const cell = createCell(mood, clock.now);
      if (mood === "canvas") cell.makeRow();
      const exam = examOf();
      const facts = new Map<string, Parameters<RecordResult>[0]>();
      let fate: PostFate = "arrives";
      let typedMeanwhile = 0;
      let stepsLeft: number | undefined;
      let current = { number: 0, submittedAt: clock.now() };
      /** Number of our score in the cell, and of those that a whole reading has met there. */
      let shown = 0;
      const met = new Set<number>();

      /** Counts down at each step to the outside; a crash may come before or after it. */
      const step = async <T>(act: () => Promise<T>): Promise<T> => {
        if (stepsLeft === undefined) return await act();
        if (stepsLeft === 0) throw new Crash();
        stepsLeft -= 1;
        const done = await act();
        if (stepsLeft === 0) throw new Crash();
        stepsLeft -= 1;
        return done;
      };
      const crashing = <T extends object>(store: T): T =>
        Object.fromEntries(
          Object.entries(store).map(([name, method]) => [
            name,
            async (...args: unknown[]) =>
              await step(
                async () => await (method as (...all: unknown[]) => Promise<unknown>)(...args),
              ),
          ]),
        ) as T;

      const lineItems = createLineItemStore(database.connection);
      const scorePosts = createScorePostStore(database.connection);
      const observations = createObservationStore(database.connection);
      const needs = {
        lineItems: crashing(lineItems),
        scorePosts: crashing(scorePosts),
        observations: crashing(observations),
        accounts: {
          findOrCreateAll: async ({ subs }: { subs: readonly string[] }) =>
            subs.map((sub) => ({ id: "account", sub }) as never),
        },
        exams: { findById: async () => exam },
        offerings: { findById: async () => offeringOf(exam, "https://lms.example") },
        events: { add: async () => undefined },
        work: { wake: async () => undefined },
        roster: {
          listMemberPages: async function* () {
            yield await Promise.resolve([]);
          },
        },
        grades: {
          findLineItem: async () => undefined,
          createLineItem: async () => "unused",
          makeRow: async () => true,
          listResultPages: async function* () {
            yield await step(async () => cell.results());
          },
          postScore: async (_item: unknown, sent: { score: number; timestamp: Date }) =>
            await step(async (): Promise<ScoreAnswer> => {
              if (fate === "is lost") return { kind: "unreachable", status: 502 };
              if (fate === "finds a grade typed just now") {
                clock.advance(1500);
                cell.type(typedMeanwhile);
              }
              const answer = cell.accept(sent.score, sent.timestamp, current.submittedAt);
              if (cell.current()?.by === "tool") shown = current.number;
              return fate === "arrives, answer lost"
                ? { kind: "unreachable", status: 502 }
                : answer;
            }),
        },
        recordResult: (async (result) => {
          await step(async () => {
            const known = facts.get(result.sourceKey);
            expect(known?.outcome ?? result.outcome).to.deep.equal(result.outcome);
            facts.set(result.sourceKey, known ?? result);
          });
        }) as RecordResult,
        bounds: { resultsQuickMinutes: 10, resultsSlowHours: 6 },
        now: clock.now,
        random: () => 0.5,
      };

      const item = await lineItems.bind({
        organisationId: ORGANISATION,
        platformId: newId(),
        issuer: "i",
        contextId: "c",
        offeringId: "o",
        examId: exam.id,
        title: "t",
        scoreMaximum: 100,
        gradedInLms: false,
        lineItemsUrl: "https://lms.example/items",
        membershipsUrl: undefined,
        at: clock.now(),
      });
      const path = mood === "canvas" ? "api/lti/courses/1/line_items/7" : "items/7/lineitem";
      await lineItems.setUrl(item.id, `https://lms.example/${path}`);

      const survive = async (
        after: number | undefined,
        act: () => Promise<void>,
      ): Promise<void> => {
        stepsLeft = after;
        try {
          await act();
        } catch (error) {
          if (!(error instanceof Crash || error instanceof ToolError)) throw error;
        }
        stepsLeft = undefined;
      };
      const read = async (after?: number): Promise<void> => {
        clock.advance(24 * 60 * 60_000);
        await survive(after, async () => {
          await readResults(needs, item.id);
          if (cell.current()?.by === "tool") met.add(shown);
        });
      };
      const post = async (after?: number): Promise<void> => {
        clock.advance(10 * 60_000);
        const spooled = await scorePosts.findByLearner(item.id, "account");
        if (spooled !== undefined) {
          current = spooled;
          await survive(after, async () => {
            await postScore(needs, spooled.id);
          });
        }
      };
      /** Whether typing this could not be told from a score of ours whose fate is unknown. */
      const isAmbiguous = async (score: number | undefined): Promise<boolean> => {
        const spooled = await scorePosts.findByLearner(item.id, "account");
        return (spooled?.sends ?? []).some(
          (sent) =>
            sent.score === score &&
            sent.number > (spooled?.acknowledgedNumber ?? 0) &&
            !met.has(sent.number),
        );
      };

      let handedIn = 0;
      for (const each of story) {
        clock.advance(7_000);
        switch (each.kind) {
          case "type":
            // An edit that nobody could see before the next one is no part of the claim.
            await read();
            if (!(await isAmbiguous(each.score))) cell.type(each.score);
            break;
          case "hand in":
            await read();
            // A score that stands there already is not sent.
            if (cell.current()?.score === each.score) break;
            handedIn += 1;
            await scorePosts.spool({
              organisationId: ORGANISATION,
              lineItemId: item.id,
              accountId: "account",
              sub: SUB,
              attemptId: `attempt-${handedIn}`,
              score: each.score,
              maximum: 100,
              submittedAt: clock.now(),
            });
            break;
          case "post":
            fate = each.fate;
            typedMeanwhile = each.typed + 3;
            await post(each.crashAfter);
            fate = "arrives";
            break;
          case "read":
            await read(each.crashAfter);
            break;
        }
      }
      await read();
      await post();
      await read();
      await read();

      const found = [...facts.values()].map(({ outcome }) =>
        outcome.kind === "graded" ? outcome.score : undefined,
      );
      expect(found, "facts are the teacher's edits").to.deep.equal(cell.typed);
      const numbers = [...facts.keys()].map((key) => Number(key.split(":")[3]));
      expect(numbers).to.deep.equal(numbers.map((_, index) => index + 1));
    }

    it("give exactly the teacher's edits as facts, in their order, and no echo", async () => {
      await fc.assert(fc.asyncProperty(steps, play), { numRuns: 60 });
    }).timeout(120_000);
  });
}
