import { MOST_LEVELS } from "../tracks/requirement.js";
import { fieldsOfSteps, stepField, type StepForm } from "./requirement-form.js";

export type SelectOption = { value: string; label: string };

/** One step as the editor shows it. Values stand apart, by field name. */
export type StepView = {
  id: string;
  kind: "group" | "exam";
  /** Its place in words, e.g. `2.1`; empty for the outermost group. */
  place: string;
  parentId: string;
  names: { kind: string; parent: string; count: string; exam: string; pass: string; steps: string };
  countOptions: SelectOption[];
  mayMoveUp: boolean;
  mayMoveDown: boolean;
  mayNest: boolean;
  steps: StepView[];
};

type Place = { parentId: string; path: number[]; siblings: number };

/** `all of` and `at least n of`, as one choice; a number that no longer fits stays visible. */
function countOptionsOf(step: StepForm): SelectOption[] {
  const total = step.steps.length;
  const counts = Array.from({ length: total }, (_, index) => String(index + 1));
  const odd = step.count !== "" && !counts.includes(step.count) ? [step.count] : [];
  return [
    { value: "", label: "all of them" },
    ...counts.map((count) => ({ value: count, label: `at least ${count} of ${total}` })),
    ...odd.map((count) => ({ value: count, label: `at least ${count} (there are ${total})` })),
  ];
}

function viewOf(step: StepForm, { parentId, path, siblings }: Place): StepView {
  const index = path.at(-1) ?? 1;
  const { id } = step;
  return {
    id,
    kind: step.kind === "exam-passed" ? "exam" : "group",
    place: path.join("."),
    parentId,
    names: {
      kind: stepField(id, "kind"),
      parent: stepField(id, "in"),
      count: stepField(id, "count"),
      exam: stepField(id, "exam"),
      pass: stepField(id, "pass"),
      steps: stepField(id, "steps"),
    },
    countOptions: countOptionsOf(step),
    mayMoveUp: index > 1,
    mayMoveDown: index < siblings,
    mayNest: path.length + 1 < MOST_LEVELS,
    steps: step.steps.map((below, at) =>
      viewOf(below, { parentId: id, path: [...path, at + 1], siblings: step.steps.length }),
    ),
  };
}

/** The steps editor's model: the tree, and the values of its fields. */
export const stepsView = (root: StepForm) => ({
  root: viewOf(root, { parentId: "", path: [], siblings: 1 }),
  values: fieldsOfSteps(root),
});
