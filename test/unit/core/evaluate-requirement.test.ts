import { expect } from "chai";
import fc from "fast-check";
import { evaluateRequirement } from "../../../src/progress/evaluate-requirement.js";
import { type NamedExam, nothingKnown } from "../../../src/progress/evaluation.js";
import type { ExamFact } from "../../../src/progress/exam-fact.js";
import { prepareRequirement } from "../../../src/progress/prepared-step.js";
import { foldStandings } from "../../../src/progress/standing.js";
import { examStepsOf, shareOf, type Verdict } from "../../../src/progress/verdict.js";
import {
  isGroup,
  type Requirement,
  type RequirementGroup,
} from "../../../src/tracks/requirement.js";
import { aFact, allOf, atLeast, atLeastHours, day, examStep } from "../../support/core-fixtures.js";

const titles = {
  low: "Low Vision Basics",
  mobility: "Orientation & Mobility",
  braille: "Braille",
  cvi: "Cerebral Visual Impairment",
};

const exams = new Map<string, NamedExam>(
  Object.entries(titles).map(([id, title]) => [
    id,
    {
      ...{ courseId: `course-${id}`, title, passMarkPercent: 70 },
      ...{ courseCode: id, contactHours: 4 },
    },
  ]),
);

const names = { exams, trackNames: new Map(), professionNames: new Map() };

const evaluate = (tree: Requirement, facts: ExamFact[], now = day(30)): Verdict =>
  evaluateRequirement(prepareRequirement(tree, names), {
    ...nothingKnown,
    standings: foldStandings(facts, now),
  });

const passed = (examId: string, percent = 85) => aFact({ examId, percent, occurredAt: day(2) });

describe("what a step of a track says", () => {
  const three = [examStep("low"), examStep("mobility"), examStep("braille")];
  const tables: {
    title: string;
    tree: Requirement;
    facts: ExamFact[];
    state: Verdict["state"];
    sentence: string;
  }[] = [
    {
      title: "names the result and the day of a pass",
      tree: examStep("low"),
      facts: [passed("low")],
      state: "met",
      sentence: "Low Vision Basics: passed with 85% on 3 March 2026.",
    },
    {
      title: "says what is needed after a result that does not pass",
      tree: examStep("low"),
      facts: [passed("low", 69.96)],
      state: "in-progress",
      sentence: "Low Vision Basics: the result is 69.9%; 70% is needed to pass.",
    },
    {
      title: "says that an exam was not taken",
      tree: examStep("low"),
      facts: [],
      state: "missing",
      sentence: "Low Vision Basics: not taken yet; 70% is needed to pass.",
    },
    {
      title: "says that a grade was taken back",
      tree: examStep("low"),
      facts: [
        { ...passed("low"), source: "lms-gradebook" },
        aFact({ examId: "low", outcome: { kind: "cleared" }, occurredAt: day(3) }),
      ],
      state: "missing",
      sentence: "Low Vision Basics: the grade was taken back; 70% is needed to pass.",
    },
    {
      title: "holds a result against the pass mark of the step, where it sets one",
      tree: examStep("low", { passMarkPercent: 90 }),
      facts: [passed("low", 85)],
      state: "in-progress",
      sentence: "Low Vision Basics: the result is 85%; 90% is needed to pass.",
    },
    {
      title: "holds a result against the pass mark in force when it was given",
      tree: examStep("low"),
      facts: [{ ...passed("low", 75), passMarkPercent: 80 }],
      state: "in-progress",
      sentence: "Low Vision Basics: the result is 75%; 80% is needed to pass.",
    },
    {
      title: "cannot be met when its exam is gone",
      tree: examStep("gone"),
      facts: [passed("gone")],
      state: "missing",
      sentence: "This exam is no longer offered.",
    },
    {
      title: "names the choices that would complete an at-least group",
      tree: atLeast("g", 3, ...three, examStep("cvi")),
      facts: [passed("braille"), passed("cvi")],
      state: "in-progress",
      sentence:
        "2 of 3 steps done; Low Vision Basics or Orientation & Mobility would complete this.",
    },
    {
      title: "names how many of the choices are still needed",
      tree: atLeast("g", 2, ...three),
      facts: [],
      state: "missing",
      sentence:
        "0 of 2 steps done; any 2 of Low Vision Basics, Orientation & Mobility and Braille would complete this.",
    },
    {
      title: "names everything an all-of group lacks",
      tree: allOf("g", ...three),
      facts: [passed("low")],
      state: "in-progress",
      sentence: "1 of 3 steps done; Orientation & Mobility and Braille would complete this.",
    },
    {
      title: "says that a group is complete",
      tree: allOf("g", examStep("low"), examStep("mobility")),
      facts: [passed("low"), passed("mobility")],
      state: "met",
      sentence: "All 2 steps done.",
    },
    {
      title: "says so when more than enough was done",
      tree: atLeast("g", 1, ...three),
      facts: [passed("low"), passed("braille")],
      state: "met",
      sentence: "2 steps done, 1 needed: complete.",
    },
    {
      title: "names what a group within a group lacks",
      tree: allOf("g", examStep("cvi"), atLeast("h", 1, ...three)),
      facts: [passed("cvi")],
      state: "in-progress",
      sentence:
        "1 of 2 steps done; one of Low Vision Basics, Orientation & Mobility or Braille would complete this.",
    },
    {
      title: "describes groups in a group within a group by their size",
      tree: allOf("g", examStep("cvi"), atLeast("h", 1, allOf("i", ...three), examStep("low"))),
      facts: [],
      state: "missing",
      sentence:
        "0 of 2 steps done; Cerebral Visual Impairment and 1 of a group of 2 steps would complete this.",
    },
    {
      title: "counts a project begun but not passed as in progress, not as done",
      tree: allOf("g", examStep("low"), examStep("mobility")),
      facts: [passed("low", 20)],
      state: "in-progress",
      sentence:
        "0 of 2 steps done; Low Vision Basics and Orientation & Mobility would complete this.",
    },
    {
      title: "is never met without any step",
      tree: allOf("g"),
      facts: [passed("low")],
      state: "missing",
      sentence: "0 of 1 step done; this cannot be completed as it stands.",
    },
  ];
  for (const { title, tree, facts, state, sentence } of tables) {
    it(title, () => {
      const verdict = evaluate(tree, facts);
      expect({ state: verdict.state, sentence: verdict.sentence }).to.deep.equal({
        state,
        sentence,
      });
    });
  }

  it("takes as evidence the first result that passed, and the day it happened", () => {
    const first = aFact({ examId: "low", percent: 71, occurredAt: day(4) });
    const better = aFact({ examId: "low", percent: 99, occurredAt: day(8) });
    const verdict = evaluate(examStep("low"), [better, first]);
    expect(verdict.evidence).to.deep.equal([first.id]);
    expect(verdict.exam).to.include({ bestPercent: 99, passedAt: first.occurredAt });
  });

  it("lets a score of 57 of 100 pass at 57 per cent, whatever binary fractions say", () => {
    const outcome = { kind: "graded" as const, score: 0.57, maximum: 1 };
    const fact = aFact({ examId: "low", outcome, passMarkPercent: 57 });
    expect(evaluate(examStep("low"), [fact]).state).to.equal("met");
  });

  it("needs two courses of 5.1 and 4.2 hours for 9.3, whatever binary fractions say", () => {
    const hours: Record<string, number> = { low: 5.1, mobility: 4.2 };
    const offered = [...exams].map(([id, exam]): [string, NamedExam] => [
      id,
      { ...exam, contactHours: hours[id] ?? 1 },
    ]);
    const tree = atLeastHours("root", 9.3, examStep("low"), examStep("mobility"));
    const prepared = prepareRequirement(tree, { ...names, exams: new Map(offered) });
    expect(evaluateRequirement(prepared, nothingKnown).needed).to.equal(2);
  });

  it("leaves the evidence of steps out that count for nothing", () => {
    const tree = atLeast("g", 1, allOf("h", examStep("low"), examStep("cvi")), examStep("braille"));
    const braille = passed("braille");
    expect(evaluate(tree, [passed("low"), braille]).evidence).to.deep.equal([braille.id]);
  });
});

describe("the share of a track that is done", () => {
  const tree = allOf(
    "g",
    examStep("low"),
    atLeast("h", 1, examStep("cvi"), allOf("i", examStep("mobility"), examStep("braille"))),
  );
  it("counts the exams on the shortest way to the end", () => {
    expect(shareOf(evaluate(tree, []))).to.deep.equal({ done: 0, needed: 2 });
    expect(shareOf(evaluate(tree, [passed("low")]))).to.deep.equal({ done: 1, needed: 2 });
    expect(shareOf(evaluate(tree, [passed("low"), passed("cvi")]))).to.deep.equal({
      done: 2,
      needed: 2,
    });
  });
});

const examIds = Object.keys(titles);

/** Trees as they may be stored: every group has steps and asks for no more than it has. */
const trees: fc.Arbitrary<Requirement> = fc
  .letrec<{ tree: Requirement; group: Requirement }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc
        .record({
          examId: fc.constantFrom(...examIds),
          mark: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
        })
        .map(({ examId, mark }) =>
          examStep(examId, mark === undefined ? {} : { passMarkPercent: mark }),
        ),
      tie("group"),
    ),
    group: fc
      .tuple(
        fc.array(tie("tree"), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(3), { nil: undefined }),
      )
      .map(([of, count]) =>
        count === undefined ? allOf("g", ...of) : atLeast("g", 1 + (count % of.length), ...of),
      ),
  }))
  .tree.map((tree) => {
    let next = 0;
    const number = (node: Requirement): Requirement => {
      const id = `n${(next += 1)}`;
      return isGroup(node) ? { ...node, id, of: node.of.map(number) } : { ...node, id };
    };
    return number(tree);
  });

const facts: fc.Arbitrary<ExamFact[]> = fc.array(
  fc
    .record({
      examId: fc.constantFrom(...examIds),
      percent: fc.integer({ min: 0, max: 120 }),
      passMarkPercent: fc.integer({ min: 0, max: 100 }),
      occurredAt: fc.integer({ min: 0, max: 20 }).map((days) => day(days)),
      offeringId: fc.constantFrom("one", "two"),
      kind: fc.constantFrom("hosted", "lms", "cleared"),
    })
    .map(({ kind, ...given }) =>
      aFact({
        ...given,
        source: kind === "hosted" ? "hosted" : "lms-gradebook",
        ...(kind === "cleared" ? { outcome: { kind: "cleared" as const } } : {}),
      }),
    ),
  { maxLength: 14 },
);

/** The rule of the tree, said once more without sentences and evidence. */
function isMet(
  node: Requirement,
  passes: (examId: string, mark: number | undefined) => boolean,
): boolean {
  const count = (group: RequirementGroup): number =>
    group.of.filter((step) => isMet(step, passes)).length;
  switch (node.kind) {
    case "exam-passed":
      return passes(node.examId, node.passMarkPercent);
    case "all-of":
      return count(node) === node.of.length;
    case "at-least":
      return count(node) >= node.count;
    default:
      throw new Error(node.kind);
  }
}

const everyNode = (verdict: Verdict): Verdict[] => [verdict, ...verdict.steps.flatMap(everyNode)];

describe("verdicts of any tree on any facts", () => {
  it("agree with the rule said in another way", () => {
    fc.assert(
      fc.property(trees, facts, (tree, given) => {
        const standings = foldStandings(given, day(30));
        const passes = (examId: string, mark: number | undefined): boolean =>
          (standings.get(examId)?.counting ?? []).some(
            ({ outcome, passMarkPercent }) => outcome.score >= (mark ?? passMarkPercent),
          );
        expect(evaluate(tree, given).state === "met").to.equal(isMet(tree, passes));
      }),
    );
  });

  it("say in the sentence what they are", () => {
    fc.assert(
      fc.property(trees, facts, (tree, given) => {
        for (const { state, sentence, evidence } of everyNode(evaluate(tree, given))) {
          const soundsMet = /passed with|^Done\.|steps? done\.$|: complete\.$/.test(sentence);
          expect(soundsMet, sentence).to.equal(state === "met");
          if (state === "met") expect(evidence).to.not.be.empty;
        }
      }),
    );
  });

  it("do not depend on the order in which facts arrive", () => {
    const shuffled = facts.chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.shuffledSubarray(given, { minLength: given.length, maxLength: given.length }),
      ),
    );
    fc.assert(
      fc.property(trees, shuffled, (tree, [given, mixed]) => {
        expect(evaluate(tree, mixed)).to.deep.equal(evaluate(tree, given));
      }),
    );
  });

  it("are never lost by one more hosted pass", () => {
    const more = fc.constantFrom(...examIds).map((examId) => passed(examId, 100));
    fc.assert(
      fc.property(trees, facts, more, (tree, given, added) => {
        fc.pre(evaluate(tree, given).state === "met");
        expect(evaluate(tree, [...given, added]).state).to.equal("met");
      }),
    );
  });

  it("turn unmet when every fact they stand on is taken away", () => {
    fc.assert(
      fc.property(trees, facts, (tree, given) => {
        const hosted = given.filter(({ source }) => source === "hosted");
        const verdict = evaluate(tree, hosted);
        fc.pre(verdict.state === "met");
        const stand = new Set(examStepsOf(verdict).flatMap(({ evidence }) => evidence));
        const examsOfEvidence = new Set(
          hosted.filter(({ id }) => stand.has(id)).map(({ examId }) => examId),
        );
        const rest = hosted.filter(({ examId }) => !examsOfEvidence.has(examId));
        expect(evaluate(tree, rest).state).to.not.equal("met");
      }),
    );
  });

  it("show a share that is whole exactly when they are met", () => {
    fc.assert(
      fc.property(trees, facts, (tree, given) => {
        const verdict = evaluate(tree, given);
        const { done, needed } = shareOf(verdict);
        expect(done === needed).to.equal(verdict.state === "met");
        expect(done).to.be.within(0, needed);
      }),
    );
  });
});
