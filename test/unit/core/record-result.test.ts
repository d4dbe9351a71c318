import { expect } from "chai";
import type { ExamFact } from "../../../src/progress/exam-fact.js";
import { recordResult, type Result } from "../../../src/progress/record-result.js";
import { aResult, day } from "../../support/core-fixtures.js";

const graded = (score: number, maximum: number): Partial<Result> => ({
  outcome: { kind: "graded", score, maximum },
});

async function record(result: Result) {
  const stored: ExamFact[] = [];
  const facts = {
    addOnce: async (fact: ExamFact) => {
      if (stored.some(({ sourceKey }) => sourceKey === fact.sourceKey)) return "already-there";
      stored.push(fact);
      return "added";
    },
  } as const;
  const outcome = await recordResult({ facts, now: () => day(3) }, result);
  return { outcome, stored };
}

describe("a result that arrives", () => {
  const refused: [title: string, change: Partial<Result>, because: string][] = [
    ["is refused with a maximum of 0", graded(5, 0), "maximum-not-positive"],
    ["is refused with a negative maximum", graded(5, -10), "maximum-not-positive"],
    ["is refused with an endless maximum", graded(5, Infinity), "maximum-not-positive"],
    ["is refused with a negative score", graded(-1, 10), "score-negative"],
    ["is refused when its score is no number", graded(Number.NaN, 10), "score-not-a-number"],
    ["is refused when its maximum is no number", graded(1, Number.NaN), "maximum-not-positive"],
    ["is refused with an unreadable time", { occurredAt: new Date("soon") }, "time-unreadable"],
    ["is refused from a test user", { isTestUser: true }, "test-user"],
  ];
  for (const [title, change, because] of refused) {
    it(title, async () => {
      const { outcome, stored } = await record(aResult(change));
      expect(outcome).to.include({ kind: "refused", because });
      expect(stored).to.deep.equal([]);
    });
  }

  it("becomes a fact with the pass mark and the times it came with", async () => {
    const result = aResult({ passMarkPercent: 65, occurredAt: day(2) });
    const { outcome, stored } = await record(result);
    const { isTestUser, ...given } = result;
    expect(isTestUser).to.equal(false);
    expect(outcome).to.include({ kind: "recorded", waitsUntil: undefined });
    expect(stored).to.have.length(1);
    expect(stored[0]).to.deep.include({ ...given, observedAt: day(3) });
  });

  it("is kept when it holds more points than the maximum", async () => {
    expect((await record(aResult(graded(12, 10)))).stored).to.have.length(1);
  });

  it("is kept when it takes a grade back", async () => {
    expect((await record(aResult({ outcome: { kind: "cleared" } }))).stored).to.have.length(1);
  });

  it("waits when it comes from the future", async () => {
    const { outcome, stored } = await record(aResult({ occurredAt: day(9) }));
    expect(outcome).to.deep.include({ kind: "recorded", waitsUntil: day(9) });
    expect(stored).to.have.length(1);
  });
});
