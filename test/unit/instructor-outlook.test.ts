import { expect } from "chai";
import fc from "fast-check";
import type { BriefSubmission } from "../../src/activities/submission.js";
import type { Eligibility } from "../../src/eligibility/eligibility.js";
import type { BriefAttempt } from "../../src/exams/attempt.js";
import { outlookOf } from "../../src/instructor/outlook.js";
import { ownResultsOf } from "../../src/instructor/own-results.js";
import { ownWorkOf } from "../../src/instructor/own-work.js";
import { tracksCounting } from "../../src/instructor/read-rows.js";
import { shownVerdict } from "../../src/instructor/shown-verdict.js";
import { evaluateRequirement } from "../../src/progress/evaluate-requirement.js";
import { type CountedExam, nothingKnown } from "../../src/progress/evaluation.js";
import type { ExamFact } from "../../src/progress/exam-fact.js";
import { prepareRequirement } from "../../src/progress/prepared-step.js";
import { foldStandings } from "../../src/progress/standing.js";
import type { Verdict } from "../../src/progress/verdict.js";
import type { Requirement } from "../../src/tracks/requirement.js";
import {
  aFact,
  allOf,
  anExam,
  atLeast,
  day,
  examStep,
  heldStep,
  inOrder,
  licenceStep,
} from "../support/core-fixtures.js";

const NOW = day(20);
const OWN = "own-course";

/** This course has an exam of two attempts and a plan to hand in; the others one exam each. */
const exam = anExam({ id: "own", courseId: OWN, title: "Own exam", attemptsAllowed: 2 });
const plan = anExam({ id: "plan", courseId: OWN, title: "Plan", kind: "activity" });
const planStep: Requirement = { id: "s-plan", kind: "activity-completed", examId: "plan" };
const names = {
  exams: new Map(
    (
      [
        ["own", OWN, "Own course"],
        ["plan", OWN, "Plan"],
        ["a", "course-a", "Alpha"],
        ["b", "course-b", "Beta"],
      ] as const
    ).map(([id, courseId, title]) => [
      id,
      { courseId, title, passMarkPercent: 70, courseCode: id, contactHours: 4 },
    ]),
  ),
  trackNames: new Map([["badge", "Badge"]]),
  professionNames: new Map([["nurse", "Nurse"]]),
};

type Given = {
  requirement: Requirement;
  /** Percent by exam. */
  results?: Record<string, number>;
  attempts?: number;
  isOpen?: boolean;
  work?: BriefSubmission["state"];
  licence?: Date;
  occurredAt?: Date;
  /** The exam that counts as another by a decision. */
  counts?: { passed: string; as: string };
};

const countedExam = (examId: string): CountedExam => ({
  ...{ equivalencyId: "entry", examId, title: examId, since: day(1), decidedAt: day(1) },
  ...{ decidedBy: "Committee", reason: "Same content.", isForOneLearner: false },
});

function look(given: Given) {
  const { requirement, results = {}, attempts = 0, isOpen, work, licence, counts } = given;
  const occurredAt = given.occurredAt ?? day(10);
  const facts = Object.entries(results).map(([examId, percent]) =>
    aFact({ examId, percent, occurredAt, offeringId: "here" }),
  );
  const eligibility: Eligibility = {
    ...{ professionId: "nurse", status: "practitioner", pending: "none", dateWaiver: undefined },
    licences: licence === undefined ? [] : [{ id: "l", validFrom: licence, validTo: undefined }],
  };
  const verdict = evaluateRequirement(prepareRequirement(requirement, names), {
    ...nothingKnown,
    standings: foldStandings(facts, NOW),
    eligibility: new Map([["nurse", eligibility]]),
    countedAs: new Map(counts === undefined ? [] : [[counts.as, [countedExam(counts.passed)]]]),
  });
  const begun = Array.from({ length: attempts }, (_, index): BriefAttempt => {
    const isLast = index === attempts - 1;
    const submittedAt = isOpen === true && isLast ? undefined : occurredAt;
    return { accountId: "ann", examId: "own", startedAt: occurredAt, submittedAt };
  });
  const handedIn: BriefSubmission[] =
    work === undefined
      ? []
      : [
          {
            ...{ accountId: "ann", examId: "plan", offeringId: "here" },
            ...{ submittedAt: occurredAt, state: work },
          },
        ];
  const view = {
    courseId: OWN,
    results: ownResultsOf(facts, "here", NOW),
    work: ownWorkOf([exam, plan], { attempts: begun, submissions: handedIn }),
  };
  const isAnything = facts.length + begun.length + handedIn.length > 0;
  const lastAt = isAnything ? occurredAt : undefined;
  return { verdict, view, outlook: outlookOf(verdict, { view, lastAt, now: NOW }) };
}

const three = allOf("root", examStep("own"), examStep("a"), examStep("b"));
const withPlan = allOf("root", examStep("a"), planStep);
const either = atLeast("root", 1, examStep("own"), examStep("a"));
const licensed = inOrder("root", examStep("a"), licenceStep("nurse"), examStep("own"));

describe("a learner's outlook", () => {
  const table: [string, Given, string | undefined][] = [
    ["is none for who has done nothing", { requirement: three }, undefined],
    ["is none for who is on the way", { requirement: three, results: { a: 80 } }, undefined],
    [
      "is none for who has it all",
      { requirement: three, results: { own: 80, a: 80, b: 80 } },
      undefined,
    ],
    [
      "is close with one step left",
      { requirement: three, results: { a: 80, b: 80, own: 60 }, attempts: 1 },
      "close: One step is left: Own course.",
    ],
    [
      "is close with one of a choice left, and names one",
      {
        requirement: atLeast("root", 2, examStep("own"), examStep("a"), examStep("b")),
        results: { a: 80 },
      },
      "close: One step is left, for example Own course.",
    ],
    [
      "is stuck when every attempt is used",
      { requirement: three, results: { a: 80, own: 60 }, attempts: 2 },
      "stuck: Own course: all 2 attempts are used, and it is not passed.",
    ],
    [
      "is not stuck while the last attempt is being sat",
      { requirement: three, results: { a: 80, own: 60 }, attempts: 2, isOpen: true },
      undefined,
    ],
    [
      "is not stuck where another step would do",
      { requirement: either, results: { own: 60 }, attempts: 2 },
      "close: One step is left, for example Own course.",
    ],
    [
      "is stuck where work was returned",
      { requirement: withPlan, results: { a: 80 }, work: "returned" },
      "stuck: Plan: returned with a comment, and not handed in again.",
    ],
    [
      "is stuck where work waits for an assessor",
      { requirement: withPlan, work: "waiting" },
      "stuck: Plan: handed in, and waits to be assessed.",
    ],
    [
      "is stuck when all is done but the licence",
      { requirement: licensed, results: { a: 80, own: 80 } },
      "stuck: Everything is done but a verified licence as Nurse.",
    ],
    [
      "is stuck when what comes next opens with a licence",
      { requirement: licensed, results: { a: 80 } },
      "stuck: What comes next opens with a verified licence as Nurse.",
    ],
    [
      "is not stuck for want of a licence while other steps are open",
      { requirement: licensed, results: { a: 60 } },
      undefined,
    ],
    [
      "is stuck when the exam was passed before the licence was valid",
      { requirement: licensed, results: { a: 80, own: 80 }, licence: day(15) },
      "stuck: Own course: passed while no licence was valid, so it does not count.",
    ],
    [
      "is close, and names another step, where a pass was counted for one of the others",
      {
        requirement: atLeast("root", 2, examStep("b"), examStep("own"), examStep("a")),
        ...{ results: { own: 80 }, counts: { passed: "own", as: "b" } },
      },
      "close: One step is left, for example Alpha.",
    ],
    [
      "blames no licence where a pass was counted for another step and is asked for again",
      {
        requirement: atLeast("root", 2, examStep("b"), examStep("own")),
        ...{ results: { own: 80 }, counts: { passed: "own", as: "b" } },
      },
      "close: One step is left.",
    ],
    [
      "is stuck when nothing happened for long",
      { requirement: three, results: { a: 80 }, occurredAt: day(20 - 57) },
      "stuck: Nothing new for more than 8 weeks.",
    ],
    [
      "is stuck, and says that one step is left, when nothing happened for long",
      { requirement: three, results: { a: 80, b: 80 }, occurredAt: day(20 - 57) },
      "stuck: Nothing new for more than 8 weeks. One step is left: Own course.",
    ],
    [
      "is none after exactly eight weeks",
      { requirement: three, results: { a: 80 }, occurredAt: day(20 - 56) },
      undefined,
    ],
  ];
  for (const [name, given, expected] of table)
    it(name, () => {
      const { outlook } = look(given);
      expect(outlook && `${outlook.kind}: ${outlook.sentence}`).to.equal(expected);
    });
});

describe("what an instructor sees of a verdict", () => {
  const leaves = (verdict: Verdict): Verdict[] =>
    verdict.steps.length === 0 ? [verdict] : verdict.steps.flatMap(leaves);
  const sentencesOf = (given: Given) => {
    const { verdict, view } = look(given);
    return leaves(shownVerdict(verdict, view)).map(({ sentence }) => sentence);
  };

  it("is the result in this course, and of all else whether it is met", () => {
    const requirement = allOf(
      "root",
      examStep("own"),
      examStep("a"),
      examStep("b"),
      heldStep("badge"),
      licenceStep("nurse"),
      planStep,
    );
    const results = { own: 66, a: 93, b: 41 };
    expect(sentencesOf({ requirement, results, licence: day(1), work: "returned" })).to.deep.equal([
      "Own course: 66%; 70% is needed to pass.",
      "Alpha: met.",
      "Beta: not met.",
      "Badge: not met.",
      "Eligibility as Nurse: met.",
      "Plan: returned with a comment.",
    ]);
  });

  it("says of a pass here that it does not count yet", () => {
    expect(sentencesOf({ requirement: licensed, results: { own: 80 } })).to.deep.equal([
      "Alpha: not met.",
      "Eligibility as Nurse: not met.",
      "Own course: 80%, passed; it does not count yet.",
    ]);
  });

  it("holds no score, date or evidence of any other course, whatever the results are", () => {
    const percent = fc.constantFrom(41.5, 58.5, 93.5, 97.5);
    fc.assert(
      fc.property(fc.tuple(percent, percent, percent), ([own, a, b]) => {
        const { verdict, view } = look({ requirement: three, results: { own, a, b } });
        const text = JSON.stringify(shownVerdict(verdict, view));
        for (const other of [a, b]) if (other !== own) expect(text).not.to.contain(String(other));
        expect(text).not.to.contain("2026");
        expect(text).not.to.contain('"bestPercent"');
        const evidence = leaves(verdict).flatMap((leaf) => leaf.evidence);
        for (const id of evidence) expect(text).not.to.contain(id);
      }),
    );
  });

  it("keeps a result from another group of the same course to that group's teacher", () => {
    const facts: ExamFact[] = [aFact({ examId: "own", percent: 88, offeringId: "elsewhere" })];
    const verdict = evaluateRequirement(prepareRequirement(three, names), {
      ...nothingKnown,
      standings: foldStandings(facts, NOW),
    });
    const results = ownResultsOf(facts, "here", NOW);
    const [own] = shownVerdict(verdict, { courseId: OWN, results, work: new Map() }).steps;
    expect(own).to.include({ state: "met", sentence: "Own course: met elsewhere." });
  });
});

describe("the tracks that count a course", () => {
  it("are those that mention its exams, and those that stand on them, in any order", () => {
    const tracks = [
      { trackId: "programme", requirement: heldStep("certificate") },
      { trackId: "certificate", requirement: heldStep("badge") },
      { trackId: "badge", requirement: examStep("own") },
      { trackId: "other", requirement: examStep("a") },
    ];
    const found = tracksCounting(tracks, new Set(["own"]));
    expect([...found].sort()).to.deep.equal(["badge", "certificate", "programme"]);
  });
});
