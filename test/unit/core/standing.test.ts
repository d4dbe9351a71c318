import { expect } from "chai";
import { type ExamFact, percentOfFact } from "../../../src/progress/exam-fact.js";
import { foldStandings } from "../../../src/progress/standing.js";
import { aFact, day } from "../../support/core-fixtures.js";

let moment = 0;
const later = () => day(1, (moment += 1));

const hosted = (percent: number, given: Partial<ExamFact> = {}): ExamFact =>
  aFact({ percent, occurredAt: later(), ...given });

const lms = (percent: number, given: Partial<ExamFact> = {}): ExamFact =>
  hosted(percent, { source: "lms-gradebook", ...given });

const cleared = (given: Partial<ExamFact> = {}): ExamFact =>
  hosted(0, { source: "lms-gradebook", outcome: { kind: "cleared" }, ...given });

const pushed = (
  id: string,
  revision: number,
  given: Partial<ExamFact> & { percent?: number } = {},
): ExamFact => {
  const { percent = 80, ...others } = given;
  const elsewhere = { source: "pushed", offeringId: undefined } as const;
  return hosted(percent, { ...elsewhere, sitting: { id, revision }, ...others });
};

const counting = (facts: ExamFact[], now = day(30)): number[] =>
  (foldStandings(facts, now).get("exam")?.counting ?? []).map(percentOfFact);

describe("where a learner stands in an exam", () => {
  const elsewhere = { offeringId: "elsewhere" };
  const tables: { title: string; facts: () => ExamFact[]; counts: number[] }[] = [
    {
      title: "lets every hosted attempt count",
      facts: () => [hosted(90), hosted(40)],
      counts: [90, 40],
    },
    {
      title: "lets the latest grade of the LMS replace the one before, downward too",
      facts: () => [lms(80), lms(50)],
      counts: [50],
    },
    {
      title: "follows a grade down and up again",
      facts: () => [lms(80), lms(50), lms(80)],
      counts: [80],
    },
    {
      title: "lets a grade given in the LMS override hosted attempts",
      facts: () => [hosted(90), lms(30)],
      counts: [30],
    },
    {
      title: "lets a hosted attempt count beside an earlier grade of the LMS",
      facts: () => [lms(30), hosted(90)],
      counts: [30, 90],
    },
    { title: "forgets what was taken back", facts: () => [lms(80), cleared()], counts: [] },
    {
      title: "counts what is graded after a grade was taken back",
      facts: () => [lms(80), cleared(), lms(75)],
      counts: [75],
    },
    {
      title: "keeps what happened in another LMS course",
      facts: () => [hosted(90, elsewhere), lms(20), cleared()],
      counts: [90],
    },
    {
      title: "keeps what happened in another account of the same person",
      facts: () => [lms(90, { accountId: "other" }), lms(20)],
      counts: [90, 20],
    },
    {
      title: "leaves facts of the future out",
      facts: () => [hosted(60), hosted(90, { occurredAt: day(40), observedAt: day(1) })],
      counts: [60],
    },
  ];
  tables.push(
    {
      title: "lets sittings from elsewhere stand side by side",
      facts: () => [pushed("one", 1, { percent: 80 }), pushed("two", 1, { percent: 50 })],
      counts: [80, 50],
    },
    {
      title: "lets the highest revision of a sitting replace the others, whenever it was sat",
      facts: () => [
        pushed("one", 2, { percent: 40 }),
        pushed("one", 1, { percent: 80 }),
        pushed("two", 1, { percent: 60 }),
      ],
      counts: [40, 60],
    },
    {
      title: "forgets a sitting whose highest revision takes the result back",
      facts: () => [
        pushed("one", 1, { percent: 80 }),
        pushed("one", 2, { outcome: { kind: "cleared" } }),
        lms(70),
      ],
      counts: [70],
    },
    {
      title: "keeps a sitting as it is until a revision dated later comes due",
      facts: () => [
        pushed("one", 1, { percent: 80 }),
        pushed("one", 2, { percent: 40, occurredAt: day(40) }),
      ],
      counts: [80],
    },
  );
  for (const { title, facts, counts } of tables) {
    it(title, () => {
      const given = facts();
      expect(counting(given)).to.deep.equal(counts);
      expect(counting(given.reverse())).to.deep.equal(counts);
    });
  }

  it("knows a grade that was taken back from one that never was", () => {
    expect(foldStandings([lms(80), cleared()], day(30)).get("exam")?.isCleared).to.equal(true);
    expect(foldStandings([], day(30)).get("exam")).to.equal(undefined);
  });
});
