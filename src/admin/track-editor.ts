import type { Course } from "../courses/course.js";
import type { Exam } from "../courses/exam.js";
import { checkSteps } from "./requirement-check.js";
import { describeRequirement, type NamedExam } from "./requirement-sentences.js";
import { type SelectOption, stepsView } from "./steps-view.js";
import { badgeOf, type TrackForm } from "./track-form.js";

const SHAPES: SelectOption[] = [
  { value: "hexagon", label: "Hexagon" },
  { value: "circle", label: "Circle" },
  { value: "shield", label: "Shield" },
];

type ExamList = { courses: readonly Course[]; exams: readonly Exam[] };

const byId = <T extends { id: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.id, item]));

/** The exams by id, called as sentences call them: `Final exam (AH-101 Safe transfers)`. */
export function nameExams({ courses, exams }: ExamList): Map<string, NamedExam> {
  const courseOf = byId(courses);
  return new Map(
    exams.map((exam) => {
      const course = courseOf.get(exam.courseId);
      const where = course === undefined ? "" : ` (${course.code} ${course.title})`;
      return [exam.id, { name: `${exam.title}${where}`, passMarkPercent: exam.passMarkPercent }];
    }),
  );
}

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

/** The address of a badge's picture while it is being designed. */
export function badgePreviewPath(fields: Record<"shape" | "colour" | "initials", string>): string {
  return `/badge-preview.svg?${new URLSearchParams(fields).toString()}`;
}

/** The page on which a draft is written. Sentences are shown once the steps can be read. */
export function trackEditor(form: TrackForm, list: ExamList, faults: Record<string, string>) {
  const { badgeShape, badgeColour, badgeInitials } = form.fields;
  const badge = { shape: badgeShape, colour: badgeColour, initials: badgeInitials };
  const checked = checkSteps(form.steps, new Set(list.exams.map(({ id }) => id)));
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
    hasExams: list.exams.length > 0,
    shapes: SHAPES,
    sentences:
      checked.kind === "ok" ? describeRequirement(checked.requirement, nameExams(list)) : undefined,
    badgePath: badgeOf(badge) === undefined ? undefined : badgePreviewPath(badge),
  };
}
