import { z } from "zod";
import {
  type BadgeDesign,
  graceDaysOf,
  kindOf,
  MOST_GRACE_DAYS,
  type TrackContent,
} from "../tracks/track.js";
import type { FormValues } from "../web/forms.js";
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
  "badgeShape",
  "badgeColour",
  "badgeInitials",
] as const;

export type TrackField = (typeof FIELDS)[number];

/** A track's draft as it stands in the form: what was typed, right or wrong. */
export type TrackForm = {
  fields: Record<TrackField, string>;
  competencies: CompetencyForm[];
  steps: StepForm;
};

const FIRST_COLOUR = "#1d5b8f";

/** What a new track starts from. */
export function emptyTrackForm(newKey: () => string): TrackForm {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, ""])) as Record<TrackField, string>;
  return {
    fields: {
      ...fields,
      kind: "micro-credential",
      graceDays: String(graceDaysOf({})),
      badgeShape: "hexagon",
      badgeColour: FIRST_COLOUR,
    },
    competencies: [],
    steps: emptyStep("group", newKey()),
  };
}

/** Stored content as a form. */
export function trackFormOf(content: TrackContent): TrackForm {
  const { badge } = content;
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
      badgeShape: badge.shape,
      badgeColour: badge.colour,
      badgeInitials: badge.initials,
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
  return {
    fields: form.fields,
    competencies: editCompetencies(form.competencies, command, newKey),
    steps: step === undefined ? form.steps : editSteps(form.steps, step, newKey),
  };
}

const badgeFields = {
  shape: z.enum(["hexagon", "circle", "shield"], { error: "Choose a shape." }),
  colour: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^#[0-9a-f]{6}$/, "Choose a colour: # and six digits or letters a to f."),
  initials: z
    .string()
    .trim()
    .min(1, "Enter one to four characters.")
    .refine((text) => Array.from(text).length <= 4, "Use at most four characters."),
};

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
  badgeShape: badgeFields.shape,
  badgeColour: badgeFields.colour,
  badgeInitials: badgeFields.initials,
});

const BadgeSchema = z.object(badgeFields);

/** The badge that the fields describe, for a preview; undefined while they describe none. */
export function badgeOf(
  fields: Record<"shape" | "colour" | "initials", string>,
): BadgeDesign | undefined {
  return BadgeSchema.safeParse(fields).data;
}

export type TrackFormCheck =
  { kind: "ok"; content: TrackContent } | { kind: "faulty"; faults: Record<string, string> };

/**
 * Turns the form into a draft's content, or names every faulty field with one sentence.
 */
export function checkTrackForm(form: TrackForm, choices: StepChoices): TrackFormCheck {
  const fields = FieldsSchema.safeParse(form.fields);
  const competencies = checkCompetencies(form.competencies);
  const steps = checkSteps(form.steps, choices);
  if (fields.success && competencies.kind === "ok" && steps.kind === "ok") {
    const { badgeShape, badgeColour, badgeInitials, ...plain } = fields.data;
    const badge = { shape: badgeShape, colour: badgeColour, initials: badgeInitials };
    const content = { ...plain, badge, competencies: competencies.competencies };
    return { kind: "ok", content: { ...content, requirement: steps.requirement } };
  }
  const faults: Record<string, string> = {};
  for (const issue of fields.error?.issues ?? []) faults[issue.path.join(".")] ??= issue.message;
  if (competencies.kind === "faulty") Object.assign(faults, competencies.faults);
  if (steps.kind === "faulty") Object.assign(faults, steps.faults);
  return { kind: "faulty", faults };
}
