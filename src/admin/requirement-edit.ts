import { editRow, isRowMove, type RowMove } from "./list-edit.js";
import { MOST_LEVELS, MOST_STEPS } from "../tracks/requirement.js";
import { emptyExamStep, emptyGroup, type StepForm } from "./requirement-form.js";

/** What the buttons of the steps editor ask for. `stepId` is the row, or the group to add to. */
export type StepCommand = {
  verb: "add-exam" | "add-group" | RowMove;
  stepId: string;
};

/** A pressed button as a command; undefined when the button belongs to something else. */
export function stepCommandOf(verb: string, stepId: string): StepCommand | undefined {
  const plain = verb.startsWith("step-") ? verb.slice("step-".length) : "";
  if (plain === "add-exam" || plain === "add-group" || isRowMove(plain)) {
    return { verb: plain, stepId };
  }
  return undefined;
}

const countSteps = (step: StepForm): number =>
  1 + step.steps.reduce((sum, below) => sum + countSteps(below), 0);

type Change = { command: StepCommand; added: StepForm | undefined };

function changeGroup(group: StepForm, change: Change, depth: number): StepForm {
  const { command, added } = change;
  if (command.verb === "add-exam" || command.verb === "add-group") {
    const fits = command.verb === "add-exam" || depth < MOST_LEVELS;
    if (
      group.id === command.stepId &&
      group.kind !== "exam-passed" &&
      added !== undefined &&
      fits
    ) {
      return { ...group, steps: [...group.steps, added] };
    }
  } else if (group.steps.some((step) => step.id === command.stepId)) {
    return { ...group, steps: editRow(group.steps, command.stepId, command.verb) };
  }
  return { ...group, steps: group.steps.map((step) => changeGroup(step, change, depth + 1)) };
}

/**
 * The tree after a button was pressed. Commands that make no sense (an unknown step, a full tree,
 * the first step up) change nothing; the outermost group cannot be moved or removed.
 * @param newStepId an id that the tree does not hold yet
 */
export function editSteps(root: StepForm, command: StepCommand, newStepId: () => string): StepForm {
  const isFull = countSteps(root) >= MOST_STEPS;
  const isAddition = command.verb === "add-exam" || command.verb === "add-group";
  if (isAddition && isFull) return root;
  const added = !isAddition
    ? undefined
    : command.verb === "add-exam"
      ? emptyExamStep(newStepId())
      : emptyGroup(newStepId());
  return changeGroup(root, { command, added }, 1);
}
