import { editRow, isRowMove, type RowMove } from "./list-edit.js";
import { MOST_LEVELS, MOST_STEPS } from "../tracks/requirement.js";
import { emptyStep, rowKindOf, type RowKind, type StepForm } from "./requirement-form.js";

/** What is added by which button. */
const additions = {
  "add-exam": "exam",
  "add-award": "award",
  "add-eligibility": "eligibility",
  "add-group": "group",
} as const satisfies Record<string, RowKind>;

type Addition = keyof typeof additions;

/** Into the group just before the step, or out of its group to the place after that. */
type Nesting = "in" | "out";

/** What the buttons of the steps editor ask for. `stepId` is the row, or the group to add to. */
export type StepCommand = {
  verb: Addition | Nesting | RowMove;
  stepId: string;
};

const isAddition = (verb: string): verb is Addition => Object.hasOwn(additions, verb);
const isNesting = (verb: string): verb is Nesting => verb === "in" || verb === "out";

/** A pressed button as a command; undefined when the button belongs to something else. */
export function stepCommandOf(verb: string, stepId: string): StepCommand | undefined {
  const plain = verb.startsWith("step-") ? verb.slice("step-".length) : "";
  if (isAddition(plain) || isNesting(plain) || isRowMove(plain)) return { verb: plain, stepId };
  return undefined;
}

const isGroup = (step: StepForm): boolean => rowKindOf(step) === "group";

const countSteps = (step: StepForm): number =>
  1 + step.steps.reduce((sum, below) => sum + countSteps(below), 0);

/** Levels of groups, this one included. */
const levelsOf = (step: StepForm): number =>
  isGroup(step) ? 1 + Math.max(0, ...step.steps.map(levelsOf)) : 0;

/** A change of one group's list of steps; the same list where it changes nothing. */
type Change = (group: StepForm, depth: number) => StepForm[];

function change(group: StepForm, by: Change, depth = 1): StepForm {
  const steps = by(group, depth).map((step) =>
    isGroup(step) ? change(step, by, depth + 1) : step,
  );
  return { ...group, steps };
}

const add =
  (groupId: string, added: StepForm): Change =>
  ({ id, steps }, depth) =>
    id === groupId && (!isGroup(added) || depth < MOST_LEVELS) ? [...steps, added] : steps;

/** The step before, when that is a group that has room for it. */
export function groupBefore(steps: readonly StepForm[], stepId: string, depth: number) {
  const index = steps.findIndex(({ id }) => id === stepId);
  const [before, step] = [steps[index - 1], steps[index]];
  if (before === undefined || step === undefined || !isGroup(before)) return undefined;
  return depth + 1 + levelsOf(step) <= MOST_LEVELS ? { before, step } : undefined;
}

const moveIn =
  (stepId: string): Change =>
  ({ steps }, depth) => {
    const found = groupBefore(steps, stepId, depth);
    if (found === undefined) return steps;
    const { before, step } = found;
    return steps
      .filter((one) => one !== step)
      .map((one) => (one === before ? { ...before, steps: [...before.steps, step] } : one));
  };

const moveOut =
  (stepId: string): Change =>
  ({ steps }) =>
    steps.flatMap((group) => {
      const step = group.steps.find(({ id }) => id === stepId);
      if (step === undefined) return [group];
      return [{ ...group, steps: group.steps.filter((one) => one !== step) }, step];
    });

const move =
  (stepId: string, by: RowMove): Change =>
  ({ steps }) =>
    steps.some(({ id }) => id === stepId) ? editRow(steps, stepId, by) : steps;

/**
 * The tree after a button was pressed. Commands that make no sense (an unknown step, a full tree,
 * the first step up) change nothing; the outermost group cannot be moved or removed.
 * @param newStepId an id that the tree does not hold yet
 */
export function editSteps(root: StepForm, command: StepCommand, newStepId: () => string): StepForm {
  const { verb, stepId } = command;
  if (isAddition(verb)) {
    if (countSteps(root) >= MOST_STEPS) return root;
    return change(root, add(stepId, emptyStep(additions[verb], newStepId())));
  }
  if (verb === "in") return change(root, moveIn(stepId));
  if (verb === "out") return change(root, moveOut(stepId));
  return change(root, move(stepId, verb));
}
