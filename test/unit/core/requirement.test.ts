import { expect } from "chai";
import {
  examIdsOf,
  faultsOfRequirement,
  MOST_LEVELS,
  MOST_STEPS,
  type Requirement,
} from "../../../src/tracks/requirement.js";
import { allOf, atLeast, examStep } from "../../support/core-fixtures.js";

const known = new Set(["a", "b", "c"]);
const faultsOf = (tree: Requirement) => faultsOfRequirement(tree, (id) => known.has(id));

const nested = (levels: number): Requirement =>
  levels === 0 ? examStep("a") : allOf(`level-${levels}`, nested(levels - 1));

describe("a tree of requirements", () => {
  const tables: { title: string; tree: Requirement; faults: [nodeId: string, part: string][] }[] = [
    { title: "may be one exam", tree: examStep("a"), faults: [] },
    {
      title: "may hold groups in groups",
      tree: allOf("g", examStep("a"), atLeast("h", 1, examStep("b"), examStep("c"))),
      faults: [],
    },
    { title: "refuses a group without steps", tree: allOf("g"), faults: [["g", "no steps"]] },
    {
      title: "refuses to ask for more steps than there are",
      tree: allOf("g", atLeast("h", 3, examStep("a"), examStep("b"))),
      faults: [["h", "at most 2"]],
    },
    {
      title: "refuses to ask for none",
      tree: atLeast("h", 0, examStep("a")),
      faults: [["h", "at least 1"]],
    },
    {
      title: "refuses to ask for a part of a step",
      tree: atLeast("h", 1.5, examStep("a"), examStep("b")),
      faults: [["h", "at least 1"]],
    },
    {
      title: "refuses an exam that is not the organisation's",
      tree: allOf("g", examStep("x")),
      faults: [["step-x", "does not exist"]],
    },
    {
      title: "refuses a pass mark above 100",
      tree: examStep("a", { passMarkPercent: 101 }),
      faults: [["step-a", "pass mark"]],
    },
    {
      title: "refuses a pass mark that is no number",
      tree: examStep("a", { passMarkPercent: Number.NaN }),
      faults: [["step-a", "pass mark"]],
    },
    {
      title: "refuses the same id twice",
      tree: allOf("g", examStep("a"), { ...examStep("b"), id: "step-a" }),
      faults: [["step-a", "same id"]],
    },
    { title: "allows as many levels as it says", tree: nested(MOST_LEVELS), faults: [] },
    {
      title: "refuses one level more",
      tree: nested(MOST_LEVELS + 1),
      faults: [["level-1", "groups into each other"]],
    },
    {
      title: "refuses more steps than anyone needs",
      tree: allOf(
        "g",
        ...Array.from({ length: MOST_STEPS }, (_, index) => ({
          ...examStep("a"),
          id: `s${index}`,
        })),
      ),
      faults: [["g", `at most ${MOST_STEPS}`]],
    },
  ];
  for (const { title, tree, faults } of tables) {
    it(title, () => {
      const found = faultsOf(tree);
      expect(found.map(({ nodeId }) => nodeId)).to.deep.equal(faults.map(([nodeId]) => nodeId));
      for (const [index, [, part]] of faults.entries()) {
        expect(found[index]?.sentence).to.contain(part);
      }
    });
  }

  it("mentions each exam once", () => {
    const tree = allOf("g", examStep("a"), atLeast("h", 1, examStep("a"), examStep("b")));
    expect(examIdsOf(tree)).to.deep.equal(["a", "b"]);
  });
});
