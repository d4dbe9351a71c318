import { expect } from "chai";
import fc from "fast-check";
import {
  examIdsReached,
  type LedgerEntry,
  standingOf,
} from "../../../src/equivalencies/equivalency.js";
import { faultOfDecision } from "../../../src/equivalencies/ledger-faults.js";
import { countedAsOf } from "../../../src/progress/counted-as.js";
import { day } from "../../support/core-fixtures.js";

const examOf = (id: string) => ({ examId: id, courseId: `course-${id}`, title: `Course ${id}` });

/** `pair` is `<from> <to>`. */
const anEntry = (number: number, pair: string, given: Partial<LedgerEntry> = {}): LedgerEntry => {
  const [from = "", to = ""] = pair.split(" ");
  return {
    ...{ id: `entry-${number}`, organisationId: "org", number, decision: "counts" },
    ...{ from: examOf(from), to: examOf(to), reach: "one-way", since: day(1), decidedAt: day(1) },
    ...{ decidedBy: "Education committee", enteredBy: "admin", reason: "Same content." },
    ...given,
  };
};

const wanted = (from: string, to: string, given: Partial<LedgerEntry> = {}) =>
  anEntry(99, `${from} ${to}`, given);

describe("the ledger of equivalencies", () => {
  it("lets the latest decision about two exams stand, in whichever order it names them", () => {
    const entries = [
      anEntry(1, "a b"),
      anEntry(3, "b a", { decision: "does-not-count" }),
      anEntry(2, "c d"),
    ];
    expect(standingOf(entries).map(({ number }) => number)).to.deep.equal([2]);
    expect(standingOf([...entries, anEntry(4, "a b")]).map(({ number }) => number)).to.deep.equal([
      2, 4,
    ]);
  });

  it("keeps what was decided for one learner apart from what was decided for everybody", () => {
    const entries = [
      anEntry(1, "a b"),
      anEntry(2, "a b", { accountId: "ann", decision: "does-not-count" }),
    ];
    expect(standingOf(entries).map(({ number }) => number)).to.deep.equal([1]);
  });

  it("reaches one step far, both ways only where both was decided", () => {
    const standing = [
      anEntry(1, "a b"),
      anEntry(2, "b c"),
      anEntry(3, "d e", { reach: "both-ways" }),
    ];
    expect(examIdsReached(["a"], standing)).to.deep.equal(["a", "b"]);
    expect(examIdsReached(["b"], standing)).to.deep.equal(["b", "c"]);
    expect(examIdsReached(["e"], standing)).to.deep.equal(["e", "d"]);
  });

  it("counts from the day on that was decided, and not before", () => {
    const standing = [anEntry(1, "a b", { since: day(5) })];
    expect(countedAsOf(standing, day(4)).get("b")).to.equal(undefined);
    expect(countedAsOf(standing, day(5)).get("b")?.[0]).to.deep.include({
      ...{ equivalencyId: "entry-1", examId: "a", title: "Course a", isForOneLearner: false },
    });
  });

  const refused: [what: string, wanted: LedgerEntry, entries: LedgerEntry[], words: RegExp][] = [
    ["a course for itself", wanted("a", "a"), [], /two different/],
    ["what stands already", wanted("a", "b"), [anEntry(7, "a b")], /Entry 7 says already/],
    ["the way back of what stands", wanted("b", "a"), [anEntry(7, "a b")], /Entry 7/],
    [
      "for one learner what stands for everybody",
      wanted("a", "b", { accountId: "ann" }),
      [anEntry(7, "a b")],
      /Entry 7/,
    ],
    [
      "a chain that comes back",
      wanted("c", "a"),
      [anEntry(1, "a b"), anEntry(2, "b c")],
      /loop: Course c would count for Course a would count for Course b would count for Course c/,
    ],
    [
      "a chain that comes back by way of two that count both ways",
      wanted("c", "a"),
      [anEntry(1, "a b", { reach: "both-ways" }), anEntry(2, "b c")],
      /loop/,
    ],
    [
      "both ways what counts one way by a chain",
      wanted("c", "a", { reach: "both-ways" }),
      [anEntry(1, "a b"), anEntry(2, "b c")],
      /loop/,
    ],
    [
      "a loop through what counts for one learner",
      wanted("b", "a", { accountId: "ann" }),
      [anEntry(1, "a c"), anEntry(2, "c b", { accountId: "ann" })],
      /loop/,
    ],
  ];
  for (const [what, decision, entries, words] of refused) {
    it(`refuses ${what}`, () => {
      expect(faultOfDecision(decision, entries)?.sentence).to.match(words);
    });
  }

  const taken: [what: string, wanted: LedgerEntry, entries: LedgerEntry[]][] = [
    ["a chain", wanted("b", "c"), [anEntry(1, "a b")]],
    ["both ways", wanted("a", "b", { reach: "both-ways" }), []],
    [
      "a ring of which each counts both ways",
      wanted("c", "a", { reach: "both-ways" }),
      [anEntry(1, "a b", { reach: "both-ways" }), anEntry(2, "b c", { reach: "both-ways" })],
    ],
    [
      "what was withdrawn",
      wanted("b", "a"),
      [anEntry(1, "a b"), anEntry(2, "a b", { decision: "does-not-count" })],
    ],
    [
      "a refusal that would be a loop if it counted",
      wanted("c", "a", { decision: "does-not-count" }),
      [anEntry(1, "a b"), anEntry(2, "b c")],
    ],
    [
      "for everybody what would be a loop for one learner alone",
      wanted("b", "a"),
      [anEntry(1, "a b", { accountId: "ann" })],
    ],
  ];
  for (const [what, decision, entries] of taken) {
    it(`takes ${what}`, () => {
      expect(faultOfDecision(decision, entries)).to.equal(undefined);
    });
  }

  it("never holds a one-way count that leads back to where it began", () => {
    const exam = fc.constantFrom("a", "b", "c", "d", "e");
    const decision = fc.record({
      from: exam,
      to: exam,
      reach: fc.constantFrom("one-way" as const, "both-ways" as const),
      decision: fc.constantFrom("counts" as const, "counts" as const, "does-not-count" as const),
    });
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 14 }), (decisions) => {
        const ledger: LedgerEntry[] = [];
        for (const { from, to, ...given } of decisions) {
          const entry = anEntry(ledger.length + 1, `${from} ${to}`, given);
          if (faultOfDecision(entry, ledger) === undefined) ledger.push(entry);
        }
        const standing = standingOf(ledger);
        for (const { from, to, reach } of standing) {
          if (reach === "both-ways") continue;
          let seen = [to.examId];
          for (let step = 0; step < 5; step += 1) seen = examIdsReached(seen, standing);
          expect(seen).not.to.include(from.examId);
        }
      }),
      { numRuns: 300 },
    );
  });
});
