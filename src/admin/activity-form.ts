import { z } from "zod";
import {
  type Activity,
  type Criterion,
  mostCriteria,
  type WorkKind,
} from "../activities/activity.js";
import type { ActivityContent } from "../activities/save-activity.js";
import { newId } from "../stored-record.js";
import type { FormValues } from "../web/forms.js";
import { requiredText } from "./form-fields.js";

export const workKinds: { value: WorkKind; label: string }[] = [
  { value: "text", label: "A text" },
  { value: "link", label: "A link" },
  { value: "file", label: "Files" },
];

const lines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim().slice(0, 500))
    .filter((line) => line !== "");

const asList = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : [value].flat();

/** An activity as its form posts it; criteria without any text are left out. */
export const ActivityFormSchema = z
  .looseObject({
    title: requiredText("Enter a title, for example Teaching portfolio.", 200),
    instructions: requiredText("Say what the learner is to do.", 10_000),
    accepts: z.union([z.string(), z.array(z.string())]).optional(),
    assessors: z.string().max(5000).default(""),
  })
  .transform(({ title, instructions, accepts, assessors, ...fields }) => ({
    ...{ title, instructions },
    accepts: workKinds.flatMap(({ value }) => (asList(accepts).includes(value) ? [value] : [])),
    assessorEmails: lines(assessors),
    rubric: rubricIn(fields),
  }));

function rubricIn(fields: Record<string, unknown>): Criterion[] {
  const textOf = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" ? value : "";
  };
  return Array.from({ length: mostCriteria }, (_, index): Criterion => {
    const level = (isEnough: boolean) => (text: string) => ({ id: newId(), text, isEnough });
    return {
      id: newId(),
      title: textOf(`title-${index}`).trim().slice(0, 200),
      levels: [
        ...lines(textOf(`not-yet-${index}`)).map(level(false)),
        ...lines(textOf(`enough-${index}`)).map(level(true)),
      ],
    };
  }).filter(({ title, levels }) => title !== "" || levels.length > 0);
}

/** What was known keeps its ids, so that earlier assessments keep their meaning. */
export const keepIds = (rubric: readonly Criterion[], known: readonly Criterion[]): Criterion[] =>
  rubric.map((criterion) => {
    const before = known.find(({ title }) => title === criterion.title);
    if (before === undefined) return criterion;
    const levels = criterion.levels.map(
      (level) => before.levels.find(({ text }) => text === level.text) ?? level,
    );
    return {
      ...criterion,
      id: before.id,
      levels: levels.map(({ id, text }, index) => ({
        ...{ id, text, isEnough: criterion.levels[index]?.isEnough ?? false },
      })),
    };
  });

export function activityValuesOf(
  content: Pick<ActivityContent, "title"> & Activity,
  assessorEmails: readonly string[],
): FormValues {
  const values: FormValues = {
    title: content.title,
    instructions: content.instructions,
    accepts: content.accepts,
    assessors: assessorEmails.join("\n"),
  };
  for (const [index, { title, levels }] of content.rubric.entries()) {
    const textOf = (isEnough: boolean) =>
      levels.flatMap((level) => (level.isEnough === isEnough ? [level.text] : [])).join("\n");
    Object.assign(values, {
      [`title-${index}`]: title,
      [`not-yet-${index}`]: textOf(false),
      [`enough-${index}`]: textOf(true),
    });
  }
  return values;
}

/** How many criteria the form shows: those that are filled in, and one or two more. */
export const shownCriteria = (values: FormValues): number => {
  const filled = Array.from({ length: mostCriteria }, (_, index) => index).filter((index) =>
    ["title", "not-yet", "enough"].some((name) => (values[`${name}-${index}`] ?? "") !== ""),
  );
  return Math.min(mostCriteria, (filled.at(-1) ?? -1) + 3);
};
