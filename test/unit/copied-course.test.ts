import { expect } from "chai";
import { candidatesOf, readContextHistory } from "../../src/courses/copied-course.js";
import type { Offering } from "../../src/courses/offering.js";

const known = (
  contextId: string,
  status: Offering["status"],
  courseId = `course-of-${contextId}`,
) => ({
  ...{ id: `offering-${contextId}`, contextId, status },
  courseId: status === "approved" ? courseId : undefined,
});

describe("the history of a copied LMS course", () => {
  const histories: [string, string | undefined, string[]][] = [
    ["as Moodle and Canvas tell it", "7,3", ["7", "3"]],
    ["with blanks and repetitions", " 7 , 3,,7", ["7", "3"]],
    ["that was cut short", "truncated", []],
    ["that is empty", "", []],
    ["that was not sent", undefined, []],
  ];
  for (const [what, sent, expected] of histories) {
    it(`is read ${what}`, () => {
      const custom = sent === undefined ? {} : { context_id_history: sent };
      expect(readContextHistory(custom)).to.deep.equal(expected);
    });
  }

  it("is read up to a thousand ids", () => {
    const custom = { context_id_history: Array.from({ length: 3000 }, (_, id) => id).join(",") };
    expect(readContextHistory(custom)).to.have.length(1000);
  });

  const table: [string, string[], Parameters<typeof candidatesOf>[1], string[]][] = [
    ["nothing when no ancestor is known", ["7"], [], []],
    ["the course of the approved ancestor", ["7"], [known("7", "approved")], ["offering-7"]],
    ["nothing of an ancestor that waits", ["7"], [known("7", "pending")], []],
    [
      "what stands behind an ancestor that waits",
      ["7", "3"],
      [known("7", "pending"), known("3", "approved")],
      ["offering-3"],
    ],
    [
      "nothing once the nearest was declined",
      ["7", "3"],
      [known("7", "declined"), known("3", "approved")],
      [],
    ],
    [
      "the nearest of several of one course",
      ["7", "3"],
      [known("3", "approved", "c"), known("7", "approved", "c")],
      ["offering-7"],
    ],
    [
      "every course that it was put together from",
      ["7", "3"],
      [known("3", "approved"), known("7", "approved")],
      ["offering-7", "offering-3"],
    ],
  ];
  for (const [what, history, offerings, expected] of table) {
    it(`speaks for ${what}`, () => {
      const found = candidatesOf(history, offerings).map(({ copiedFrom }) => copiedFrom);
      expect(found).to.deep.equal(expected);
    });
  }
});
