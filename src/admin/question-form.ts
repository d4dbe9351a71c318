import type { Question } from "../courses/exam.js";
import type { FormValues } from "../web/forms.js";
import { rowKeysOf, textOf, textsOf } from "./form-values.js";
import { editRow, isRowMove } from "./list-edit.js";

export type OptionForm = { id: string; text: string; isCorrect: boolean };

/** A question as it stands in the form: what was typed, right or wrong. */
export type QuestionForm = {
  id: string;
  kind: Question["kind"];
  prompt: string;
  /** Empty for `number`. */
  options: OptionForm[];
  /** Only of `number`, as typed. */
  correctNumber: string;
  /** Only of `number`: how far off an answer may be; empty is exact. */
  tolerance: string;
};

/** More than fit one sitting; keeps a forged form small. */
export const QUESTION_LIMIT = 100;
export const OPTION_LIMIT = 8;

const KINDS: readonly Question["kind"][] = ["single-choice", "multiple-choice", "number"];

const isKind = (text: string): text is Question["kind"] => KINDS.some((kind) => kind === text);

/** The names of a question's fields, and of its faults. */
export const questionField = (
  id: string,
  part: "kind" | "prompt" | "option" | "correct" | "number" | "tolerance",
): string => `question-${id}-${part}`;

export const optionField = (questionId: string, optionId: string): string =>
  `question-${questionId}-option-${optionId}`;

/** A stored question as a form. */
export function questionFormOf(question: Question): QuestionForm {
  const form: QuestionForm = {
    id: question.id,
    kind: question.kind,
    prompt: question.prompt,
    options: [],
    correctNumber: "",
    tolerance: "",
  };
  if (question.kind === "number") {
    form.correctNumber = String(question.correctNumber);
    form.tolerance = question.tolerance === 0 ? "" : String(question.tolerance);
    return form;
  }
  const correct =
    question.kind === "single-choice" ? [question.correctOptionId] : question.correctOptionIds;
  form.options = question.options.map(({ id, text }) => ({
    id,
    text,
    isCorrect: correct.includes(id),
  }));
  return form;
}

/** The fields that the page carries for a list of questions. */
export function fieldsOfQuestions(questions: readonly QuestionForm[]): FormValues {
  const fields: FormValues = { question: questions.map((question) => question.id) };
  for (const { id, kind, prompt, options, correctNumber, tolerance } of questions) {
    fields[questionField(id, "kind")] = kind;
    fields[questionField(id, "prompt")] = prompt;
    if (kind === "number") {
      fields[questionField(id, "number")] = correctNumber;
      fields[questionField(id, "tolerance")] = tolerance;
      continue;
    }
    fields[questionField(id, "option")] = options.map((option) => option.id);
    fields[questionField(id, "correct")] = options
      .filter((option) => option.isCorrect)
      .map((option) => option.id);
    for (const option of options) fields[optionField(id, option.id)] = option.text;
  }
  return fields;
}

/** Reads the questions out of posted fields, in the order of the page. */
export function readQuestions(values: FormValues): QuestionForm[] {
  return rowKeysOf(values, "question", QUESTION_LIMIT).map((id) => {
    const given = textOf(values, questionField(id, "kind"));
    const kind = isKind(given) ? given : "single-choice";
    const prompt = textOf(values, questionField(id, "prompt"));
    if (kind === "number") {
      const correctNumber = textOf(values, questionField(id, "number"));
      const tolerance = textOf(values, questionField(id, "tolerance"));
      return { id, kind, prompt, options: [], correctNumber, tolerance };
    }
    const correct = textsOf(values, questionField(id, "correct"));
    const options = rowKeysOf(values, questionField(id, "option"), OPTION_LIMIT).map(
      (optionId) => ({
        id: optionId,
        text: textOf(values, optionField(id, optionId)),
        isCorrect: correct.includes(optionId),
      }),
    );
    return { id, kind, prompt, options, correctNumber: "", tolerance: "" };
  });
}

/** A new question with room for two answers, the least a choice needs. */
function emptyQuestion(kind: Question["kind"], newKey: () => string): QuestionForm {
  const option = (): OptionForm => ({ id: newKey(), text: "", isCorrect: false });
  const id = newKey();
  const options = kind === "number" ? [] : [option(), option()];
  return { id, kind, prompt: "", options, correctNumber: "", tolerance: "" };
}

function editOptions(question: QuestionForm, verb: string, target: string): QuestionForm {
  const move = verb.slice("option-".length);
  if (!verb.startsWith("option-") || !isRowMove(move)) return question;
  return { ...question, options: editRow(question.options, target, move) };
}

function addOption(question: QuestionForm, newKey: () => string): QuestionForm {
  if (question.kind === "number" || question.options.length >= OPTION_LIMIT) return question;
  const option = { id: newKey(), text: "", isCorrect: false };
  return { ...question, options: [...question.options, option] };
}

/**
 * The questions after a button was pressed; other buttons and unknown rows change nothing.
 * Verbs: `question-add` (target: the kind), `question-up|down|remove`, `option-add` (target: the
 * question), `option-up|down|remove` (target: `<question>.<option>`).
 * @param newKey a row key that the form does not hold yet, new at each call
 */
export function editQuestions(
  questions: readonly QuestionForm[],
  command: { verb: string; target: string },
  newKey: () => string,
): QuestionForm[] {
  const { verb, target } = command;
  if (verb === "question-add") {
    if (questions.length >= QUESTION_LIMIT || !isKind(target)) return [...questions];
    return [...questions, emptyQuestion(target, newKey)];
  }
  const move = verb.startsWith("question-") ? verb.slice("question-".length) : "";
  if (isRowMove(move)) return editRow(questions, target, move);
  const [questionId, optionId = ""] = target.split(".");
  return questions.map((question) => {
    if (question.id !== questionId) return question;
    return verb === "option-add"
      ? addOption(question, newKey)
      : editOptions(question, verb, optionId);
  });
}
