import { expect } from "chai";
import type { Question } from "../../../src/courses/exam.js";
import {
  findUnanswered,
  gradeAttempt,
  readAnswers,
  readDecimal,
} from "../../../src/exams/grade-attempt.js";

const options = ["a", "b", "c"].map((id) => ({ id, text: `Option ${id}` }));
const single: Question = {
  id: "single",
  kind: "single-choice",
  prompt: "Which one?",
  options,
  correctOptionId: "b",
};
const multiple: Question = {
  id: "multiple",
  kind: "multiple-choice",
  prompt: "Which ones?",
  options,
  correctOptionIds: ["a", "c"],
};
const number = (correctNumber: number, tolerance: number): Question => ({
  id: "number",
  kind: "number",
  prompt: "How many?",
  correctNumber,
  tolerance,
});
const pointsFor = (question: Question, given: string[]): number =>
  gradeAttempt([question], [{ questionId: question.id, given }]).score;

describe("grading an attempt", () => {
  const cases: [string, Question, string[], number][] = [
    ["the right option", single, ["b"], 1],
    ["a wrong option", single, ["a"], 0],
    ["two options where one is asked for", single, ["a", "b"], 0],
    ["no option", single, [], 0],
    ["all right options in any order", multiple, ["c", "a"], 1],
    ["a right option twice, another missing", multiple, ["a", "a"], 0],
    ["some of the right options", multiple, ["a"], 0],
    ["all right options and a wrong one", multiple, ["a", "b", "c"], 0],
    ["no options of several", multiple, [], 0],
    ["the exact number", number(2.5, 0), ["2.5"], 1],
    ["the number with a decimal comma", number(2.5, 0), ["2,5"], 1],
    ["a number at the edge of the tolerance", number(10, 0.5), ["10.5"], 1],
    ["a number beyond the tolerance", number(10, 0.5), ["10.51"], 0],
    ["a number that binary fractions miss by a hair", number(0.1 + 0.2, 0), ["0.3"], 1],
    ["a tolerance that binary fractions miss by a hair", number(1, 0.1), ["1.1"], 1],
    ["a negative number with a true minus sign", number(-3, 0), ["−3"], 1],
    ["a word for a number", number(3, 0), ["three"], 0],
  ];
  for (const [what, question, given, points] of cases) {
    it(`gives ${points} for ${what}`, () => {
      expect(pointsFor(question, given)).to.equal(points);
    });
  }

  it("sums points over the questions, one each, and names them", () => {
    const grading = gradeAttempt(
      [single, multiple, number(4, 0)],
      [
        { questionId: "single", given: ["b"] },
        { questionId: "number", given: ["4"] },
      ],
    );
    expect(grading).to.deep.equal({
      points: [
        { questionId: "single", points: 1 },
        { questionId: "multiple", points: 0 },
        { questionId: "number", points: 1 },
      ],
      score: 2,
      maximum: 3,
    });
  });
});

describe("reading a number as people type it", () => {
  const cases: [string, number | undefined][] = [
    ["12", 12],
    [" 2,5 ", 2.5],
    [".5", 0.5],
    ["+7.", 7],
    ["1 234,5", 1234.5],
    ["−0,25", -0.25],
    ["1.234,5", undefined],
    ["1e3", undefined],
    ["0x10", undefined],
    ["-", undefined],
    ["", undefined],
    ["Infinity", undefined],
  ];
  for (const [text, value] of cases) {
    it(`reads ${JSON.stringify(text)} as ${String(value)}`, () => {
      expect(readDecimal(text)).to.equal(value);
    });
  }
});

describe("what is missing before an exam can be handed in", () => {
  it("names each question without an answer, and each number it cannot read", () => {
    const faults = findUnanswered(
      [single, multiple, number(1, 0)],
      [
        { questionId: "single", given: ["a"] },
        { questionId: "number", given: ["lots"] },
      ],
    );
    expect([...faults.keys()]).to.deep.equal(["multiple", "number"]);
    expect(faults.get("number")).to.match(/number/);
  });
});

describe("reading the answers of a form", () => {
  it("keeps only what was asked: known options, one for a single choice, one number", () => {
    const form: Record<string, string[]> = {
      single: ["b", "a"],
      multiple: ["a", "zzz", "a", "c"],
      number: ["7", "8"],
      elsewhere: ["x"],
    };
    const answers = readAnswers([single, multiple, number(1, 0)], (id) => form[id] ?? []);
    expect(answers).to.deep.equal([
      { questionId: "single", given: ["b"] },
      { questionId: "multiple", given: ["a", "c"] },
      { questionId: "number", given: ["7"] },
    ]);
  });

  it("cuts a number that is a novel", () => {
    const [answer] = readAnswers([number(1, 0)], () => ["9".repeat(5000)]);
    expect(answer?.given[0]).to.have.length(40);
  });
});
