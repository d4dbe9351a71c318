import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import { type Course, type CourseContent, faultsOfCourse } from "./course.js";
import type { CourseStore } from "./course-store.js";
import type { Exam } from "./exam.js";
import type { ExamStore } from "./exam-store.js";
import { type Faults, hasFaults } from "./faults.js";

export type EditionMaking =
  | { kind: "made"; course: Course; from: Exam | undefined; to: Exam | undefined }
  | { kind: "faulty"; faults: Faults };

/**
 * Makes a new edition of a course: a course of its own with a copy of the exam and the projects,
 * questions included. The old one stays as it is; whether it counts for the new one is decided in
 * the ledger of equivalencies. Activities stay with the old one. To be called in one write.
 * @throws ToolError not-found
 */
export async function makeEdition(
  needs: {
    courses: Pick<CourseStore, "addOnce" | "findById">;
    exams: Pick<ExamStore, "add" | "listByCourses">;
    now: () => Date;
  },
  wanted: { organisationId: string; id: string; course: CourseContent },
): Promise<EditionMaking> {
  const { organisationId, id: earlierEditionId } = wanted;
  const earlier = await needs.courses.findById(organisationId, earlierEditionId);
  if (earlier === undefined) throw new ToolError("not-found");
  const faults = faultsOfCourse(wanted.course);
  if (faults["version"] === undefined && wanted.course.version === earlier.version)
    faults["version"] = "Enter another edition than the one it is made from.";
  if (hasFaults(faults)) return { kind: "faulty", faults };
  const createdAt = needs.now();
  const made = { id: newId(), organisationId, earlierEditionId, createdAt };
  const course: Course = { ...wanted.course, ...made };
  const exams = (await needs.exams.listByCourses(organisationId, [earlier.id])).filter(
    ({ kind }) => kind !== "activity",
  );
  const copies = exams.map((exam, index): Exam => ({
    ...exam,
    ...{ id: newId(), courseId: course.id },
    // A moment apart each, so that they stand in the order of the old ones.
    createdAt: new Date(createdAt.getTime() + index),
  }));
  if ((await needs.courses.addOnce(course)) === "already-there")
    return { kind: "faulty", faults: { code: "Another course has this code." } };
  for (const copy of copies) await needs.exams.add(copy);
  const isExam = ({ kind }: Exam): boolean => kind === "exam";
  return { kind: "made", course, from: exams.find(isExam), to: copies.find(isExam) };
}
