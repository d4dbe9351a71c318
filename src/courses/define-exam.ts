import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import type { CourseStore } from "./course-store.js";
import {
  type Exam,
  type ExamSettings,
  faultsOfQuestions,
  faultsOfSettings,
  gradeSourcesOf,
  type Question,
} from "./exam.js";
import type { ExamStore } from "./exam-store.js";
import { type Faults, hasFaults } from "./faults.js";

type Saved = { kind: "saved"; exam: Exam } | { kind: "faulty"; faults: Faults };

type Change = { exams: Pick<ExamStore, "findById" | "change"> };

async function getExam(needs: Change, about: { organisationId: string; id: string }) {
  const exam = await needs.exams.findById(about.organisationId, about.id);
  if (exam === undefined) throw new ToolError("not-found");
  return exam;
}

/**
 * Adds a project beside a course's exam: graded in the LMS, as often as the instructor likes.
 * @throws ToolError not-found when there is no such course
 */
export async function addProject(
  needs: {
    courses: Pick<CourseStore, "findById">;
    exams: Pick<ExamStore, "add">;
    now: () => Date;
  },
  wanted: {
    organisationId: string;
    courseId: string;
    project: Pick<ExamSettings, "examTitle" | "passMarkPercent" | "scoreMaximum">;
  },
): Promise<Saved> {
  const { organisationId, courseId } = wanted;
  const course = await needs.courses.findById(organisationId, courseId);
  if (course === undefined) throw new ToolError("not-found");
  const settings = {
    ...wanted.project,
    gradeSource: "lms-gradebook" as const,
    attemptsAllowed: undefined,
  };
  const faults = faultsOfSettings(settings);
  if (hasFaults(faults)) return { kind: "faulty", faults };
  const { examTitle, ...graded } = settings;
  const exam: Exam = {
    id: newId(),
    organisationId,
    courseId,
    title: examTitle,
    kind: "project",
    ...graded,
    questions: [],
    createdAt: needs.now(),
  };
  await needs.exams.add(exam);
  return { kind: "saved", exam };
}

/**
 * Changes an exam's settings. Results that are in keep the pass mark they were given under.
 * @throws ToolError not-found
 */
export async function changeExam(
  needs: Change,
  wanted: { organisationId: string; id: string; exam: ExamSettings },
): Promise<Saved> {
  const known = await getExam(needs, wanted);
  const faults = faultsOfSettings(wanted.exam);
  if (!gradeSourcesOf[known.kind].includes(wanted.exam.gradeSource)) {
    faults["gradeSource"] = "Choose another place where the grade comes from.";
  }
  if (hasFaults(faults)) return { kind: "faulty", faults };
  const { examTitle, ...settings } = wanted.exam;
  const exam: Exam = { ...known, title: examTitle, ...settings };
  await needs.exams.change(exam);
  return { kind: "saved", exam };
}

/**
 * Writes the questions of a hosted exam. Attempts that have begun keep the questions they saw.
 * @throws ToolError not-found
 */
export async function writeQuestions(
  needs: Change,
  wanted: { organisationId: string; id: string; questions: Question[] },
): Promise<Saved> {
  const known = await getExam(needs, wanted);
  const faults = faultsOfQuestions(wanted.questions);
  if (hasFaults(faults)) return { kind: "faulty", faults };
  const exam: Exam = { ...known, questions: wanted.questions };
  await needs.exams.change(exam);
  return { kind: "saved", exam };
}
