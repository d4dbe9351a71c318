import { z } from "zod";
import { graceDaysOf, kindOf, MOST_GRACE_DAYS, type TrackContent } from "../tracks/track.js";
import type { FormValues } from "../web/forms.js";
import { BADGE_FIELDS, badgeFieldsOf, checkBadge, emptyBadge } from "./badge-form.js";
import {
  checkCompetencies,
  type CompetencyForm,
  competencyFormsOf,
  editCompetencies,
  readCompetencies,
} from "./competency-form.js";
import { contactHoursField, optionalNumber, requiredText } from "./form-fields.js";
import { textOf } from "./form-values.js";
import { checkSteps, type StepChoices } from "./requirement-check.js";
import { editSteps, stepCommandOf } from "./requirement-edit.js";
import { emptyStep, readSteps, type StepForm, stepsOf } from "./requirement-form.js";

/** The plain fields of a track, by the names they have on the page. */
const FIELDS = [
  "kind",
  "name",
  "description",
  "criteriaNarrative",
  "subject",
  "contactHours",
  "developmentPoints",
  "graceDays",
  "issuerId",
  ...BADGE_FIELDS,
] as const;

export type TrackField = (typeof FIELDS)[number];

/** A track's draft as it stands in the form: what was typed, right or wrong. */
export type TrackForm = {
  fields: Record<TrackField, string>;
  competencies: CompetencyForm[];
  steps: StepForm;
};

/** What a new track starts from. */
export function emptyTrackForm(newKey: () => string): TrackForm {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, ""])) as Record<TrackField, string>;
  return {
    fields: {
      ...fields,
      kind: "micro-credential",
      graceDays: String(graceDaysOf({})),
      ...emptyBadge,
    },
    competencies: [],
    steps: emptyStep("group", newKey()),
  };
}

/** Stored content as a form. */
export function trackFormOf(content: TrackContent): TrackForm {
  return {
    fields: {
      kind: kindOf(content),
      name: content.name,
      description: content.description,
      criteriaNarrative: content.criteriaNarrative,
      subject: content.subject,
      contactHours: String(content.contactHours),
      developmentPoints:
        content.developmentPoints === undefined ? "" : String(content.developmentPoints),
      graceDays: String(graceDaysOf(content)),
      issuerId: content.issuerId ?? "",
      ...badgeFieldsOf(content.badge),
    },
    competencies: competencyFormsOf(content.competencies),
    steps: stepsOf(content.requirement),
  };
}

export function readTrackForm(values: FormValues, newKey: () => string): TrackForm {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, textOf(values, name)]));
  return {
    fields: fields as Record<TrackField, string>,
    competencies: readCompetencies(values),
    steps: readSteps(values, newKey),
  };
}

/** The form after one of its buttons was pressed; nothing is checked or saved. */
export function editTrackForm(
  form: TrackForm,
  command: { verb: string; target: string },
  newKey: () => string,
): TrackForm {
  const step = stepCommandOf(command.verb, command.target);
  const isPictureTaken = command.verb === "picture-remove";
  return {
    fields: isPictureTaken ? { ...form.fields, badgePicture: "" } : form.fields,
    competencies: editCompetencies(form.competencies, command, newKey),
    steps: step === undefined ? form.steps : editSteps(form.steps, step, newKey),
  };
}

const FieldsSchema = z.object({
  kind: z.enum(["micro-credential", "certificate"], { error: "Choose what it earns." }),
  name: requiredText("Enter a name.", 200),
  description: requiredText("Say in a sentence or two what this is.", 2000),
  criteriaNarrative: requiredText("Say how it is earned.", 4000),
  subject: requiredText("Enter a subject.", 100),
  contactHours: contactHoursField,
  developmentPoints: optionalNumber("Enter a number from 0 up, or leave it empty.", {
    least: 0,
    most: 100_000,
  }),
  graceDays: optionalNumber(
    `Enter a whole number of days from 0 to ${MOST_GRACE_DAYS}, or leave it empty.`,
    { least: 0, most: MOST_GRACE_DAYS, whole: true },
  ),
  // The organisation's own is the first choice, and then nothing is written.
  issuerId: z.string().transform((id) => (id === "" ? undefined : id)),
});

/** What a form may name. */
export type TrackChoices = StepChoices & { issuerIds: ReadonlySet<string> };

export type TrackFormCheck =
  { kind: "ok"; content: TrackContent } | { kind: "faulty"; faults: Record<string, string> };

function checkFields(
  given: TrackForm["fields"],
  { issuerIds }: TrackChoices,
):
  | { kind: "ok"; fields: Omit<z.output<typeof FieldsSchema>, "issuerId"> & { issuerId?: string } }
  | { kind: "faulty"; faults: Record<string, string> } {
  const parsed = FieldsSchema.safeParse(given);
  const isIssuerKnown = given.issuerId === "" || issuerIds.has(given.issuerId);
  if (parsed.success && isIssuerKnown) {
    const { issuerId, ...plain } = parsed.data;
    return { kind: "ok", fields: issuerId === undefined ? plain : { ...plain, issuerId } };
  }
  const faults: Record<string, string> = {};
  for (const issue of parsed.error?.issues ?? []) faults[issue.path.join(".")] ??= issue.message;
  if (!isIssuerKnown) faults["issuerId"] = "Choose one of these.";
  return { kind: "faulty", faults };
}

/**
 * Turns the form into a draft's content, or names every faulty field with one sentence.
 */
export function checkTrackForm(form: TrackForm, choices: TrackChoices): TrackFormCheck {
  const fields = checkFields(form.fields, choices);
  const badge = checkBadge(form.fields);
  const competencies = checkCompetencies(form.competencies);
  const steps = checkSteps(form.steps, choices);
  if (
    fields.kind === "ok" &&
    badge.kind === "ok" &&
    competencies.kind === "ok" &&
    steps.kind === "ok"
  ) {
    const content = { ...fields.fields, badge: badge.badge };
    const { requirement } = steps;
    return {
      kind: "ok",
      content: { ...content, competencies: competencies.competencies, requirement },
    };
  }
  const faults: Record<string, string> = {};
  for (const part of [fields, badge, competencies, steps])
    if (part.kind === "faulty") Object.assign(faults, part.faults);
  return { kind: "faulty", faults };
}
