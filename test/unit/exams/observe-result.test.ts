import { expect } from "chai";
import { nothingSeen, type Sight } from "../../../src/exams/observation.js";
import {
  type Observed,
  observeResult,
  type OwnScores,
  type Result,
} from "../../../src/exams/observe-result.js";

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 0, second));
const noScores: OwnScores = { acknowledgedNumber: 0, sends: [], replaceTyped: true };
const result = (score: number | undefined, more: Partial<Result> = {}): Result => ({
  sub: "u",
  score,
  maximum: 100,
  timestamp: undefined,
  ...more,
});
const send = (number: number, score: number, second = 0) => ({
  number,
  score,
  maximum: 100,
  timestamp: at(second),
});
const see = (before: Sight, seen: Result, own: OwnScores = noScores): Observed =>
  observeResult(before, { result: seen, observedAt: at(30) }, own);
const after = (observed: Observed): Sight => {
  if (observed.sight === undefined) throw new Error("nothing was seen");
  return observed.sight;
};
const typed = (score: number): Sight => after(see(nothingSeen, result(score)));

describe("what a result read from the LMS means", () => {
  it("takes a first grade for a change", () => {
    const observed = see(nothingSeen, result(80));
    expect(observed).to.deep.include({ kind: "changed" });
    expect(after(observed).unrecorded).to.deep.equal([
      {
        number: 1,
        outcome: { kind: "graded", score: 80, maximum: 100 },
        occurredAt: at(30),
        observedAt: at(30),
      },
    ]);
  });

  it("takes 80, 50 and 80 again for three changes", () => {
    const last = after(see(after(see(typed(80), result(50))), result(80)));
    expect(last.unrecorded.map(({ number, outcome }) => [number, outcome])).to.deep.equal([
      [1, { kind: "graded", score: 80, maximum: 100 }],
      [2, { kind: "graded", score: 50, maximum: 100 }],
      [3, { kind: "graded", score: 80, maximum: 100 }],
    ]);
  });

  it("takes the same grade again, also in other points, for no change", () => {
    expect(see(typed(80), result(80))).to.deep.equal({ kind: "unchanged", sight: undefined });
    expect(see(typed(80), result(40, { maximum: 50 })).kind).to.equal("unchanged");
  });

  it("takes a row without a grade for nothing when there was none", () => {
    expect(see(nothingSeen, result(undefined))).to.deep.equal({
      kind: "unchanged",
      sight: undefined,
    });
  });

  it("takes a grade that was emptied for a change, once", () => {
    const cleared = see(typed(80), result(undefined));
    expect(cleared).to.deep.include({ kind: "changed" });
    expect(after(cleared).last).to.deep.equal({ kind: "cleared" });
    expect(see(after(cleared), result(undefined)).kind).to.equal("unchanged");
  });

  it("knows a score that it sent, confirmed or not, and however the LMS rounded it", () => {
    const own = { ...noScores, sends: [send(1, 66.67)] };
    expect(see(nothingSeen, result(66.67), { ...own, acknowledgedNumber: 1 }).kind).to.equal(
      "echo",
    );
    expect(see(nothingSeen, result(66.67), own).kind).to.equal("echo");
    expect(see(nothingSeen, result(13.334, { maximum: 20 }), own).kind).to.equal("echo");
    expect(see(nothingSeen, result(66.8), own).kind).to.equal("changed");
  });

  it("takes a score of its own, typed again after another grade, for a change", () => {
    const own = { ...noScores, acknowledgedNumber: 1, sends: [send(1, 70)] };
    const echoed = after(see(nothingSeen, result(70), own));
    const lowered = see(echoed, result(50), own);
    expect(lowered.kind).to.equal("changed");
    expect(see(after(lowered), result(70), own).kind).to.equal("changed");
  });

  it("takes an earlier grade for a change when a confirmed score had replaced it", () => {
    const own = { ...noScores, acknowledgedNumber: 1, sends: [send(1, 70)] };
    expect(see(typed(50), result(50), own).kind).to.equal("changed");
  });

  it("takes it for no change where a typed grade wins over ours (Canvas)", () => {
    const own = { acknowledgedNumber: 1, sends: [send(1, 70)], replaceTyped: false };
    const observed = see(typed(50), result(50), own);
    expect(observed.kind).to.equal("unchanged");
    expect(after(observed).echoedNumber).to.equal(1);
  });

  it("accounts for a score whose fate is unknown only when it shows", () => {
    const own = { ...noScores, sends: [send(1, 70)] };
    const lowered = after(see(nothingSeen, result(50), own));
    expect(lowered.echoedNumber).to.equal(0);
    expect(see(lowered, result(70), own).kind).to.equal("echo");
  });

  it("takes an echo of an unconfirmed score for ours once, and for a change the next time", () => {
    const own = { ...noScores, sends: [send(1, 70)] };
    const echoed = after(see(nothingSeen, result(70), own));
    const lowered = after(see(echoed, result(50), own));
    expect(see(lowered, result(70), own).kind).to.equal("changed");
  });

  it("takes a grade that was emptied after a confirmed score for a change", () => {
    const own = { ...noScores, acknowledgedNumber: 1, sends: [send(1, 70)] };
    expect(see(nothingSeen, result(undefined), own).kind).to.equal("changed");
  });

  const unusable: [string, Result, string][] = [
    ["a maximum of 0", result(5, { maximum: 0 }), "maximum-not-positive"],
    ["a negative maximum", result(5, { maximum: -10 }), "maximum-not-positive"],
    ["a negative score", result(-1), "negative"],
    ["a score that is no number", result(Number.NaN), "not-a-number"],
    ["a maximum that is no number", result(5, { maximum: Number.NaN }), "not-a-number"],
    ["an endless score", result(Infinity), "not-a-number"],
  ];
  for (const [what, seen, because] of unusable) {
    it(`refuses ${what}, says so once and keeps the earlier grade`, () => {
      const before = typed(80);
      const refused = see(before, seen);
      expect(refused).to.deep.include({ kind: "refused", because, isNews: true });
      expect(after(refused).last).to.deep.equal(before.last);
      expect(see(after(refused), seen)).to.deep.include({ kind: "refused", isNews: false });
      expect(see(after(refused), result(80)).kind).to.equal("unchanged");
    });
  }

  it("keeps the time that the LMS tells, also one in the future", () => {
    const future = at(59);
    const observed = see(nothingSeen, result(80, { timestamp: future }));
    expect(after(observed).unrecorded[0]?.occurredAt).to.deep.equal(future);
  });

  it("never puts a change before what it follows, even with a clock that goes back", () => {
    const first = after(see(nothingSeen, result(80, { timestamp: at(20) })));
    const second = after(see(first, result(50, { timestamp: at(5) })));
    expect(second.unrecorded[1]?.occurredAt).to.deep.equal(at(20));
    const own = { ...noScores, acknowledgedNumber: 1, sends: [send(1, 70, 25)] };
    const override = after(see(nothingSeen, result(50, { timestamp: at(10) }), own));
    expect(override.unrecorded[0]?.occurredAt).to.deep.equal(at(25));
  });
});
