import { expect } from "chai";
import fc from "fast-check";
import { checkSteps, type StepChoices } from "../../src/admin/requirement-check.js";
import { editSteps, stepCommandOf } from "../../src/admin/requirement-edit.js";
import {
  emptyStep,
  fieldsOfSteps,
  readSteps,
  rowKindOf,
  type StepForm,
  stepsOf,
} from "../../src/admin/requirement-form.js";
import type { PathStep } from "../../src/progress/pathway.js";
import { describeRequirement } from "../../src/admin/requirement-sentences.js";
import {
  isGroup,
  MOST_LEVELS,
  MOST_STEPS,
  type Requirement,
} from "../../src/tracks/requirement.js";

const EXAMS = ["exam-a", "exam-b", "exam-c", "exam-d"];
const choices: StepChoices = {
  exams: new Map([...EXAMS.map((id) => [id, "exam"] as const), ["activity-a", "activity"]]),
  trackIds: new Set(["badge-a", "badge-b"]),
  professionIds: new Set(["ot"]),
};
const emptyGroup = (id: string): StepForm => emptyStep("group", id);
const emptyExamStep = (id: string): StepForm => emptyStep("exam", id);
const noNewId = (): string => {
  throw new Error("no new id is needed here");
};

/** Trees as administrators may build them: groups to five levels, no exam twice in a group. */
const requirementTree: fc.Arbitrary<Requirement> = (() => {
  const exam = fc.record(
    { kind: fc.constant("exam-passed" as const), examId: fc.constantFrom(...EXAMS) },
    { requiredKeys: ["kind", "examId"] },
  );
  const withMark: fc.Arbitrary<object> = fc.oneof(
    { weight: 4, arbitrary: exam },
    fc
      .tuple(exam, fc.integer({ min: 0, max: 100 }))
      .map(([node, passMarkPercent]) => ({ ...node, passMarkPercent })),
    fc.constant({ kind: "activity-completed", examId: "activity-a" }),
    fc
      .constantFrom("badge-a", "badge-b")
      .map((trackId) => ({ kind: "micro-credential-held", trackId })),
    fc
      .constantFrom("licence", "student-or-practitioner")
      .map((asks) => ({ kind: "eligibility", professionId: "ot", asks })),
  );
  const group = (depth: number): fc.Arbitrary<object> => {
    const below =
      depth > 4
        ? withMark
        : fc.oneof({ weight: 3, arbitrary: withMark }, { weight: 1, arbitrary: group(depth + 1) });
    const steps = fc.uniqueArray(below, {
      minLength: 1,
      maxLength: 4,
      selector: (node) =>
        "examId" in node ? node.examId : "trackId" in node ? node.trackId : node,
    });
    return fc
      .tuple(steps, fc.nat(), fc.constantFrom("all-of", "at-least", "in-order", "at-least-hours"))
      .map(([of, pick, kind]) => ({
        kind,
        ...(kind === "at-least" ? { count: 1 + (pick % of.length) } : {}),
        ...(kind === "at-least-hours" ? { hours: 0.5 + (pick % 30) } : {}),
        of,
      }));
  };
  return group(1).map((tree) => numbered(tree as Requirement));
})();

/** The tree with a fresh id for every node. */
function numbered(tree: Requirement): Requirement {
  let last = 0;
  const number = (node: Requirement): Requirement => {
    const id = `n${(last += 1)}`;
    return isGroup(node) ? { ...node, id, of: node.of.map(number) } : { ...node, id };
  };
  return number(tree);
}

const idsOf = (step: StepForm): string[] => [step.id, ...step.steps.flatMap(idsOf)];

describe("the steps of a track as a form", () => {
  it("come back from the form as the tree they were", () => {
    fc.assert(
      fc.property(requirementTree, (tree) => {
        const fields = fieldsOfSteps(stepsOf(tree));
        expect(checkSteps(readSteps(fields, noNewId), choices)).to.deep.equal({
          kind: "ok",
          requirement: tree,
        });
      }),
    );
  });

  it("keep what was typed, right or wrong", () => {
    const root: StepForm = {
      ...emptyGroup("r"),
      kind: "at-least",
      count: "two",
      steps: [{ ...emptyExamStep("x"), examId: "gone", passMark: "150%" }, emptyGroup("g")],
    };
    expect(readSteps(fieldsOfSteps(root), noNewId)).to.deep.equal(root);
  });

  it("never make a ring or lose the root, whatever fields arrive", () => {
    const key = fc.constantFrom("a", "b", "c", "d", "__proto__", "");
    const forged = fc.record({
      ids: fc.array(key, { maxLength: 8 }),
      parents: fc.dictionary(key, key),
      kinds: fc.dictionary(key, fc.constantFrom("group", "exam", "boom")),
    });
    fc.assert(
      fc.property(forged, ({ ids, parents, kinds }) => {
        const fields: Record<string, string | string[]> = { step: ids };
        for (const [id, parent] of Object.entries(parents)) fields[`step-${id}-in`] = parent;
        for (const [id, kind] of Object.entries(kinds)) fields[`step-${id}-kind`] = kind;
        const root = readSteps(fields, () => "fresh");
        const expected = new Set(ids.filter((id) => id !== ""));
        const found = idsOf(root);
        expect(root.kind).to.not.equal("exam-passed");
        expect(new Set(found).size).to.equal(found.length);
        expect(new Set(found.filter((id) => id !== "fresh"))).to.deep.equal(expected);
      }),
    );
  });

  it("put a track that asks for one exam alone into a group", () => {
    const root = stepsOf({ id: "n1", kind: "exam-passed", examId: "exam-a" });
    expect(root).to.include({ id: "n1-all", kind: "all-of" });
    expect(root.steps.map((step) => step.examId)).to.deep.equal(["exam-a"]);
  });

  it("read no more steps than a track may have", () => {
    const step = Array.from({ length: MOST_STEPS + 50 }, (_, index) => `s${index}`);
    expect(idsOf(readSteps({ step }, noNewId))).to.have.length(MOST_STEPS);
  });
});

describe("the buttons of the steps editor", () => {
  const tree = (): StepForm => ({
    ...emptyGroup("root"),
    steps: [
      emptyExamStep("a"),
      { ...emptyGroup("g"), steps: [emptyExamStep("b")] },
      emptyExamStep("c"),
    ],
  });
  const press = (button: string, stepId: string, from = tree()): string => {
    const command = stepCommandOf(button, stepId);
    if (command === undefined) return "no command";
    return outline(editSteps(from, command, () => "new"));
  };
  const outline = (step: StepForm): string =>
    rowKindOf(step) !== "group" ? step.id : `${step.id}(${step.steps.map(outline).join(" ")})`;

  const cases: [string, string, string, string][] = [
    ["adds an exam at the end of a group", "step-add-exam", "g", "root(a g(b new) c)"],
    ["adds a group to the outermost group", "step-add-group", "root", "root(a g(b) c new())"],
    ["moves a step up", "step-up", "g", "root(g(b) a c)"],
    ["moves a step down", "step-down", "g", "root(a c g(b))"],
    ["leaves the first step first", "step-up", "a", "root(a g(b) c)"],
    ["leaves the last step last", "step-down", "c", "root(a g(b) c)"],
    ["removes a group with all it holds", "step-remove", "g", "root(a c)"],
    ["removes a nested step", "step-remove", "b", "root(a g() c)"],
    ["does not remove the outermost group", "step-remove", "root", "root(a g(b) c)"],
    ["adds nothing to an exam", "step-add-exam", "a", "root(a g(b) c)"],
    ["adds a micro-credential to earn", "step-add-award", "root", "root(a g(b) c new)"],
    ["adds eligibility to a group", "step-add-eligibility", "g", "root(a g(b new) c)"],
    ["moves a step into the group above it", "step-in", "c", "root(a g(b c))"],
    ["moves a step out of its group, to the place after it", "step-out", "b", "root(a g() b c)"],
    ["moves nothing into an exam", "step-in", "g", "root(a g(b) c)"],
    ["moves nothing out of the outermost group", "step-out", "a", "root(a g(b) c)"],
    ["ignores a step that is not there", "step-up", "nowhere", "root(a g(b) c)"],
    ["is not meant by other buttons", "competency-up", "a", "no command"],
  ];
  for (const [what, button, stepId, expected] of cases) {
    it(what, () => {
      expect(press(button, stepId)).to.equal(expected);
    });
  }

  it("stops nesting at the deepest level that the form reads back", () => {
    let root = emptyGroup("g1");
    for (let level = 1; level < 12; level += 1) {
      const id = `g${level + 1}`;
      root = editSteps(root, { verb: "add-group", stepId: `g${level}` }, () => id);
    }
    expect(idsOf(root)).to.have.length(MOST_LEVELS);
    expect(readSteps(fieldsOfSteps(root), noNewId)).to.deep.equal(root);
  });

  it("undo each other: up after down changes nothing", () => {
    fc.assert(
      fc.property(fc.constantFrom("a", "g"), (stepId) => {
        const down = editSteps(tree(), { verb: "down", stepId }, noNewId);
        expect(editSteps(down, { verb: "up", stepId }, noNewId)).to.deep.equal(tree());
      }),
    );
  });
});

describe("checking the steps", () => {
  const exam = (id: string, examId: string, passMark = ""): StepForm => ({
    ...emptyExamStep(id),
    examId,
    passMark,
  });
  const group = (steps: StepForm[], count?: string): StepForm => ({
    ...emptyGroup("r"),
    kind: count === undefined ? "all-of" : "at-least",
    count: count ?? "",
    steps,
  });
  const two = [exam("x", "exam-a"), exam("y", "exam-b")];

  const cases: [string, StepForm, Record<string, string>][] = [
    ["a track without steps", group([]), { "step-r-steps": "Add at least one exam" }],
    ["an empty group", group([two[0]!, emptyGroup("g")]), { "step-g-steps": "Add a step to this" }],
    ["an exam not chosen", group([exam("x", "")]), { "step-x-exam": "Choose the exam" }],
    [
      "an exam of another organisation",
      group([exam("x", "exam-of-others")]),
      { "step-x-exam": "Choose the exam" },
    ],
    [
      "the same exam twice in a group",
      group([exam("x", "exam-a"), exam("y", "exam-a")]),
      { "step-y-exam": "This exam is in this group already." },
    ],
    ["a pass mark above 100", group([exam("x", "exam-a", "101")]), { "step-x-pass": "Enter a" }],
    ["a pass mark in words", group([exam("x", "exam-a", "most")]), { "step-x-pass": "Enter a" }],
    ["more steps than there are", group(two, "3"), { "step-r-count": "from 1 to 2" }],
    ["no steps wanted", group(two, "0"), { "step-r-count": "from 1 to 2" }],
    ["half a step", group(two, "1.5"), { "step-r-count": "from 1 to 2" }],
  ];
  for (const [what, root, expected] of cases) {
    it(`marks the field for ${what}`, () => {
      const result = checkSteps(root, choices);
      const faults = result.kind === "faulty" ? result.faults : {};
      expect(Object.keys(faults)).to.deep.equal(Object.keys(expected));
      for (const [field, text] of Object.entries(expected)) expect(faults[field]).to.include(text);
    });
  }

  it("takes a pass mark with a comma", () => {
    expect(checkSteps(group([exam("x", "exam-a", " 72,5 ")]), choices)).to.deep.include({
      requirement: {
        id: "r",
        kind: "all-of",
        of: [{ id: "x", kind: "exam-passed", examId: "exam-a", passMarkPercent: 72.5 }],
      },
    });
  });
});

describe("the steps in sentences", () => {
  const exams = new Map([
    ["exam-a", { name: "the final exam of AH-101", passMarkPercent: 70 }],
    ["exam-b", { name: "the project of AH-102", passMarkPercent: 60 }],
  ]);

  it("say what is asked, with the pass mark that counts", () => {
    const told = describeRequirement(
      {
        id: "r",
        kind: "all-of",
        of: [
          { id: "x", kind: "exam-passed", examId: "exam-a" },
          {
            id: "g",
            kind: "at-least",
            count: 1,
            of: [
              { id: "y", kind: "exam-passed", examId: "exam-b", passMarkPercent: 80 },
              { id: "z", kind: "exam-passed", examId: "exam-gone" },
            ],
          },
          {
            ...{ id: "o", kind: "in-order" },
            of: [
              { id: "h", kind: "micro-credential-held", trackId: "badge" },
              { id: "t", kind: "activity-completed", examId: "exam-b" },
            ],
          },
        ],
      },
      { exams, tracks: new Map([["badge", "Low Vision Basics"]]), professions: new Map() },
    );
    const sentencesOf = ({ sentence, steps }: PathStep): object => ({
      sentence,
      steps: steps.map(sentencesOf),
    });
    expect(sentencesOf(told)).to.deep.equal({
      sentence: "Do all 3 of these:",
      steps: [
        { sentence: "Pass the final exam of AH-101 with at least 70%.", steps: [] },
        {
          sentence: "Do at least 1 of these 2:",
          steps: [
            { sentence: "Pass the project of AH-102 with at least 80%.", steps: [] },
            { sentence: "Pass an exam that no longer exists.", steps: [] },
          ],
        },
        {
          sentence: "Do all of these; the last counts once the others are done:",
          steps: [
            { sentence: "Earn Low Vision Basics.", steps: [] },
            { sentence: "Have the project of AH-102 accepted.", steps: [] },
          ],
        },
      ],
    });
  });
});
