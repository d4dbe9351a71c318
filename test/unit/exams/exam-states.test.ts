import { expect } from "chai";
import type { Offering } from "../../../src/courses/offering.js";
import { plainPercent } from "../../../src/courses/percent.js";
import { whyClosed } from "../../../src/exams/find-exam-opening.js";
import { gradebookSentence } from "../../../src/exams/hosted-source.js";
import type { LineItem } from "../../../src/exams/line-item.js";
import { nothingSeen, type Observation, type Sight } from "../../../src/exams/observation.js";
import { judgeBeforeSending } from "../../../src/exams/post-score.js";
import { examOf } from "../../support/exam-world.js";

describe("a percentage on a page", () => {
  const cases: [number, string][] = [
    [80, "80%"],
    [79.96, "79.9%"],
    [200 / 3, "66.6%"],
    [0.3 * 100, "30%"],
    [0, "0%"],
    [110, "110%"],
  ];
  for (const [percent, text] of cases) {
    it(`is ${text} for ${percent}, never more than it is`, () => {
      expect(plainPercent(percent)).to.equal(text);
    });
  }
});

describe("why an exam does not open", () => {
  const exam = examOf();
  const offering = (status: Offering["status"], courseId?: string) =>
    ({ status, courseId }) as Offering;
  const cases: [string, Offering | undefined, string | undefined][] = [
    ["an LMS course that nobody has seen", undefined, "not-approved"],
    ["an LMS course that waits for approval", offering("pending"), "not-approved"],
    ["a declined LMS course", offering("declined", exam.courseId), "declined"],
    ["an offering of another course", offering("approved", "other"), "other-course"],
    ["an approved offering of its course", offering("approved", exam.courseId), undefined],
  ];
  for (const [where, place, because] of cases) {
    it(`is ${because ?? "nothing"} in ${where}`, () => {
      expect(whyClosed(exam, place)).to.equal(because);
    });
  }
});

describe("what a learner is told about the gradebook", () => {
  const item = {} as LineItem;
  const cases: [Parameters<typeof gradebookSentence>[1], RegExp][] = [
    [undefined, /is in your course's gradebook/],
    [{ state: "sent", lastError: undefined }, /is in your course's gradebook/],
    [{ state: "waiting", lastError: undefined }, /saved here and on its way/],
    [{ state: "waiting", lastError: "platform-unreachable" }, /saved here and will reach/],
    [{ state: "failed", lastError: "platform-refused" }, /saved here and counts/],
    [{ state: "overridden", lastError: undefined }, /your instructor gave later/],
  ];
  for (const [post, text] of cases) {
    it(`fits a score that is ${post?.state ?? "not to be sent"} (${post?.lastError ?? "no fault"})`, () => {
      expect(gradebookSentence(item, post)).to.match(text);
    });
  }

  it("fits a course without a gradebook", () => {
    expect(gradebookSentence(undefined, undefined)).to.match(/shares no gradebook/);
  });
});

describe("what the gradebook says about a score before it is sent", () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 10, minute));
  const post = { number: 2, submittedAt: at(10) };
  const seen = (sight: Partial<Sight>) => ({ ...nothingSeen, ...sight }) as Observation;
  const last = { kind: "graded", score: 50, maximum: 100 } as const;
  const cases: [string, Observation | undefined, string][] = [
    ["nothing", undefined, "send"],
    ["an older score of ours", seen({ last, isOwn: true, echoedNumber: 1 }), "send"],
    ["this very score", seen({ last, isOwn: true, echoedNumber: 2 }), "sent"],
    ["a grade typed before the attempt", seen({ last, lastOccurredAt: at(9) }), "send"],
    ["a grade typed after the attempt", seen({ last, lastOccurredAt: at(11) }), "overridden"],
    [
      "a grade taken back after the attempt",
      seen({ last: { kind: "cleared" }, lastOccurredAt: at(11) }),
      "overridden",
    ],
  ];
  for (const [what, observation, verdict] of cases) {
    it(`is "${verdict}" when it shows ${what}`, () => {
      expect(judgeBeforeSending(post, observation)).to.equal(verdict);
    });
  }
});
