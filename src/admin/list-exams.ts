import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";

/** Reads every course and exam of an organisation: what a track's steps can ask for. */
export type ListExams = (organisationId: string) => Promise<{ courses: Course[]; exams: Exam[] }>;

export const createListExams =
  (needs: {
    courses: Pick<CourseStore, "listAll">;
    exams: Pick<ExamStore, "listAll">;
  }): ListExams =>
  async (organisationId) => ({
    courses: await needs.courses.listAll(organisationId),
    exams: await needs.exams.listAll(organisationId),
  });
