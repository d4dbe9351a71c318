import {
  isGroup,
  MOST_LEVELS,
  MOST_STEPS,
  type Requirement,
  type RequirementGroup,
} from "../tracks/requirement.js";
import type { FormValues } from "../web/forms.js";
import { rowKeysOf, textOf } from "./form-values.js";

/** A step of a track as it stands in the form: what was typed, right or wrong. */
export type StepForm = {
  id: string;
  /** An activity is chosen where exams are, so it is an `exam-passed` here. */
  kind: Exclude<Requirement["kind"], "activity-completed">;
  /** Only of `at-least`: how many of the steps below. */
  count: string;
  /** Only of `at-least-hours`. */
  hours: string;
  /** Only of `exam-passed`. */
  examId: string;
  /** Only of `exam-passed`: a pass mark of its own; empty takes the exam's. */
  passMark: string;
  /** Only of `micro-credential-held`. */
  trackId: string;
  /** Only of `eligibility`. */
  professionId: string;
  /** Only of `eligibility`. */
  asks: string;
  /** Empty unless a group. */
  steps: StepForm[];
};

type Part =
  "kind" | "in" | "count" | "hours" | "exam" | "pass" | "track" | "profession" | "asks" | "steps";

/** The names of a step's fields, and of its faults. */
export const stepField = (id: string, part: Part): string => `step-${id}-${part}`;

/** What a step's row is, as its hidden field says it. */
export type RowKind = "group" | "exam" | "award" | "eligibility";

const nothing = {
  ...{ count: "", hours: "", examId: "", passMark: "" },
  ...{ trackId: "", professionId: "", asks: "" },
};

const emptySteps: Record<RowKind, (id: string) => StepForm> = {
  group: (id) => ({ id, kind: "all-of", ...nothing, steps: [] }),
  exam: (id) => ({ id, kind: "exam-passed", ...nothing, steps: [] }),
  award: (id) => ({ id, kind: "micro-credential-held", ...nothing, steps: [] }),
  eligibility: (id) => ({ id, kind: "eligibility", ...nothing, steps: [] }),
};

export const emptyStep = (kind: RowKind, id: string): StepForm => emptySteps[kind](id);

const rowKinds: Record<StepForm["kind"], RowKind> = {
  "all-of": "group",
  "at-least": "group",
  "at-least-hours": "group",
  "in-order": "group",
  "exam-passed": "exam",
  "micro-credential-held": "award",
  eligibility: "eligibility",
};

export const rowKindOf = ({ kind }: Pick<StepForm, "kind">): RowKind => rowKinds[kind];

function groupOf(group: RequirementGroup): StepForm {
  const { id, kind } = group;
  return {
    ...{ id, kind, ...nothing },
    count: kind === "at-least" ? String(group.count) : "",
    hours: kind === "at-least-hours" ? String(group.hours) : "",
    steps: group.of.map(stepOf),
  };
}

function stepOf(node: Requirement): StepForm {
  if (isGroup(node)) return groupOf(node);
  const { id } = node;
  switch (node.kind) {
    case "exam-passed": {
      const passMark = node.passMarkPercent === undefined ? "" : String(node.passMarkPercent);
      return { ...emptyStep("exam", id), examId: node.examId, passMark };
    }
    case "activity-completed":
      return { ...emptyStep("exam", id), examId: node.examId };
    case "micro-credential-held":
      return { ...emptyStep("award", id), trackId: node.trackId };
    case "eligibility": {
      const { professionId, asks } = node;
      return { ...emptyStep("eligibility", id), professionId, asks };
    }
  }
}

/** A stored tree as a form. The editor's root is always a group, so a lone step is put in one. */
export function stepsOf(requirement: Requirement): StepForm {
  const root = stepOf(requirement);
  if (rowKindOf(root) === "group") return root;
  return { ...emptyStep("group", `${root.id}-all`), steps: [root] };
}

/** The choices of a group that are no number, as the page's one field says them. */
const modes: Partial<Record<StepForm["kind"], string>> = {
  "in-order": "order",
  "at-least-hours": "hours",
};

/** The one choice on the page that says how much of a group is needed. */
export const modeOf = (group: StepForm): string =>
  modes[group.kind] ?? (group.kind === "at-least" ? group.count : "");

function ownFields(step: StepForm): FormValues {
  const { id } = step;
  switch (rowKindOf(step)) {
    case "group":
      return { [stepField(id, "count")]: modeOf(step), [stepField(id, "hours")]: step.hours };
    case "exam":
      return { [stepField(id, "exam")]: step.examId, [stepField(id, "pass")]: step.passMark };
    case "award":
      return { [stepField(id, "track")]: step.trackId };
    case "eligibility":
      return {
        [stepField(id, "profession")]: step.professionId,
        [stepField(id, "asks")]: step.asks,
      };
  }
}

/** The fields that the page carries for a tree of steps, in the order of the page. */
export function fieldsOfSteps(root: StepForm): FormValues {
  const ids: string[] = [];
  const fields: FormValues = {};
  const visit = (step: StepForm, parentId: string): void => {
    ids.push(step.id);
    fields[stepField(step.id, "in")] = parentId;
    fields[stepField(step.id, "kind")] = rowKindOf(step);
    Object.assign(fields, ownFields(step));
    step.steps.forEach((below) => {
      visit(below, step.id);
    });
  };
  visit(root, "");
  return { step: ids, ...fields };
}

function readGroup(values: FormValues, id: string): StepForm {
  const mode = textOf(values, stepField(id, "count"));
  const hours = textOf(values, stepField(id, "hours"));
  const group = { ...emptyStep("group", id), hours };
  if (mode === "order") return { ...group, kind: "in-order" };
  if (mode === "hours") return { ...group, kind: "at-least-hours" };
  return { ...group, kind: mode === "" ? "all-of" : "at-least", count: mode };
}

function readStep(values: FormValues, id: string): StepForm {
  const text = (part: Part): string => textOf(values, stepField(id, part));
  switch (text("kind")) {
    case "exam":
      return { ...emptyStep("exam", id), examId: text("exam"), passMark: text("pass") };
    case "award":
      return { ...emptyStep("award", id), trackId: text("track") };
    case "eligibility":
      return {
        ...emptyStep("eligibility", id),
        professionId: text("profession"),
        asks: text("asks"),
      };
    default:
      return readGroup(values, id);
  }
}

/**
 * Reads the tree out of posted fields. Rows come in the order of the page and name the group they
 * are in; a group counts only when it came earlier, so no form can make a ring. What names no
 * such group goes into the outermost one.
 * @param newStepId for the outermost group when the form has none
 */
export function readSteps(values: FormValues, newStepId: () => string): StepForm {
  const steps = rowKeysOf(values, "step", MOST_STEPS).map((id) => readStep(values, id));
  const first = steps.shift();
  if (first === undefined) return emptyStep("group", newStepId());
  const root =
    rowKindOf(first) === "group" ? first : { ...emptyStep("group", newStepId()), steps: [first] };
  const groups = new Map([[root.id, { group: root, depth: 1 }]]);
  for (const step of steps) {
    const parent = groups.get(textOf(values, stepField(step.id, "in"))) ?? {
      group: root,
      depth: 1,
    };
    parent.group.steps.push(step);
    if (rowKindOf(step) === "group" && parent.depth < MOST_LEVELS) {
      groups.set(step.id, { group: step, depth: parent.depth + 1 });
    }
  }
  return root;
}
