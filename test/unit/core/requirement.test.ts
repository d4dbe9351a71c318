import { expect } from "chai";
import {
  examIdsOf,
  MOST_LEVELS,
  MOST_STEPS,
  type Requirement,
} from "../../../src/tracks/requirement.js";
import {
  faultsOfRequirement,
  type Offered,
  type OfferedExam,
} from "../../../src/tracks/requirement-faults.js";
import {
  allOf,
  atLeast,
  atLeastHours,
  examStep,
  heldStep,
  inOrder,
  licenceStep,
} from "../../support/core-fixtures.js";

const anExam = (id: string) => ({
  kind: "exam" as const,
  courseId: `course-${id}`,
  contactHours: 4,
});

const offered: Offered = {
  exams: new Map<string, OfferedExam>([
    ...["a", "b", "c"].map((id) => [id, anExam(id)] as const),
    ["second-of-a", { ...anExam("a"), kind: "project" as const }],
    ["activity", { ...anExam("d"), kind: "activity" as const }],
  ]),
  tracks: new Map([
    ["badge", { name: "Badge", requirement: allOf("g", examStep("a"), examStep("b")) }],
    ["stacked", { name: "Stacked", requirement: heldStep("ring") }],
    ["ring", { name: "Ring", requirement: heldStep("own") }],
  ]),
  professionIds: new Set(["ot"]),
  ownTrackId: "own",
};
const faultsOf = (tree: Requirement) => faultsOfRequirement(tree, offered);

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
    {
      title: "refuses the same exam twice in a group",
      tree: atLeast("g", 2, examStep("a"), { ...examStep("a"), id: "again" }, examStep("b")),
      faults: [["g", "twice"]],
    },
    {
      title: "may ask for the award of a published track, an activity and hours",
      tree: atLeastHours("h", 12, heldStep("badge"), {
        ...{ id: "x", kind: "activity-completed", examId: "activity" },
      }),
      faults: [],
    },
    {
      title: "refuses more hours than there are, each course counted once",
      tree: atLeastHours("h", 9, heldStep("badge"), examStep("a"), examStep("second-of-a")),
      faults: [["h", "offer 8 contact hours"]],
    },
    {
      title: "refuses impossible hours",
      tree: atLeastHours("h", -1, examStep("a")),
      faults: [["h", "more than 0"]],
    },
    {
      title: "refuses an exam as an activity, and an activity as an exam",
      tree: allOf("g", examStep("activity"), {
        ...{ id: "x", kind: "activity-completed", examId: "a" },
      }),
      faults: [
        ["step-activity", "does not exist"],
        ["x", "does not exist"],
      ],
    },
    {
      title: "refuses the award of a track that is not published",
      tree: heldStep("drafted"),
      faults: [["held-drafted", "published"]],
    },
    { title: "refuses its own award", tree: heldStep("own"), faults: [["held-own", "its own"]] },
    {
      title: "refuses a tree that contains itself through other tracks",
      tree: allOf("g", examStep("a"), heldStep("stacked")),
      faults: [["held-stacked", "“Stacked” asks for the award of this track"]],
    },
    {
      title: "lets a licence stand before the last step of an order",
      tree: inOrder("o", licenceStep("ot"), examStep("a")),
      faults: [],
    },
    {
      title: "refuses a licence that is compared with nothing",
      tree: allOf("g", licenceStep("ot"), examStep("a")),
      faults: [["licence-ot", "before its last step"]],
    },
    {
      title: "refuses a profession that is not the organisation's",
      tree: inOrder("o", licenceStep("dentist"), examStep("a")),
      faults: [["licence-dentist", "profession"]],
    },
    {
      title: "refuses an order of one step",
      tree: inOrder("o", examStep("a")),
      faults: [["o", "at least two"]],
    },
    {
      title: "refuses to be met without learning anything",
      tree: atLeast("g", 1, examStep("a"), {
        ...licenceStep("ot"),
        ...{ kind: "eligibility", asks: "student-or-practitioner" },
      }),
      faults: [["g", "something to be learned"]],
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
          ...allOf(`s${index}`, { ...examStep("a"), id: `e${index}` }),
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
