import { areContactHours, contactHoursFault } from "../courses/course.js";
import type { Exam } from "../courses/exam.js";
import type { Requirement, RequirementGroup, RequirementLeaf } from "../tracks/requirement.js";
import { numberOf } from "./form-values.js";
import { rowKindOf, type StepForm, stepField } from "./requirement-form.js";

export type StepsCheck =
  | { kind: "ok"; requirement: Requirement }
  /** One sentence for each faulty field, by the field's name. */
  | { kind: "faulty"; faults: Record<string, string> };

/** What the steps may ask for: whatever else a form names was never offered. */
export type StepChoices = {
  exams: ReadonlyMap<string, Exam["kind"]>;
  trackIds: ReadonlySet<string>;
  professionIds: ReadonlySet<string>;
};

type Faults = Record<string, string>;

function checkPassMark(step: StepForm, faults: Faults): number | undefined {
  if (step.passMark.trim() === "") return undefined;
  const percent = numberOf(step.passMark);
  if (percent !== undefined && percent >= 0 && percent <= 100) return percent;
  faults[stepField(step.id, "pass")] = "Enter a percentage from 0 to 100, or leave it empty.";
  return undefined;
}

function checkExam(step: StepForm, choices: StepChoices, faults: Faults): RequirementLeaf {
  const { id, examId } = step;
  const kind = choices.exams.get(examId);
  if (kind === undefined) {
    faults[stepField(id, "exam")] = "Choose the exam that must be passed.";
  }
  if (kind === "activity") {
    if (step.passMark.trim() !== "")
      faults[stepField(id, "pass")] = "An activity is accepted or not: leave the pass mark empty.";
    return { id, kind: "activity-completed", examId };
  }
  const passMarkPercent = checkPassMark(step, faults);
  return {
    ...{ id, kind: "exam-passed", examId },
    ...(passMarkPercent === undefined ? {} : { passMarkPercent }),
  };
}

function checkAward(step: StepForm, choices: StepChoices, faults: Faults): RequirementLeaf {
  const { id, trackId } = step;
  if (!choices.trackIds.has(trackId))
    faults[stepField(id, "track")] = "Choose the micro-credential that must be held.";
  return { id, kind: "micro-credential-held", trackId };
}

function checkEligibility(step: StepForm, choices: StepChoices, faults: Faults): RequirementLeaf {
  const { id, professionId } = step;
  if (!choices.professionIds.has(professionId))
    faults[stepField(id, "profession")] = "Choose the profession.";
  const asks = step.asks === "licence" ? "licence" : "student-or-practitioner";
  return { id, kind: "eligibility", professionId, asks };
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

function checkHours(step: StepForm, faults: Faults): number {
  const hours = numberOf(step.hours);
  if (hours !== undefined && areContactHours(hours)) return hours;
  faults[stepField(step.id, "hours")] = contactHoursFault;
  return 1;
}

/** Twice the same exam or award in one group would count one pass as two steps. */
function checkRepeats(group: StepForm, faults: Faults): void {
  const seen = new Set<string>();
  for (const step of group.steps) {
    const named = step.examId + step.trackId;
    if (named === "") continue;
    if (seen.has(named)) {
      const part = step.examId === "" ? "track" : "exam";
      const what = step.examId === "" ? "micro-credential" : "exam";
      faults[stepField(step.id, part)] ??= `This ${what} is in this group already.`;
    }
    seen.add(named);
  }
}

function toGroup(step: StepForm, of: Requirement[], faults: Faults): RequirementGroup {
  const { id } = step;
  switch (step.kind) {
    case "at-least":
      return { id, kind: "at-least", count: checkCount(step, faults), of };
    case "at-least-hours":
      return { id, kind: "at-least-hours", hours: checkHours(step, faults), of };
    case "in-order":
      return { id, kind: "in-order", of };
    default:
      return { id, kind: "all-of", of };
  }
}

/**
 * Turns the form's tree into the tree that is stored, or names every field that stands in the way.
 */
export function checkSteps(root: StepForm, choices: StepChoices): StepsCheck {
  const faults: Faults = {};
  const check = (step: StepForm): Requirement => {
    switch (rowKindOf(step)) {
      case "exam":
        return checkExam(step, choices, faults);
      case "award":
        return checkAward(step, choices, faults);
      case "eligibility":
        return checkEligibility(step, choices, faults);
      case "group":
        return checkGroup(step);
    }
  };
  const checkGroup = (step: StepForm): Requirement => {
    if (step.steps.length === 0) {
      faults[stepField(step.id, "steps")] =
        step === root
          ? "Add at least one exam that must be passed."
          : "Add a step to this group, or remove the group.";
    }
    const of = step.steps.map(check);
    checkRepeats(step, faults);
    return toGroup(step, of, faults);
  };
  const requirement = check(root);
  return Object.keys(faults).length === 0
    ? { kind: "ok", requirement }
    : { kind: "faulty", faults };
}
