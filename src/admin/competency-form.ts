import { z } from "zod";
import type { Competency } from "../tracks/track.js";
import type { FormValues } from "../web/forms.js";
import { optionalText, requiredText } from "./form-fields.js";
import { rowKeysOf, textOf } from "./form-values.js";
import { editRow, isRowMove } from "./list-edit.js";

/** A competency as it stands in the form. */
export type CompetencyForm = {
  id: string;
  name: string;
  description: string;
  frameworkName: string;
  frameworkUrl: string;
};

const COMPETENCY_LIMIT = 30;

type Part = "name" | "description" | "frameworkName" | "frameworkUrl";

/** The names of a competency's fields, and of its faults. */
export const competencyField = (id: string, part: Part): string => `competency-${id}-${part}`;

/** Stored competencies as a form; the rows get keys by their place. */
export const competencyFormsOf = (competencies: readonly Competency[]): CompetencyForm[] =>
  competencies.map((competency, index) => ({
    id: String(index + 1),
    name: competency.name,
    description: competency.description ?? "",
    frameworkName: competency.frameworkName ?? "",
    frameworkUrl: competency.frameworkUrl ?? "",
  }));

export const readCompetencies = (values: FormValues): CompetencyForm[] =>
  rowKeysOf(values, "competency", COMPETENCY_LIMIT).map((id) => ({
    id,
    name: textOf(values, competencyField(id, "name")),
    description: textOf(values, competencyField(id, "description")),
    frameworkName: textOf(values, competencyField(id, "frameworkName")),
    frameworkUrl: textOf(values, competencyField(id, "frameworkUrl")),
  }));

/** The rows after a button was pressed: `competency-add`, `competency-up|down|remove`. */
export function editCompetencies(
  forms: readonly CompetencyForm[],
  command: { verb: string; target: string },
  newKey: () => string,
): CompetencyForm[] {
  if (command.verb === "competency-add" && forms.length < COMPETENCY_LIMIT) {
    const empty = { name: "", description: "", frameworkName: "", frameworkUrl: "" };
    return [...forms, { id: newKey(), ...empty }];
  }
  const move = command.verb.startsWith("competency-") ? command.verb.slice(11) : "";
  return isRowMove(move) ? editRow(forms, command.target, move) : [...forms];
}

const CompetencySchema = z.object({
  name: requiredText("Enter the competency, or remove it.", 200),
  description: optionalText(1000),
  frameworkName: optionalText(200),
  frameworkUrl: z
    .string()
    .trim()
    .refine((value) => value === "" || z.url({ protocol: /^https?$/ }).safeParse(value).success, {
      error: "Enter an address that begins with https://, or leave it empty.",
    })
    .transform((value) => (value === "" ? undefined : value)),
});

export type CompetenciesCheck =
  { kind: "ok"; competencies: Competency[] } | { kind: "faulty"; faults: Record<string, string> };

/** Turns the rows into competencies, or names every faulty field. */
export function checkCompetencies(forms: readonly CompetencyForm[]): CompetenciesCheck {
  const faults: Record<string, string> = {};
  const competencies: Competency[] = [];
  for (const form of forms) {
    const parsed = CompetencySchema.safeParse(form);
    if (parsed.success) competencies.push(parsed.data);
    for (const issue of parsed.error?.issues ?? []) {
      faults[`competency-${form.id}-${issue.path.join(".")}`] ??= issue.message;
    }
  }
  return Object.keys(faults).length === 0
    ? { kind: "ok", competencies }
    : { kind: "faulty", faults };
}
