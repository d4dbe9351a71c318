import { MOST_LEVELS, MOST_STEPS, type Requirement } from "../tracks/requirement.js";
import type { FormValues } from "../web/forms.js";
import { rowKeysOf, textOf } from "./form-values.js";

/** A step of a track as it stands in the form: what was typed, right or wrong. */
export type StepForm = {
  id: string;
  kind: Requirement["kind"];
  /** Only of `at-least`: how many of the steps below. */
  count: string;
  /** Only of `exam-passed`. */
  examId: string;
  /** Only of `exam-passed`: a pass mark of its own; empty takes the exam's. */
  passMark: string;
  /** Empty for `exam-passed`. */
  steps: StepForm[];
};

/** The names of a step's fields, and of its faults. */
export const stepField = (
  id: string,
  part: "kind" | "in" | "count" | "exam" | "pass" | "steps",
): string => `step-${id}-${part}`;

const leaf = { count: "", examId: "", passMark: "" };

export const emptyGroup = (id: string): StepForm => ({ id, kind: "all-of", ...leaf, steps: [] });

export const emptyExamStep = (id: string): StepForm => ({
  id,
  kind: "exam-passed",
  ...leaf,
  steps: [],
});

function stepOf(node: Requirement): StepForm {
  switch (node.kind) {
    case "all-of":
      return { ...emptyGroup(node.id), steps: node.of.map(stepOf) };
    case "at-least":
      return {
        ...emptyGroup(node.id),
        kind: "at-least",
        count: String(node.count),
        steps: node.of.map(stepOf),
      };
    case "exam-passed":
      return {
        ...emptyExamStep(node.id),
        examId: node.examId,
        passMark: node.passMarkPercent === undefined ? "" : String(node.passMarkPercent),
      };
  }
}

/** A stored tree as a form. The editor's root is always a group, so a lone exam is put in one. */
export function stepsOf(requirement: Requirement): StepForm {
  const root = stepOf(requirement);
  if (root.kind !== "exam-passed") return root;
  return { ...emptyGroup(`${root.id}-all`), steps: [root] };
}

/** The fields that the page carries for a tree of steps, in the order of the page. */
export function fieldsOfSteps(root: StepForm): FormValues {
  const ids: string[] = [];
  const fields: FormValues = {};
  const visit = (step: StepForm, parentId: string): void => {
    ids.push(step.id);
    fields[stepField(step.id, "in")] = parentId;
    fields[stepField(step.id, "kind")] = step.kind === "exam-passed" ? "exam" : "group";
    if (step.kind === "exam-passed") {
      fields[stepField(step.id, "exam")] = step.examId;
      fields[stepField(step.id, "pass")] = step.passMark;
    } else {
      fields[stepField(step.id, "count")] = step.kind === "at-least" ? step.count : "";
    }
    step.steps.forEach((below) => {
      visit(below, step.id);
    });
  };
  visit(root, "");
  return { step: ids, ...fields };
}

function readStep(values: FormValues, id: string): StepForm {
  if (textOf(values, stepField(id, "kind")) === "exam") {
    const examId = textOf(values, stepField(id, "exam"));
    return { ...emptyExamStep(id), examId, passMark: textOf(values, stepField(id, "pass")) };
  }
  // One choice on the page says both: all of the steps (empty), or at least so many.
  const count = textOf(values, stepField(id, "count"));
  return { ...emptyGroup(id), kind: count === "" ? "all-of" : "at-least", count };
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
  if (first === undefined) return emptyGroup(newStepId());
  const root =
    first.kind === "exam-passed" ? { ...emptyGroup(newStepId()), steps: [first] } : first;
  const groups = new Map([[root.id, { group: root, depth: 1 }]]);
  for (const step of steps) {
    const parent = groups.get(textOf(values, stepField(step.id, "in"))) ?? {
      group: root,
      depth: 1,
    };
    parent.group.steps.push(step);
    if (step.kind !== "exam-passed" && parent.depth < MOST_LEVELS) {
      groups.set(step.id, { group: step, depth: parent.depth + 1 });
    }
  }
  return root;
}
