import { expect } from "chai";
import fc from "fast-check";
import { nextStepOf, pathOf, type PathStep } from "../../../src/progress/pathway.js";
import { isDone, type Verdict } from "../../../src/progress/verdict.js";

const leaf = (nodeId: string, state: Verdict["state"]): Verdict => ({
  ...{ nodeId, state, kind: "micro-credential-held", sentence: `${nodeId} is ${state}.` },
  ...{ evidence: [], needed: 0, steps: [] },
});
const group = (needed: number, steps: Verdict[], kind: Verdict["kind"] = "at-least"): Verdict => ({
  ...{ nodeId: `group of ${steps.map(({ nodeId }) => nodeId).join()}`, kind, needed, steps },
  state: steps.filter(isDone).length >= needed ? "met" : "missing",
  ...{ sentence: "", evidence: [] },
});
const allOf = (...steps: Verdict[]): Verdict => group(steps.length, steps, "all-of");

const allSteps = (step: PathStep): PathStep[] => [step, ...step.steps.flatMap(allSteps)];

describe("what comes next on a pathway", () => {
  const table: [string, Verdict, string | undefined][] = [
    ["the first step that is open", allOf(leaf("a", "met"), leaf("b", "missing")), "b"],
    ["nothing where all is done", allOf(leaf("a", "met"), leaf("b", "waived")), undefined],
    ["nothing where everything waits", allOf(leaf("a", "met"), leaf("b", "blocked")), undefined],
    ["no step that waits for another", allOf(leaf("a", "blocked"), leaf("b", "missing")), "b"],
    [
      "what is nearest, where there is a choice",
      group(1, [allOf(leaf("a", "missing"), leaf("b", "missing")), leaf("c", "missing")]),
      "c",
    ],
    [
      "nothing of a choice that is made",
      allOf(group(1, [leaf("a", "met"), leaf("b", "missing")]), leaf("c", "missing")),
      "c",
    ],
  ];
  for (const [name, verdict, nodeId] of table)
    it(`is ${name}`, () => {
      expect(nextStepOf(verdict)?.nodeId).to.equal(nodeId);
    });

  it("is marked at no more than one step, and never at one that is done or waits", () => {
    const states = ["met", "in-progress", "missing", "blocked", "waived"] as const;
    const { tree } = fc.letrec<{ tree: Verdict }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.tuple(fc.uuid(), fc.constantFrom(...states)).map(([id, state]) => leaf(id, state)),
        fc
          .tuple(fc.array(tie("tree"), { minLength: 1, maxLength: 4 }), fc.nat({ max: 3 }))
          .map(([steps, number]) => group((number % steps.length) + 1, steps)),
      ),
    }));
    fc.assert(
      fc.property(tree, (verdict) => {
        const next = allSteps(pathOf(verdict, { courses: new Map() })).filter((one) => one.isNext);
        expect(next.length).to.be.at.most(1);
        for (const { state } of next) expect(state).to.be.oneOf(["missing", "in-progress"]);
      }),
    );
  });
});
