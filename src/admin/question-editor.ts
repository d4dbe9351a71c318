import {
  fieldsOfQuestions,
  optionField,
  OPTION_LIMIT,
  QUESTION_LIMIT,
  questionField,
  type QuestionForm,
} from "./question-form.js";

const kindLabels: Record<QuestionForm["kind"], string> = {
  "single-choice": "one right answer",
  "multiple-choice": "several right answers",
  number: "a number",
};

function questionView(form: QuestionForm, index: number, total: number) {
  const { id, kind, options } = form;
  return {
    id,
    kind,
    kindLabel: kindLabels[kind],
    number: index + 1,
    mayMoveUp: index > 0,
    mayMoveDown: index < total - 1,
    mayAddOption: options.length < OPTION_LIMIT,
    names: {
      kind: questionField(id, "kind"),
      prompt: questionField(id, "prompt"),
      option: questionField(id, "option"),
      correct: questionField(id, "correct"),
      number: questionField(id, "number"),
      tolerance: questionField(id, "tolerance"),
    },
    options: options.map((option, at) => ({
      id: option.id,
      name: optionField(id, option.id),
      text: option.text,
      isCorrect: option.isCorrect,
      number: at + 1,
      mayMoveUp: at > 0,
      mayMoveDown: at < options.length - 1,
    })),
  };
}

/** The page on which a hosted exam's questions are written. */
export const questionEditor = (forms: readonly QuestionForm[], faults: Record<string, string>) => ({
  questions: forms.map((form, index) => questionView(form, index, forms.length)),
  values: fieldsOfQuestions(forms),
  faults,
  mayAdd: forms.length < QUESTION_LIMIT,
});
