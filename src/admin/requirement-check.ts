import type { Requirement } from "../tracks/requirement.js";
import { numberOf } from "./form-values.js";
import { type StepForm, stepField } from "./requirement-form.js";

export type StepsCheck =
  | { kind: "ok"; requirement: Requirement }
  /** One sentence for each faulty field, by the field's name. */
  | { kind: "faulty"; faults: Record<string, string> };

type Faults = Record<string, string>;

function checkPassMark(step: StepForm, faults: Faults): number | undefined {
  if (step.passMark.trim() === "") return undefined;
  const percent = numberOf(step.passMark);
  if (percent !== undefined && percent >= 0 && percent <= 100) return percent;
  faults[stepField(step.id, "pass")] = "Enter a percentage from 0 to 100, or leave it empty.";
  return undefined;
}

function checkExam(
  step: StepForm,
  examIds: ReadonlySet<string>,
  faults: Faults,
): Requirement & { kind: "exam-passed" } {
  if (!examIds.has(step.examId)) {
    faults[stepField(step.id, "exam")] = "Choose the exam that must be passed.";
  }
  const passMarkPercent = checkPassMark(step, faults);
  return {
    id: step.id,
    kind: "exam-passed",
    examId: step.examId,
    ...(passMarkPercent === undefined ? {} : { passMarkPercent }),
  };
}

function checkCount(step: StepForm, faults: Faults): number {
  const count = numberOf(step.count);
  const most = step.steps.length;
  if (count !== undefined && Number.isInteger(count) && count >= 1 && count <= most) return count;
  faults[stepField(step.id, "count")] =
    most < 2
      ? "Add the steps to choose from, then say how many are needed."
      : `Enter a whole number from 1 to ${most}.`;
  return 1;
}

/** Twice the same exam in one group would count one pass as two steps. */
function checkRepeats(group: StepForm, faults: Faults): void {
  const seen = new Set<string>();
  for (const step of group.steps) {
    if (step.kind !== "exam-passed" || step.examId === "") continue;
    if (seen.has(step.examId)) {
      faults[stepField(step.id, "exam")] ??= "This exam is in this group already.";
    }
    seen.add(step.examId);
  }
}

/**
 * Turns the form's tree into the tree that is stored, or names every field that stands in the way.
 * @param examIds the organisation's exams; a step may ask for no other
 */
export function checkSteps(root: StepForm, examIds: ReadonlySet<string>): StepsCheck {
  const faults: Faults = {};
  const check = (step: StepForm): Requirement => {
    if (step.kind === "exam-passed") return checkExam(step, examIds, faults);
    if (step.steps.length === 0) {
      faults[stepField(step.id, "steps")] =
        step === root
          ? "Add at least one exam that must be passed."
          : "Add a step to this group, or remove the group.";
    }
    const of = step.steps.map(check);
    checkRepeats(step, faults);
    return step.kind === "all-of"
      ? { id: step.id, kind: "all-of", of }
      : { id: step.id, kind: "at-least", count: checkCount(step, faults), of };
  };
  const requirement = check(root);
  return Object.keys(faults).length === 0
    ? { kind: "ok", requirement }
    : { kind: "faulty", faults };
}
