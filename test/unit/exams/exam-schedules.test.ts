import { expect } from "chai";
import fc from "fast-check";
import { nextRead, sweepPauseMs } from "../../../src/exams/next-read.js";
import { nextTimestamp, retryPauseMs } from "../../../src/exams/score-post.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const bounds = { resultsQuickMinutes: 10, resultsSlowHours: 6 };
const now = new Date("2026-11-23T10:00:00Z");
/** By a history and by chance; `sinceLaunchMs` before now. */
type Given = { sinceLaunchMs?: number; quietReads?: number; failures?: number; random?: number };
const pauseOf = (given: Given, within = bounds): number => {
  const { sinceLaunchMs = 0, quietReads = 0, failures = 0, random = 0 } = given;
  const lastLaunchAt = new Date(now.getTime() - sinceLaunchMs);
  const next = nextRead({ lastLaunchAt, quietReads, failures }, { now, random }, within);
  return next.getTime() - now.getTime();
};
const DAY = 24 * HOUR;
const MANY = 100_000;

describe("when results are read next", () => {
  const cases: [string, Given, number][] = [
    ["after a change", {}, 2 * MINUTE],
    ["after the first reading that changed nothing", { quietReads: 1 }, 4 * MINUTE],
    ["after the second", { quietReads: 2 }, 8 * MINUTE],
    ["after many more within a day of a launch", { quietReads: MANY }, 8 * MINUTE],
    ["at the end of that day", { sinceLaunchMs: DAY, quietReads: MANY }, 8 * MINUTE],
    ["a moment later", { sinceLaunchMs: DAY + 1, quietReads: MANY }, 4.8 * HOUR],
    ["after a change in a quiet course", { sinceLaunchMs: 2 * DAY }, 2 * MINUTE],
    ["when there is no more of it", { sinceLaunchMs: 2 * DAY, quietReads: 3 }, 16 * MINUTE],
    ["after one failure", { quietReads: 2, failures: 1 }, 2 * MINUTE],
    ["after three failures", { failures: 3 }, 8 * MINUTE],
    ["after many failures", { failures: MANY }, 4.8 * HOUR],
    ["after many in a quiet course", { sinceLaunchMs: 2 * DAY, failures: MANY }, 4.8 * HOUR],
  ];
  for (const [when, given, expectedMs] of cases) {
    it(`waits ${expectedMs / MINUTE} minutes ${when}`, () => {
      expect(pauseOf(given)).to.be.closeTo(expectedMs, 1);
    });
  }

  const settings = fc.record({
    resultsQuickMinutes: fc.integer({ min: 1, max: 600 }),
    resultsSlowHours: fc.integer({ min: 1, max: 48 }),
  });
  const histories = fc.record({
    sinceLaunchMs: fc.integer({ min: 0, max: 400 * DAY }),
    quietReads: fc.oneof(fc.nat(12), fc.nat()),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });

  it("never waits longer than the bounds allow, and never less after more quiet readings", () => {
    fc.assert(
      fc.property(settings, histories, (within, history) => {
        const isQuick = history.sinceLaunchMs <= DAY;
        const quickMs = within.resultsQuickMinutes * MINUTE;
        const slowMs = within.resultsSlowHours * HOUR;
        const boundMs = isQuick ? Math.min(quickMs, slowMs) : slowMs;
        const pauseMs = pauseOf(history, within);
        expect(pauseMs).to.be.at.most(0.8 * boundMs + 1);
        expect(pauseMs).to.be.at.least(0.15 * Math.min(quickMs, slowMs) - 1);
        const quieter = { ...history, quietReads: history.quietReads + 1 };
        expect(pauseOf(quieter, within)).to.be.at.least(pauseMs);
      }),
    );
  });

  it("leaves an LMS that fails alone for no longer than the slow bound", () => {
    fc.assert(
      fc.property(settings, histories, fc.integer({ min: 1 }), (within, history, failures) => {
        const pauseMs = pauseOf({ ...history, failures }, within);
        expect(pauseMs).to.be.within(1000, 0.8 * within.resultsSlowHours * HOUR + 1);
      }),
    );
  });

  it("is found in time, however short the bound", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (resultsQuickMinutes) => {
        const given = { ...bounds, resultsQuickMinutes };
        const foundAfterMs = pauseOf({ quietReads: MANY }, given) + sweepPauseMs(given);
        expect(foundAfterMs).to.be.at.most(0.9 * resultsQuickMinutes * MINUTE + 1);
        expect(sweepPauseMs(given)).to.be.within(6000, MINUTE);
      }),
    );
  });

  it("leaves a fifth of the bound for the reading and the award, whatever chance says", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (random) => {
        const quiet = { quietReads: MANY, random };
        expect(pauseOf(quiet)).to.be.within(6 * MINUTE - 1, 8 * MINUTE + 1);
        const rare = { ...quiet, sinceLaunchMs: 25 * HOUR };
        expect(pauseOf(rare)).to.be.within(3.6 * HOUR - 1, 4.8 * HOUR + 1);
      }),
    );
  });
});

describe("the timestamps of scores", () => {
  it("rise by at least a second for one learner, whatever the clock does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), {
          minLength: 2,
        }),
        (times) => {
          let previous: Date | undefined;
          for (const time of times) {
            const next = nextTimestamp(time, previous);
            if (previous) expect(next.getTime() - previous.getTime()).to.be.at.least(1000);
            previous = next;
          }
        },
      ),
    );
  });

  it("keep the time of the attempt when that is free", () => {
    expect(nextTimestamp(now, undefined)).to.deep.equal(now);
    expect(nextTimestamp(now, new Date(now.getTime() - 5000))).to.deep.equal(now);
  });
});

describe("the pause before a score is tried again", () => {
  it("doubles from 15 seconds to half an hour, halved by chance", () => {
    const longest = [1, 2, 3, 8, 50].map((tries) => retryPauseMs(tries, 1, {}) / 1000);
    expect(longest).to.deep.equal([15, 30, 60, 1800, 1800]);
    expect(retryPauseMs(1, 0, {})).to.equal(7_500);
  });

  it("is never shorter than the LMS asks for", () => {
    expect(retryPauseMs(1, 0, { retryAfterMs: 120_000 })).to.equal(120_000);
    expect(retryPauseMs(20, 1, { retryAfterMs: 1000 })).to.equal(1_800_000);
  });
});
