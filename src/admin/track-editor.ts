import { NO_INITIALS } from "../tracks/track.js";
import type { Choices } from "./list-choices.js";
import { checkSteps } from "./requirement-check.js";
import {
  describeRequirement,
  type NamedExam,
  type RequirementNames,
} from "./requirement-sentences.js";
import { type SelectOption, stepsView } from "./steps-view.js";
import { badgeView } from "./badge-form.js";
import type { TrackChoices, TrackForm } from "./track-form.js";

const KINDS: SelectOption[] = [
  { value: "micro-credential", label: "Micro-credential" },
  { value: "certificate", label: "Professional certificate" },
];

const ASKS: SelectOption[] = [
  { value: "student-or-practitioner", label: "a student or a practitioner" },
  { value: "licence", label: "licensed or registered, as verified" },
];

type ExamList = Pick<Choices, "courses" | "exams">;

const byId = <T extends { id: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.id, item]));

/** The exams by id, called as sentences call them: `Final exam (AH-101 Safe transfers)`. */
function nameExams({ courses, exams }: ExamList): Map<string, NamedExam> {
  const courseOf = byId(courses);
  return new Map(
    exams.map((exam) => {
      const course = courseOf.get(exam.courseId);
      const where = course === undefined ? "" : ` (${course.code} ${course.title})`;
      return [exam.id, { name: `${exam.title}${where}`, passMarkPercent: exam.passMarkPercent }];
    }),
  );
}

/** What sentences call everything that a tree can ask for. */
export const nameChoices = (choices: Choices): RequirementNames => ({
  exams: nameExams(choices),
  tracks: new Map(choices.tracks.map(({ id, name }) => [id, name])),
  professions: new Map(choices.professions.map(({ id, name }) => [id, name])),
});

/** What a form may name. */
export const trackChoicesOf = (choices: Choices): TrackChoices => ({
  issuerIds: new Set(choices.issuers.map(({ id }) => id)),
  exams: new Map(choices.exams.map(({ id, kind }) => [id, kind])),
  trackIds: new Set(choices.tracks.map(({ id }) => id)),
  professionIds: new Set(choices.professions.map(({ id }) => id)),
});

const optionsOf = (
  items: readonly { id: string; name: string }[],
  first: string,
): SelectOption[] => [
  { value: "", label: first },
  ...items
    .map(({ id, name }) => ({ value: id, label: name }))
    .toSorted((a, b) => a.label.localeCompare(b.label)),
];

/** The exams to choose from, in the order of their courses' codes. */
function examOptions({ courses, exams }: ExamList): SelectOption[] {
  const courseOf = byId(courses);
  return exams
    .flatMap((exam) => {
      const course = courseOf.get(exam.courseId);
      if (course === undefined) return [];
      return [{ value: exam.id, label: `${course.code} ${course.title}: ${exam.title}` }];
    })
    .toSorted((a, b) => a.label.localeCompare(b.label));
}

/** The organisation itself first; a draft that names it says nothing. */
const issuerOptions = ({ issuers }: Choices): SelectOption[] =>
  issuers.map(({ id, name }, at) => ({ value: at === 0 ? "" : id, label: name }));

/** The page on which a draft is written. Sentences are shown once the steps can be read. */
export function trackEditor(form: TrackForm, list: Choices, faults: Record<string, string>) {
  const checked = checkSteps(form.steps, trackChoicesOf(list));
  return {
    fields: form.fields,
    faults,
    competencies: form.competencies.map((competency, index) => ({
      ...competency,
      number: index + 1,
      mayMoveUp: index > 0,
      mayMoveDown: index < form.competencies.length - 1,
    })),
    competencyValues: Object.fromEntries(
      form.competencies.flatMap(({ id, ...parts }) =>
        Object.entries(parts).map(([part, value]) => [`competency-${id}-${part}`, value]),
      ),
    ),
    steps: stepsView(form.steps),
    examOptions: [{ value: "", label: "Choose an exam" }, ...examOptions(list)],
    trackOptions: optionsOf(list.tracks, "Choose a micro-credential"),
    professionOptions: optionsOf(list.professions, "Choose a profession"),
    hasExams: list.exams.length > 0,
    kinds: KINDS,
    noInitials: NO_INITIALS,
    issuers: issuerOptions(list),
    asks: ASKS,
    path:
      checked.kind === "ok"
        ? describeRequirement(checked.requirement, nameChoices(list))
        : undefined,
    badge: badgeView(form.fields),
  };
}
