import type { ChoiceOption, Question } from "../courses/exam.js";
import { numberOf } from "./form-values.js";
import { optionField, type OptionForm, questionField, type QuestionForm } from "./question-form.js";

export type QuestionsCheck =
  | { kind: "ok"; questions: Question[] }
  /** One sentence for each faulty field, by the field's name. */
  | { kind: "faulty"; faults: Record<string, string> };

type Faults = Record<string, string>;

const LONGEST_PROMPT = 2000;
const LONGEST_OPTION = 500;

function checkPrompt(form: QuestionForm, faults: Faults): string {
  const prompt = form.prompt.trim();
  const field = questionField(form.id, "prompt");
  if (prompt === "") faults[field] = "Enter the question.";
  if (prompt.length > LONGEST_PROMPT) faults[field] = `Use at most ${LONGEST_PROMPT} characters.`;
  return prompt;
}

function checkOptions(form: QuestionForm, faults: Faults): ChoiceOption[] {
  const seen = new Set<string>();
  for (const { id, text } of form.options) {
    const field = optionField(form.id, id);
    const plain = text.trim();
    if (plain === "") faults[field] = "Enter the answer, or remove it.";
    else if (plain.length > LONGEST_OPTION)
      faults[field] = `Use at most ${LONGEST_OPTION} characters.`;
    else if (seen.has(plain)) faults[field] = "This answer is there already.";
    seen.add(plain);
  }
  if (form.options.length < 2) {
    faults[questionField(form.id, "option")] = "Give at least two answers to choose from.";
  }
  return form.options.map(({ id, text }) => ({ id, text: text.trim() }));
}

function checkChoice(
  form: QuestionForm & { kind: "single-choice" | "multiple-choice" },
  faults: Faults,
): Question {
  const prompt = checkPrompt(form, faults);
  const options = checkOptions(form, faults);
  const correct = form.options.filter((option: OptionForm) => option.isCorrect).map(({ id }) => id);
  const field = questionField(form.id, "correct");
  const { id, kind } = form;
  if (kind === "multiple-choice") {
    if (correct.length === 0) faults[field] = "Mark every right answer, at least one.";
    return { id, kind, prompt, options, correctOptionIds: correct };
  }
  if (correct.length !== 1) faults[field] = "Mark the one right answer.";
  return { id, kind, prompt, options, correctOptionId: correct[0] ?? "" };
}

function checkNumber(form: QuestionForm, faults: Faults): Question {
  const prompt = checkPrompt(form, faults);
  const correctNumber = numberOf(form.correctNumber);
  if (correctNumber === undefined) {
    faults[questionField(form.id, "number")] = "Enter the right number, for example 12 or 0.5.";
  }
  const tolerance = form.tolerance.trim() === "" ? 0 : numberOf(form.tolerance);
  if (tolerance === undefined || tolerance < 0) {
    faults[questionField(form.id, "tolerance")] = "Enter a number from 0 up, or leave it empty.";
  }
  return {
    id: form.id,
    kind: "number",
    prompt,
    correctNumber: correctNumber ?? 0,
    tolerance: tolerance ?? 0,
  };
}

/** Turns the form's questions into questions that can be asked, or names every faulty field. */
export function checkQuestions(forms: readonly QuestionForm[]): QuestionsCheck {
  const faults: Faults = {};
  const questions = forms.map((form) => {
    const { kind } = form;
    return kind === "number" ? checkNumber(form, faults) : checkChoice({ ...form, kind }, faults);
  });
  return Object.keys(faults).length === 0 ? { kind: "ok", questions } : { kind: "faulty", faults };
}
