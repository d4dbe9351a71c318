import { expect } from "chai";
import fc from "fast-check";
import { nextRead, sweepPauseMs } from "../../../src/exams/next-read.js";
import { nextTimestamp, retryPauseMs } from "../../../src/exams/score-post.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const bounds = { resultsQuickMinutes: 10, resultsSlowHours: 6 };
const now = new Date("2026-11-23T10:00:00Z");
const pauseOf = (sinceLaunchMs: number, failures = 0, random = 0): number => {
  const course = { lastLaunchAt: new Date(now.getTime() - sinceLaunchMs), failures };
  return nextRead(course, { now, random }, bounds).getTime() - now.getTime();
};

describe("when results are read next", () => {
  const cases: [string, number, number][] = [
    ["right after a launch", pauseOf(0), 8 * MINUTE],
    ["within a day of a launch, at the latest", pauseOf(24 * HOUR), 8 * MINUTE],
    ["more than a day after a launch", pauseOf(24 * HOUR + 1), 4.8 * HOUR],
    ["after one failure", pauseOf(0, 1), 16 * MINUTE],
    ["after many failures", pauseOf(0, 30), 4.8 * HOUR],
    ["after failures in a quiet course", pauseOf(48 * HOUR, 3), 4.8 * HOUR],
  ];
  for (const [when, pauseMs, expectedMs] of cases) {
    it(`waits ${expectedMs / MINUTE} minutes ${when}`, () => {
      expect(pauseMs).to.be.closeTo(expectedMs, 1);
    });
  }

  it("is found in time, however short the bound", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (resultsQuickMinutes) => {
        const given = { ...bounds, resultsQuickMinutes };
        const latest = nextRead({ lastLaunchAt: now, failures: 0 }, { now, random: 0 }, given);
        const foundAfterMs = latest.getTime() - now.getTime() + sweepPauseMs(given);
        expect(foundAfterMs).to.be.at.most(0.9 * resultsQuickMinutes * MINUTE + 1);
        expect(sweepPauseMs(given)).to.be.within(6000, MINUTE);
      }),
    );
  });

  it("leaves a fifth of the bound for the reading and the award, whatever chance says", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (random) => {
        expect(pauseOf(0, 0, random)).to.be.within(6 * MINUTE - 1, 8 * MINUTE + 1);
        expect(pauseOf(25 * HOUR, 0, random)).to.be.within(3.6 * HOUR - 1, 4.8 * HOUR + 1);
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
    const longest = [1, 2, 3, 8, 50].map((tries) => retryPauseMs(tries, 1, undefined) / 1000);
    expect(longest).to.deep.equal([15, 30, 60, 1800, 1800]);
    expect(retryPauseMs(1, 0, undefined)).to.equal(7_500);
  });

  it("is never shorter than the LMS asks for", () => {
    expect(retryPauseMs(1, 0, 120_000)).to.equal(120_000);
    expect(retryPauseMs(20, 1, 1000)).to.equal(1_800_000);
  });
});
