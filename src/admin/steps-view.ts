import { MOST_LEVELS } from "../tracks/requirement.js";
import { groupBefore } from "./requirement-edit.js";
import {
  fieldsOfSteps,
  modeOf,
  rowKindOf,
  type RowKind,
  stepField,
  type StepForm,
} from "./requirement-form.js";

export type SelectOption = { value: string; label: string };

/** One step as the editor shows it. Values stand apart, by field name. */
export type StepView = {
  id: string;
  kind: RowKind;
  /** Its place in words, e.g. `2.1`; empty for the outermost group. */
  place: string;
  parentId: string;
  names: Record<
    | "kind"
    | "parent"
    | "count"
    | "hours"
    | "exam"
    | "pass"
    | "track"
    | "profession"
    | "asks"
    | "steps",
    string
  >;
  countOptions: SelectOption[];
  mayMoveUp: boolean;
  mayMoveDown: boolean;
  /** Into the group just before it. */
  mayMoveIn: boolean;
  mayMoveOut: boolean;
  mayNest: boolean;
  steps: StepView[];
};

type Place = { parentId: string; path: number[]; siblings: readonly StepForm[] };

/** How much of a group is needed, as one choice; a number that no longer fits stays visible. */
function countOptionsOf(step: StepForm): SelectOption[] {
  const total = step.steps.length;
  const counts = Array.from({ length: total }, (_, index) => String(index + 1));
  const mode = modeOf(step);
  const isOdd = step.kind === "at-least" && !counts.includes(mode);
  const odd = isOdd ? [{ value: mode, label: `at least ${mode} (there are ${total})` }] : [];
  return [
    { value: "", label: "all of them" },
    { value: "order", label: "all of them, the last only after the others" },
    ...counts.map((count) => ({ value: count, label: `at least ${count} of ${total}` })),
    ...odd,
    { value: "hours", label: "at least so many contact hours" },
  ];
}

const namesOf = (id: string): StepView["names"] => ({
  kind: stepField(id, "kind"),
  parent: stepField(id, "in"),
  count: stepField(id, "count"),
  hours: stepField(id, "hours"),
  exam: stepField(id, "exam"),
  pass: stepField(id, "pass"),
  track: stepField(id, "track"),
  profession: stepField(id, "profession"),
  asks: stepField(id, "asks"),
  steps: stepField(id, "steps"),
});

function viewOf(step: StepForm, { parentId, path, siblings }: Place): StepView {
  const index = path.at(-1) ?? 1;
  const { id } = step;
  return {
    id,
    kind: rowKindOf(step),
    place: path.join("."),
    parentId,
    names: namesOf(id),
    countOptions: countOptionsOf(step),
    mayMoveUp: index > 1,
    mayMoveDown: index < siblings.length,
    mayMoveIn: groupBefore(siblings, id, path.length) !== undefined,
    mayMoveOut: path.length > 1,
    mayNest: path.length + 1 < MOST_LEVELS,
    steps: step.steps.map((below, at) =>
      viewOf(below, { parentId: id, path: [...path, at + 1], siblings: step.steps }),
    ),
  };
}

/** The steps editor's model: the tree, and the values of its fields. */
export const stepsView = (root: StepForm) => ({
  root: viewOf(root, { parentId: "", path: [], siblings: [root] }),
  values: fieldsOfSteps(root),
});
