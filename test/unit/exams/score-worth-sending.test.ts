import { expect } from "chai";
import type { SubmittedAttempt } from "../../../src/exams/attempt.js";
import { nothingSeen, type Sight } from "../../../src/exams/observation.js";
import { isWorthSending, scoreInColumn } from "../../../src/exams/score-worth-sending.js";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 10, minute));
const attempt = (number: number, score: number): SubmittedAttempt => ({
  id: `attempt-${number}`,
  organisationId: "o",
  accountId: "a",
  sub: "u",
  courseId: "c",
  examId: "e",
  passMarkPercent: 80,
  offeringId: "f",
  lineItemId: "l",
  number,
  questions: [],
  startedAt: at(number * 10 - 5),
  submittedAt: at(number * 10),
  answers: [],
  grading: { points: [], score, maximum: 10 },
  settledAt: undefined,
});
const typed = (score: number | undefined, minute: number): Sight => ({
  ...nothingSeen,
  last: score === undefined ? { kind: "cleared" } : { kind: "graded", score, maximum: 10 },
  lastOccurredAt: at(minute),
});

describe("whether an attempt's score goes into the gradebook", () => {
  const first = attempt(1, 6);
  const cases: [string, number, Sight | undefined, boolean][] = [
    ["a better retake", 8, undefined, true],
    ["a worse retake", 4, undefined, false],
    ["an equal retake", 6, undefined, false],
    ["a retake below a grade typed before it", 8, typed(9, 15), false],
    ["a retake above a lower grade typed before it", 5, typed(3, 15), true],
    ["a retake after a grade was taken back", 2, typed(undefined, 15), true],
    ["a retake with a grade typed after it", 10, typed(3, 25), false],
    ["a better retake after an echo of our own", 8, { ...typed(6, 11), isOwn: true }, true],
  ];
  for (const [what, score, sight, expected] of cases) {
    it(`${expected ? "sends" : "does not send"} ${what}`, () => {
      const second = attempt(2, score);
      expect(isWorthSending(second, [first, second], sight)).to.equal(expected);
    });
  }

  it("sends a first attempt, also one without a point", () => {
    expect(isWorthSending(attempt(1, 0), [attempt(1, 0)], undefined)).to.equal(true);
  });

  it("sends an attempt that is no better than one in another LMS course", () => {
    const elsewhere = { ...first, lineItemId: "another" };
    const here = attempt(2, 6);
    expect(isWorthSending(here, [elsewhere, here], undefined)).to.equal(true);
  });

  it("writes it in points of the column, to two decimals", () => {
    expect(scoreInColumn({ score: 2, maximum: 3 }, 100)).to.equal(66.67);
    expect(scoreInColumn({ score: 3, maximum: 3 }, 20)).to.equal(20);
  });
});
