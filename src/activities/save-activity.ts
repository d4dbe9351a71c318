import type { CourseStore } from "../courses/course-store.js";
import { type Exam, faultsOfSettings } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import { type Faults, hasFaults } from "../courses/faults.js";
import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import { type Activity, faultsOfActivity } from "./activity.js";
import type { ActivityStore } from "./activity-store.js";

/** What an administrator writes about an activity. */
export type ActivityContent = { title: string } & Omit<Activity, "id" | "organisationId">;

/**
 * Adds an activity to a course, or changes it; to be called in one write. Work that is in stays as
 * it was assessed.
 * @throws ToolError not-found
 */
export async function saveActivity(
  needs: {
    courses: Pick<CourseStore, "findById">;
    exams: Pick<ExamStore, "add" | "change" | "findById">;
    activities: Pick<ActivityStore, "save">;
    now: () => Date;
  },
  wanted: {
    organisationId: string;
    courseId: string;
    /** undefined: a new one. */
    examId: string | undefined;
    content: ActivityContent;
  },
): Promise<{ kind: "saved"; exam: Exam } | { kind: "faulty"; faults: Faults }> {
  const { organisationId, courseId, examId, content } = wanted;
  const { title, ...asked } = content;
  if ((await needs.courses.findById(organisationId, courseId)) === undefined)
    throw new ToolError("not-found");
  const known =
    examId === undefined ? undefined : await needs.exams.findById(organisationId, examId);
  if (examId !== undefined && (known?.kind !== "activity" || known.courseId !== courseId))
    throw new ToolError("not-found");
  const settings = {
    ...{ passMarkPercent: 100, scoreMaximum: 1, attemptsAllowed: undefined },
    gradeSource: "assessed" as const,
  };
  const exam: Exam = known
    ? { ...known, title }
    : {
        ...{ id: newId(), organisationId, courseId, title, kind: "activity", ...settings },
        ...{ questions: [], createdAt: needs.now() },
      };
  const activity: Activity = { id: exam.id, organisationId, ...asked };
  const faults = {
    ...faultsOfSettings({ ...settings, examTitle: title }),
    ...faultsOfActivity(activity),
  };
  if (hasFaults(faults)) return { kind: "faulty", faults };
  await needs.activities.save(activity);
  await (known ? needs.exams.change(exam) : needs.exams.add(exam));
  return { kind: "saved", exam };
}
