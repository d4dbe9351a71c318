import { competencyField, type CompetencyForm } from "./competency-form.js";
import { rowKindOf, type RowKind, stepField, type StepForm } from "./requirement-form.js";
import type { TrackForm } from "./track-form.js";

type Faults = Record<string, string>;

const badgeFields: Record<string, string> = {
  "badge.shape": "badgeShape",
  "badge.colour": "badgeColour",
  "badge.initials": "badgeInitials",
  "badge.textColour": "badgeInk",
};

/** Where a step's fault is shown. */
const faultyParts: Record<RowKind, Parameters<typeof stepField>[1]> = {
  group: "steps",
  exam: "exam",
  award: "track",
  eligibility: "profession",
};

function findStep(step: StepForm, id: string): StepForm | undefined {
  if (step.id === id) return step;
  for (const below of step.steps) {
    const match = findStep(below, id);
    if (match !== undefined) return match;
  }
  return undefined;
}

function stepFieldOf(root: StepForm, id: string): string {
  const step = findStep(root, id);
  if (step === undefined) return "";
  return stepField(id, faultyParts[rowKindOf(step)]);
}

function competencyFieldOf(competencies: readonly CompetencyForm[], index: number): string {
  const competency = competencies[index];
  return competency === undefined ? "" : competencyField(competency.id, "name");
}

function fieldOf(form: TrackForm, name: string): string {
  const [head = "", tail = ""] = name.split(".");
  if (head === "requirement") return stepFieldOf(form.steps, tail);
  if (head === "competencies") return competencyFieldOf(form.competencies, Number(tail));
  if (head === "badge") return badgeFields[name] ?? "";
  return Object.hasOwn(form.fields, head) ? head : "";
}

/**
 * The faults that writing or publishing found, by the names of the page's fields; what stands
 * beside no field is said at the top (the empty name).
 */
export function faultsOnPage(form: TrackForm, faults: Faults): Faults {
  const onPage: Faults = {};
  for (const [name, sentence] of Object.entries(faults)) onPage[fieldOf(form, name)] ??= sentence;
  return onPage;
}
