import { expect } from "chai";
import fc from "fast-check";
import {
  type Eligibility,
  foldEligibility,
  type ProfessionalStanding,
} from "../../../src/eligibility/eligibility.js";
import type { Licence } from "../../../src/eligibility/licence.js";
import type { LedgerEntry } from "../../../src/equivalencies/equivalency.js";
import { countedAsOf } from "../../../src/progress/counted-as.js";
import { evaluateRequirement } from "../../../src/progress/evaluate-requirement.js";
import { type HeldAward, type NamedExam, nothingKnown } from "../../../src/progress/evaluation.js";
import type { ExamFact } from "../../../src/progress/exam-fact.js";
import { prepareRequirement } from "../../../src/progress/prepared-step.js";
import { foldStandings } from "../../../src/progress/standing.js";
import { isDone, shareOf, type Verdict } from "../../../src/progress/verdict.js";
import { isGroup, type Requirement } from "../../../src/tracks/requirement.js";
import { faultsOfRequirement, type Offered } from "../../../src/tracks/requirement-faults.js";
import {
  aFact,
  allOf,
  atLeast,
  atLeastHours,
  day,
  examStep,
  heldStep,
  inOrder,
} from "../../support/core-fixtures.js";

/*
 * Every kind of step, on every kind of fact: exams in several editions that count for one another,
 * activities, contact hours, badges held, professions with licences, and steps in an order.
 */

const EXAMS = ["e1", "e2", "e3", "e4"];
const ACTIVITIES = ["a1", "a2"];
const TRACKS = ["t1", "t2"];
const PROFESSIONS = ["ot", "pt"];
/** The activity a1 belongs to the course of e1; the others are courses of their own. */
const courseOf = (examId: string): string => (examId === "a1" ? "c-e1" : `c-${examId}`);
const hoursOfCourse: Record<string, number> = {
  ...{ "c-e1": 4, "c-e2": 3.5, "c-e3": 8, "c-e4": 0.5, "c-a2": 2 },
};

const exams = new Map<string, NamedExam>(
  [...EXAMS, ...ACTIVITIES].map((id) => [
    id,
    {
      ...{ courseId: courseOf(id), title: `Title ${id}`, passMarkPercent: 70 },
      ...{ courseCode: courseOf(id), contactHours: hoursOfCourse[courseOf(id)] ?? 0 },
    },
  ]),
);
const names = {
  exams,
  trackNames: new Map(TRACKS.map((id) => [id, `Track ${id}`])),
  professionNames: new Map(PROFESSIONS.map((id) => [id, `profession ${id}`])),
};
const offered: Offered = {
  exams: new Map(
    [...exams].map(([id, { courseId, contactHours }]) => [
      id,
      { kind: ACTIVITIES.includes(id) ? "activity" : "exam", courseId, contactHours },
    ]),
  ),
  tracks: new Map(
    TRACKS.map((id, index) => [id, { name: id, requirement: examStep(index === 0 ? "e1" : "e2") }]),
  ),
  professionIds: new Set(PROFESSIONS),
  ownTrackId: "own",
};

/** What is known of one learner. */
type World = {
  facts: ExamFact[];
  held: HeldAward[];
  standings: ProfessionalStanding[];
  licences: Licence[];
  entries: LedgerEntry[];
};

const leaves: fc.Arbitrary<Requirement> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...EXAMS).map((id) => examStep(id)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...EXAMS), fc.constantFrom(50, 90))
      .map(([id, passMarkPercent]) => examStep(id, { passMarkPercent })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...ACTIVITIES)
      .map((examId): Requirement => ({ id: "", kind: "activity-completed", examId })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...TRACKS).map(heldStep) },
  { weight: 1, arbitrary: fc.constantFrom(...PROFESSIONS).map((id) => statusStep(id)) },
);

function statusStep(professionId: string): Requirement {
  return { id: "", kind: "eligibility", professionId, asks: "student-or-practitioner" };
}
const licenceStepFor = (professionId: string): Requirement => ({
  ...{ id: "", kind: "eligibility", professionId, asks: "licence" },
});

const groups: fc.Arbitrary<Requirement> = fc.letrec<{ tree: Requirement; group: Requirement }>(
  (tie) => ({
    tree: fc.oneof({ depthSize: "small", maxDepth: 2 }, leaves, tie("group")),
    group: fc
      .record({
        of: fc.array(tie("tree"), { minLength: 1, maxLength: 4 }),
        kind: fc.constantFrom("all-of", "at-least", "hours", "in-order", "licensed"),
        amount: fc.nat(8),
        professionId: fc.constantFrom(...PROFESSIONS),
      })
      .map(({ of, kind, amount, professionId }) => {
        if (kind === "all-of") return allOf("", ...of);
        if (kind === "at-least") return atLeast("", 1 + (amount % of.length), ...of);
        if (kind === "hours") return atLeastHours("", 0.5 + amount, ...of);
        const [last, ...earlier] = of;
        return kind === "in-order"
          ? inOrder("", ...earlier, last!)
          : inOrder("", ...earlier, licenceStepFor(professionId), last!);
      }),
  }),
).group;

/** Trees that may be published, each node with an id of its own. */
const trees: fc.Arbitrary<Requirement> = groups
  .map((tree) => {
    let next = 0;
    const number = (node: Requirement): Requirement => {
      const id = `n${(next += 1)}`;
      return isGroup(node) ? { ...node, id, of: node.of.map(number) } : { ...node, id };
    };
    return number(tree);
  })
  .filter((tree) => faultsOfRequirement(tree, offered).length === 0);

const days = fc.integer({ min: 0, max: 20 });

const someFact = fc
  .record({
    examId: fc.constantFrom(...EXAMS, ...ACTIVITIES),
    percent: fc.constantFrom(40, 60, 80, 95),
    at: days,
    offeringId: fc.constantFrom("one", "two"),
    source: fc.constantFrom<ExamFact["source"][]>("hosted", "lms-gradebook"),
    isCleared: fc.constantFrom(false, false, false, true),
  })
  .map(({ at, percent, isCleared, ...given }) =>
    aFact({
      ...{ ...given, percent, occurredAt: day(at) },
      ...(isCleared && given.source === "lms-gradebook"
        ? { outcome: { kind: "cleared" as const } }
        : {}),
    }),
  );

/** A result that passes under every mark here, in a sitting of its own. */
const somePass = fc
  .record({ examId: fc.constantFrom(...EXAMS, ...ACTIVITIES), at: days })
  .map(({ examId, at }) => aFact({ examId, percent: 100, occurredAt: day(at) }));

const someAward: fc.Arbitrary<HeldAward> = fc
  .record({ trackId: fc.constantFrom(...TRACKS), hours: fc.constantFrom(0.5, 4, 6), at: days })
  .map(({ trackId, hours, at }) => ({
    ...{ awardId: `award-${trackId}`, learnerId: "account", trackId, awardedAt: day(at) },
    // As they were when it was made: the course may have other hours by now.
    hoursByCourse: new Map([[trackId === "t1" ? "c-e1" : "c-e2", hours]]),
  }));

let licenceCount = 0;
const someLicence = fc
  .record({
    professionId: fc.constantFrom(...PROFESSIONS),
    from: fc.integer({ min: -10, max: 15 }),
    length: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    state: fc.constantFrom<Licence["state"][]>("submitted", "verified", "verified", "rejected"),
  })
  .map(({ professionId, from, length, state }): Licence => {
    licenceCount += 1;
    return {
      ...{ id: `licence-${licenceCount}`, organisationId: "org", accountId: "account" },
      ...{ professionId, sealedNumber: "", jurisdiction: "Ontario", state },
      validFrom: day(from),
      validTo: length === undefined ? undefined : day(from + length),
      ...{ evidenceUrl: undefined, submittedAt: day(0), decidedBy: undefined },
      ...{ decidedAt: undefined, reason: undefined },
    };
  });

const someStanding = fc
  .record({
    professionId: fc.constantFrom(...PROFESSIONS),
    status: fc.constantFrom("student" as const, "practitioner" as const, undefined),
    waived: fc.option(days, { nil: undefined }),
  })
  .map(({ professionId, status, waived }): ProfessionalStanding => ({
    ...{ accountId: "account", professionId, status },
    dateWaiver:
      waived === undefined
        ? undefined
        : { reason: "The register was late.", waivedAt: day(waived), waivedBy: "admin" },
  }));

let entryCount = 0;
const someEntry = fc
  .record({
    pair: fc.oneof(
      { weight: 5, arbitrary: fc.shuffledSubarray(EXAMS, { minLength: 2, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.shuffledSubarray(ACTIVITIES, { minLength: 2, maxLength: 2 }) },
    ),
    reach: fc.constantFrom("one-way" as const, "both-ways" as const),
  })
  .map(({ pair: [from = "", to = ""], reach }): LedgerEntry => {
    entryCount += 1;
    const exam = (examId: string) => ({ examId, courseId: courseOf(examId), title: examId });
    return {
      ...{ id: `entry-${entryCount}`, organisationId: "org", number: entryCount, reach },
      ...{ from: exam(from), to: exam(to), decision: "counts" },
      ...{ since: day(0), decidedAt: day(0), decidedBy: "Committee", enteredBy: "admin" },
      reason: "The same matter.",
    };
  });

const worlds: fc.Arbitrary<World> = fc.record({
  facts: fc.array(someFact, { maxLength: 14 }),
  held: fc.uniqueArray(someAward, { maxLength: 2, selector: ({ trackId }) => trackId }),
  standings: fc.uniqueArray(someStanding, { maxLength: 2, selector: (one) => one.professionId }),
  licences: fc.array(someLicence, { maxLength: 3 }),
  entries: fc.array(someEntry, { maxLength: 3 }),
});

const eligibilityOf = ({ standings, licences }: World): Map<string, Eligibility> =>
  new Map(foldEligibility(standings, licences).map((one) => [one.professionId, one]));

const evaluate = (tree: Requirement, world: World): Verdict =>
  evaluateRequirement(prepareRequirement(tree, names), {
    ...nothingKnown,
    standings: foldStandings(world.facts, day(30)),
    held: new Map(world.held.map((award) => [award.trackId, award])),
    eligibility: eligibilityOf(world),
    countedAs: countedAsOf(world.entries, day(30)),
  });

const everyNode = (verdict: Verdict): Verdict[] => [verdict, ...verdict.steps.flatMap(everyNode)];
const runs = { numRuns: 500 };

const SOUNDS_DONE = [
  /passed with|accepted on|earned on|verified, valid from|: (student|practitioner)\.$/u,
  /^Done\.|steps? done\.$|: complete\.$/u,
];
const TAKES_IT_BACK =
  /it counts once|does not count|is one of the steps here already|not accepted|not verified/u;

/** Whether the sentence says of the step what its state is. */
function checkSentence(verdict: Verdict): void {
  const { sentence } = verdict;
  expect(sentence).to.match(/\.$/u);
  if (verdict.awaitsLicence !== undefined) {
    expect(sentence).to.include("what is missing is a verified licence");
    return;
  }
  const soundsDone = SOUNDS_DONE.some((words) => words.test(sentence));
  expect(soundsDone && !TAKES_IT_BACK.test(sentence), sentence).to.equal(isDone(verdict));
}

function checkLeaf({ kind, sentence, evidence, ...verdict }: Verdict): void {
  if (!isDone(verdict)) expect(evidence, sentence).to.deep.equal([]);
  else if (kind !== "eligibility") expect(evidence, sentence).to.have.length(1);
}

/** Whether what a group says of itself follows from what its steps say. */
function checkGroup(verdict: Verdict): void {
  const { steps, sentence, evidence, needed, hours } = verdict;
  const done = steps.filter(isDone);
  const below = new Set(done.flatMap((step) => step.evidence));
  // Hours may stand on one more pass each, where several courses were passed for a step.
  if (hours !== undefined) expect(evidence).to.include.members([...below]);
  else expect(new Set(evidence)).to.deep.equal(below);
  const isEnough = hours === undefined ? done.length >= needed : hours.done >= hours.needed;
  expect(isDone(verdict), sentence).to.equal(isEnough);
}

/** What one sees of a verdict without knowing how it was reached. */
function checkNode(verdict: Verdict): void {
  checkSentence(verdict);
  if (verdict.steps.length === 0) checkLeaf(verdict);
  else if (verdict.state === "blocked") expect(verdict.evidence).to.deep.equal([]);
  else checkGroup(verdict);
}

describe("verdicts of trees with every kind of step", function () {
  this.timeout(120_000);

  it("agree with their explanation at every node", () => {
    fc.assert(
      fc.property(trees, worlds, (tree, world) => {
        const verdict = evaluate(tree, world);
        for (const node of everyNode(verdict)) checkNode(node);
        const { done, needed } = shareOf(verdict);
        expect(done === needed, "the share is whole exactly when it is done").to.equal(
          isDone(verdict),
        );
      }),
      runs,
    );
  });

  it("do not depend on the order and the repetition of what is known", () => {
    const mixed = worlds.chain((world) =>
      fc.tuple(
        fc.constant(world),
        fc.array(fc.nat(), { maxLength: 3 }).chain((again) => {
          const more = again.flatMap((at) => world.facts[at % world.facts.length] ?? []);
          const all = [...world.facts, ...more];
          return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
        }),
        fc.shuffledSubarray(world.licences, {
          ...{ minLength: world.licences.length, maxLength: world.licences.length },
        }),
      ),
    );
    fc.assert(
      fc.property(trees, mixed, (tree, [world, facts, licences]) => {
        const again = evaluate(tree, { ...world, facts, licences });
        const known = evaluate(tree, world);
        const said = ({ state, sentence }: Verdict) => [state, sentence];
        expect(everyNode(again).map(said)).to.deep.equal(everyNode(known).map(said));
      }),
      runs,
    );
  });

  it("are never lost by more: a pass, a badge, a licence, a waiver, a decision that counts", () => {
    const more = fc.oneof(
      { weight: 5, arbitrary: somePass.map((fact) => ({ facts: [fact] })) },
      { weight: 1, arbitrary: someAward.map((award) => ({ held: [award] })) },
      {
        weight: 1,
        arbitrary: someLicence.map((licence) => ({
          licences: [{ ...licence, state: "verified" as const }],
        })),
      },
      { weight: 1, arbitrary: someEntry.map((entry) => ({ entries: [entry] })) },
    );
    fc.assert(
      fc.property(trees, worlds, more, (tree, world, added: Partial<World>) => {
        fc.pre(isDone(evaluate(tree, world)));
        const isHeld = (added.held ?? []).some(({ trackId }) =>
          world.held.some((award) => award.trackId === trackId),
        );
        fc.pre(!isHeld);
        const after = evaluate(tree, {
          facts: [...world.facts, ...(added.facts ?? [])],
          held: [...world.held, ...(added.held ?? [])],
          standings: world.standings,
          licences: [...world.licences, ...(added.licences ?? [])],
          entries: [...world.entries, ...(added.entries ?? [])],
        });
        expect(isDone(after), after.sentence).to.equal(true);
      }),
      { numRuns: 1500 },
    );
  });

  it("show a step as not done as soon as everything that it stands on is taken away", () => {
    fc.assert(
      fc.property(trees, worlds, fc.nat(), (tree, world, which) => {
        const leavesDone = everyNode(evaluate(tree, world)).filter(
          (node) => node.steps.length === 0 && isDone(node),
        );
        fc.pre(leavesDone.length > 0);
        const { nodeId } = leavesDone[which % leavesDone.length]!;
        let rest = world;
        let left = evaluate(tree, rest);
        const nodeIn = (verdict: Verdict) =>
          everyNode(verdict).find((one) => one.nodeId === nodeId)!;
        for (let turns = 0; isDone(nodeIn(left)); turns += 1) {
          expect(turns).to.be.lessThan(40);
          const stands = new Set(nodeIn(left).evidence);
          const professionId = nodeIn(left).eligibility?.professionId;
          rest = {
            ...rest,
            facts: rest.facts.filter(({ id }) => !stands.has(id)),
            held: rest.held.filter(({ awardId }) => !stands.has(awardId)),
            licences: rest.licences.filter(({ id }) => !stands.has(id)),
            standings:
              stands.size > 0
                ? rest.standings
                : rest.standings.filter((one) => one.professionId !== professionId),
          };
          left = evaluate(tree, rest);
        }
        for (const node of everyNode(left)) checkNode(node);
        // A tree that needs the step is not done any more either.
        if (left.kind === "all-of" && left.steps.some((step) => step.nodeId === nodeId))
          expect(isDone(left)).to.equal(false);
      }),
      runs,
    );
  });

  it("await a licence only where that alone is missing: verified, it completes them", () => {
    let awaiting = 0;
    fc.assert(
      fc.property(trees, worlds, (tree, world) => {
        const verdict = evaluate(tree, world);
        if (verdict.awaitsLicence === undefined) return;
        awaiting += 1;
        expect(isDone(verdict)).to.equal(false);
        const always = PROFESSIONS.map((professionId, index): Licence => ({
          ...{ id: `always-${index}`, organisationId: "org", accountId: "account", professionId },
          ...{ sealedNumber: "", jurisdiction: "Ontario", validFrom: day(-1000) },
          ...{ validTo: undefined, evidenceUrl: undefined, state: "verified" },
          ...{ submittedAt: day(0), decidedBy: undefined, decidedAt: undefined },
          reason: undefined,
        }));
        const after = evaluate(tree, { ...world, licences: [...world.licences, ...always] });
        expect(isDone(after), after.sentence).to.equal(true);
      }),
      { numRuns: 1500 },
    );
    expect(awaiting).to.be.greaterThan(0);
  });
});

describe("what was found by such trees", () => {
  const nobody: World = { facts: [], held: [], standings: [], licences: [], entries: [] };
  const passOf = (examId: string, at: number) =>
    aFact({ id: `${examId}-${at}`, examId, percent: 90, occurredAt: day(at) });
  const counts = (from: string, to: string): LedgerEntry => {
    const exam = (examId: string) => ({ examId, courseId: courseOf(examId), title: examId });
    return {
      ...{ id: `${from}-${to}`, organisationId: "org", number: 1, reach: "one-way" },
      ...{ from: exam(from), to: exam(to), decision: "counts", since: day(0), decidedAt: day(0) },
      ...{ decidedBy: "Committee", enteredBy: "admin", reason: "The same matter." },
    };
  };

  it("keeps the hours of another edition when the step's own, which has fewer, is passed as well", () => {
    const tree = atLeastHours("g", 6, examStep("e1"));
    const entries = [counts("e3", "e1")];
    const before = evaluate(tree, { ...nobody, entries, facts: [passOf("e3", 2)] });
    expect([before.state, before.hours?.done]).to.deep.equal(["met", 8]);
    const facts = [passOf("e3", 2), passOf("e1", 3)];
    const after = evaluate(tree, { ...nobody, entries, facts });
    expect([after.state, after.hours?.done]).to.deep.equal(["met", 8]);
    expect(after.evidence).to.have.members(["e1-3", "e3-2"]);
  });

  it("counts the hours of a course once, and then those of another one that was passed for the step", () => {
    const activity: Requirement = { id: "a", kind: "activity-completed", examId: "a1" };
    const tree = atLeastHours("g", 4.5, examStep("e4"), activity);
    const entries = [counts("e1", "e4")];
    const facts = [passOf("e4", 1), passOf("a1", 1), passOf("e1", 2)];
    expect(evaluate(tree, { ...nobody, entries, facts }).hours?.done).to.equal(4.5);
  });

  it("keeps the hours of a badge's day when its course has fewer by now", () => {
    const tree = atLeastHours("g", 6, heldStep("t1"), examStep("e1"));
    const award = { awardId: "award", learnerId: "account", trackId: "t1", awardedAt: day(1) };
    const held = [{ ...award, hoursByCourse: new Map([["c-e1", 6]]) }];
    const after = evaluate(tree, { ...nobody, held, facts: [passOf("e1", 2)] });
    expect([after.state, after.hours?.done]).to.deep.equal(["met", 6]);
  });

  it("gives each pass to the step that needs it, whichever was passed first", () => {
    const tree = atLeast("g", 2, examStep("e1"), examStep("e2"));
    const entries = [counts("e3", "e1"), counts("e4", "e1"), counts("e3", "e2")];
    for (const [three, four] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const facts = [passOf("e3", three), passOf("e4", four)];
      const verdict = evaluate(tree, { ...nobody, entries, facts });
      expect(verdict.state).to.equal("met");
      expect(verdict.steps.map(({ exam }) => exam?.counted?.examId)).to.deep.equal(["e4", "e3"]);
    }
  });

  it("promises no award for a licence where one pass would have to be two steps", () => {
    const choice = atLeast("c", 2, examStep("e3"), examStep("e1"));
    const tree = inOrder("o", licenceStepFor("ot"), choice);
    const world = { ...nobody, entries: [counts("e3", "e1")], facts: [passOf("e3", 2)] };
    expect(evaluate(tree, world).awaitsLicence).to.equal(undefined);
    const facts = [...world.facts, passOf("e1", 3)];
    expect(evaluate(tree, { ...world, facts }).awaitsLicence?.professionId).to.equal("ot");
  });
});
