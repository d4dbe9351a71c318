import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import { type Course, type CourseContent, faultsOfCourse } from "./course.js";
import type { CourseStore } from "./course-store.js";
import { type Exam, type ExamSettings, faultsOfSettings } from "./exam.js";
import type { ExamStore } from "./exam-store.js";
import { type Faults, hasFaults } from "./faults.js";

const codeTaken: Faults = { code: "Another course has this code." };

/** Creates a course together with its exam, which has no questions yet: to be called in one write. */
export async function defineCourse(
  needs: {
    courses: Pick<CourseStore, "addOnce">;
    exams: Pick<ExamStore, "add">;
    now: () => Date;
  },
  wanted: { organisationId: string; course: CourseContent; exam: ExamSettings },
): Promise<{ kind: "defined"; course: Course; exam: Exam } | { kind: "faulty"; faults: Faults }> {
  const { organisationId } = wanted;
  const faults = { ...faultsOfCourse(wanted.course), ...faultsOfSettings(wanted.exam) };
  if (hasFaults(faults)) return { kind: "faulty", faults };

  const createdAt = needs.now();
  const course: Course = { id: newId(), organisationId, ...wanted.course, createdAt };
  const { examTitle, ...settings } = wanted.exam;
  const exam: Exam = {
    id: newId(),
    organisationId,
    courseId: course.id,
    title: examTitle,
    kind: "exam",
    ...settings,
    questions: [],
    createdAt,
  };
  if ((await needs.courses.addOnce(course)) === "already-there")
    return { kind: "faulty", faults: codeTaken };
  await needs.exams.add(exam);
  return { kind: "defined", course, exam };
}

/**
 * Changes what is said about a course. What was awarded keeps what it said then.
 * @throws ToolError not-found
 */
export async function changeCourse(
  needs: { courses: Pick<CourseStore, "findById" | "change"> },
  wanted: { organisationId: string; id: string; course: CourseContent },
): Promise<{ kind: "changed"; course: Course } | { kind: "faulty"; faults: Faults }> {
  const known = await needs.courses.findById(wanted.organisationId, wanted.id);
  if (known === undefined) throw new ToolError("not-found");
  const faults = faultsOfCourse(wanted.course);
  if (hasFaults(faults)) return { kind: "faulty", faults };
  const course = { ...known, ...wanted.course };
  const outcome = await needs.courses.change(course);
  return outcome === "changed"
    ? { kind: "changed", course }
    : { kind: "faulty", faults: codeTaken };
}
