import { expect } from "chai";
import { type CourseContent, faultsOfCourse } from "../../../src/courses/course.js";
import {
  type ExamSettings,
  faultsOfQuestions,
  faultsOfSettings,
  isReady,
  type Question,
} from "../../../src/courses/exam.js";
import { anExam } from "../../support/core-fixtures.js";

const course: CourseContent = {
  code: "AH-101",
  title: "Anatomy",
  contactHours: 4,
  subject: "Basics",
  version: "2026",
};

const settings: ExamSettings = {
  examTitle: "Final exam",
  passMarkPercent: 70,
  attemptsAllowed: 3,
  gradeSource: "hosted",
  scoreMaximum: 100,
};

const options = [
  { id: "a", text: "Yes" },
  { id: "b", text: "No" },
];
const single: Question = {
  id: "q",
  kind: "single-choice",
  prompt: "Is it?",
  options,
  correctOptionId: "a",
};
const multiple: Question = {
  id: "q",
  kind: "multiple-choice",
  prompt: "Which?",
  options,
  correctOptionIds: ["a", "b"],
};
const number: Question = {
  id: "q",
  kind: "number",
  prompt: "Sum?",
  correctNumber: 4,
  tolerance: 0,
};

describe("what is said about a course", () => {
  const tables: [title: string, change: Partial<CourseContent>, faulty: string[]][] = [
    ["is taken when it is whole", {}, []],
    ["is taken with half an hour", { contactHours: 0.5 }, []],
    ["is taken with a thousand hours", { contactHours: 1000 }, []],
    ["is refused without hours", { contactHours: 0 }, ["contactHours"]],
    ["is refused with negative hours", { contactHours: -1 }, ["contactHours"]],
    ["is refused with more than a thousand hours", { contactHours: 1000.5 }, ["contactHours"]],
    ["is refused with hours that are no number", { contactHours: Number.NaN }, ["contactHours"]],
    [
      "is refused with blanks",
      { code: " ", title: "", subject: " ", version: "" },
      ["code", "subject", "title", "version"],
    ],
  ];
  for (const [title, change, faulty] of tables) {
    it(title, () => {
      expect(Object.keys(faultsOfCourse({ ...course, ...change })).sort()).to.deep.equal(faulty);
    });
  }
});

describe("what is settled about an exam", () => {
  const tables: [title: string, change: Partial<ExamSettings>, faulty: string[]][] = [
    ["is taken when it is whole", {}, []],
    ["is taken with any number of attempts", { attemptsAllowed: undefined }, []],
    ["is taken with a pass mark of 0", { passMarkPercent: 0 }, []],
    ["is taken with a pass mark of 100", { passMarkPercent: 100 }, []],
    ["is refused with a pass mark above 100", { passMarkPercent: 100.1 }, ["passMarkPercent"]],
    ["is refused with a negative pass mark", { passMarkPercent: -1 }, ["passMarkPercent"]],
    ["is refused with no attempts", { attemptsAllowed: 0 }, ["attemptsAllowed"]],
    ["is refused with half an attempt", { attemptsAllowed: 1.5 }, ["attemptsAllowed"]],
    ["is refused with nothing to score", { scoreMaximum: 0 }, ["scoreMaximum"]],
    ["is refused with endless points", { scoreMaximum: Infinity }, ["scoreMaximum"]],
    ["is refused without a title", { examTitle: "  " }, ["examTitle"]],
  ];
  for (const [title, change, faulty] of tables) {
    it(title, () => {
      expect(Object.keys(faultsOfSettings({ ...settings, ...change }))).to.deep.equal(faulty);
    });
  }

  it("lets a hosted exam be taken only when it has questions", () => {
    expect(isReady(anExam({ gradeSource: "hosted", questions: [] }))).to.equal(false);
    expect(isReady(anExam({ gradeSource: "hosted", questions: [single] }))).to.equal(true);
    expect(isReady(anExam({ gradeSource: "lms-gradebook", questions: [] }))).to.equal(true);
  });
});

describe("the questions of an exam", () => {
  const tables: [title: string, questions: Question[], part: string | undefined][] = [
    [
      "may be of all three kinds",
      [single, { ...multiple, id: "r" }, { ...number, id: "s" }],
      undefined,
    ],
    ["may allow an answer to be off", [{ ...number, tolerance: 0.5 }], undefined],
    ["need a prompt", [{ ...single, prompt: " " }], "Enter the question"],
    ["need ids of their own", [single, { ...number }], "same id"],
    [
      "need two answers to choose from",
      [{ ...single, options: options.slice(0, 1) }],
      "two answers",
    ],
    [
      "need answers with ids of their own",
      [{ ...single, options: [...options, { id: "a", text: "Perhaps" }] }],
      "same id",
    ],
    [
      "need words in each answer",
      [{ ...single, options: [...options, { id: "c", text: "" }] }],
      "each answer",
    ],
    ["need a correct answer among the answers", [{ ...single, correctOptionId: "z" }], "not among"],
    ["need at least one correct answer", [{ ...multiple, correctOptionIds: [] }], "at least one"],
    [
      "need correct answers that are there",
      [{ ...multiple, correctOptionIds: ["a", "z"] }],
      "not among",
    ],
    ["need a number", [{ ...number, correctNumber: Number.NaN }], "correct number"],
    ["need a tolerance of 0 or more", [{ ...number, tolerance: -1 }], "0 or more"],
  ];
  for (const [title, questions, part] of tables) {
    it(title, () => {
      const faults = faultsOfQuestions(questions);
      if (part === undefined) expect(faults).to.deep.equal({});
      else expect(faults["questions.q"]).to.contain(part);
    });
  }
});
