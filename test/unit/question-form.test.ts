import { expect } from "chai";
import fc from "fast-check";
import { checkQuestions } from "../../src/admin/question-check.js";
import {
  editQuestions,
  fieldsOfQuestions,
  OPTION_LIMIT,
  QUESTION_LIMIT,
  type QuestionForm,
  questionFormOf,
  readQuestions,
} from "../../src/admin/question-form.js";
import type { Question } from "../../src/courses/exam.js";

const words = fc.stringMatching(/^[a-z]{1,12}( [a-z]{1,12}){0,3}$/);
const key = fc.stringMatching(/^[a-z0-9]{1,8}$/);

const options = fc
  .uniqueArray(fc.record({ id: key, text: words }), {
    minLength: 2,
    maxLength: OPTION_LIMIT,
    selector: ({ id }) => id,
  })
  .filter((list) => new Set(list.map(({ text }) => text)).size === list.length);

const question: fc.Arbitrary<Question> = fc.oneof(
  fc.record({ id: key, prompt: words, options, pick: fc.nat() }).map(({ pick, ...rest }) => ({
    ...rest,
    kind: "single-choice" as const,
    correctOptionId: rest.options[pick % rest.options.length]!.id,
  })),
  fc.record({ id: key, prompt: words, options, pick: fc.nat() }).map(({ pick, ...rest }) => ({
    ...rest,
    kind: "multiple-choice" as const,
    correctOptionIds: rest.options.slice(0, 1 + (pick % rest.options.length)).map(({ id }) => id),
  })),
  fc.record({
    id: key,
    kind: fc.constant("number" as const),
    prompt: words,
    correctNumber: fc.integer({ min: -5000, max: 5000 }).map((n) => n / 4),
    tolerance: fc.integer({ min: 0, max: 40 }).map((n) => n / 4),
  }),
);
const questionList = fc.uniqueArray(question, { maxLength: 6, selector: ({ id }) => id });

const choice = (more: Partial<QuestionForm> = {}): QuestionForm => ({
  id: "q1",
  kind: "single-choice",
  prompt: "Which nerve?",
  options: [
    { id: "o1", text: "Optic", isCorrect: true },
    { id: "o2", text: "Vagus", isCorrect: false },
  ],
  correctNumber: "",
  tolerance: "",
  ...more,
});
const number = (more: Partial<QuestionForm> = {}): QuestionForm =>
  choice({ kind: "number", options: [], correctNumber: "12", ...more });

describe("the questions of an exam as a form", () => {
  it("come back from the form as the questions they were", () => {
    fc.assert(
      fc.property(questionList, (questions) => {
        const fields = fieldsOfQuestions(questions.map(questionFormOf));
        expect(checkQuestions(readQuestions(fields))).to.deep.equal({ kind: "ok", questions });
      }),
    );
  });

  const faulty: [string, QuestionForm, Record<string, string>][] = [
    [
      "an empty question",
      choice({ prompt: "  " }),
      { "question-q1-prompt": "Enter the question." },
    ],
    [
      "a single answer",
      choice({ options: [{ id: "o1", text: "Optic", isCorrect: true }] }),
      { "question-q1-option": "Give at least two" },
    ],
    [
      "an empty answer",
      choice({ options: [...choice().options, { id: "o3", text: " ", isCorrect: false }] }),
      { "question-q1-option-o3": "Enter the answer" },
    ],
    [
      "the same answer twice",
      choice({ options: [...choice().options, { id: "o3", text: "Vagus ", isCorrect: false }] }),
      { "question-q1-option-o3": "there already" },
    ],
    [
      "no right answer",
      choice({ options: choice().options.map((option) => ({ ...option, isCorrect: false })) }),
      { "question-q1-correct": "Mark the one right answer." },
    ],
    [
      "two right answers to a single choice",
      choice({ options: choice().options.map((option) => ({ ...option, isCorrect: true })) }),
      { "question-q1-correct": "Mark the one right answer." },
    ],
    [
      "no right answer among many",
      choice({
        kind: "multiple-choice",
        options: choice().options.map((option) => ({ ...option, isCorrect: false })),
      }),
      { "question-q1-correct": "at least one" },
    ],
    [
      "a number in words",
      number({ correctNumber: "twelve" }),
      { "question-q1-number": "Enter the" },
    ],
    [
      "a missing number",
      number({ correctNumber: "" }),
      { "question-q1-number": "Enter the right" },
    ],
    [
      "a tolerance below zero",
      number({ tolerance: "-1" }),
      { "question-q1-tolerance": "from 0 up" },
    ],
  ];
  for (const [what, form, expected] of faulty) {
    it(`marks the field for ${what}`, () => {
      const result = checkQuestions([form]);
      const faults = result.kind === "faulty" ? result.faults : {};
      expect(Object.keys(faults)).to.deep.equal(Object.keys(expected));
      for (const [field, text] of Object.entries(expected)) expect(faults[field]).to.include(text);
    });
  }
});

describe("the buttons of the questions editor", () => {
  const forms = [choice({ id: "a" }), number({ id: "b" }), choice({ id: "c" })];
  const outline = (list: QuestionForm[]): string =>
    list.map(({ id, options: o }) => `${id}[${o.map((option) => option.id).join(" ")}]`).join(" ");
  const press = (verb: string, target: string, from = forms): string => {
    let last = 0;
    return outline(editQuestions(from, { verb, target }, () => `new${(last += 1)}`));
  };

  const cases: [string, string, string, string][] = [
    ["adds a choice with two answers", "question-add", "single-choice", "new1[new2 new3]"],
    ["adds a number without answers", "question-add", "number", "new1[]"],
  ];
  for (const [what, verb, target, added] of cases) {
    it(what, () => {
      expect(press(verb, target)).to.equal(`a[o1 o2] b[] c[o1 o2] ${added}`);
    });
  }

  const moves: [string, string, string, string][] = [
    ["moves a question up", "question-up", "b", "b[] a[o1 o2] c[o1 o2]"],
    ["moves a question down", "question-down", "b", "a[o1 o2] c[o1 o2] b[]"],
    ["removes a question", "question-remove", "b", "a[o1 o2] c[o1 o2]"],
    ["adds an answer to one question", "option-add", "c", "a[o1 o2] b[] c[o1 o2 new1]"],
    ["adds no answer to a number", "option-add", "b", "a[o1 o2] b[] c[o1 o2]"],
    ["removes an answer of one question", "option-remove", "a.o1", "a[o2] b[] c[o1 o2]"],
    ["moves an answer", "option-down", "a.o1", "a[o2 o1] b[] c[o1 o2]"],
    ["ignores an unknown kind of question", "question-add", "essay", "a[o1 o2] b[] c[o1 o2]"],
    ["ignores other buttons", "save", "", "a[o1 o2] b[] c[o1 o2]"],
  ];
  for (const [what, verb, target, expected] of moves) {
    it(what, () => {
      expect(press(verb, target)).to.equal(expected);
    });
  }

  it("stops at as many questions as the form reads back", () => {
    const many = Array.from({ length: QUESTION_LIMIT }, (_, index) => number({ id: `q${index}` }));
    const more = editQuestions(many, { verb: "question-add", target: "number" }, () => "new");
    expect(more).to.have.length(QUESTION_LIMIT);
  });
});
