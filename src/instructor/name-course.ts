import { candidatesOf, readContextHistory } from "../courses/copied-course.js";
import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { Offering } from "../courses/offering.js";
import type { OfferingStore } from "../courses/offering-store.js";
import { ToolError } from "../errors.js";
import type { Launch } from "../launch/launch.js";
import type { Visit } from "../launch/visit.js";
import { isId } from "../stored-record.js";

export type NameCourseNeeds = {
  offerings: Pick<OfferingStore, "findByContext" | "listByContexts" | "propose">;
  courses: Pick<CourseStore, "findById" | "listAll">;
  exams: Pick<ExamStore, "findById">;
  now: () => Date;
};

/** What the instructor of an LMS course that waits for approval is asked: which course it is. */
export type CourseQuestion = {
  options: { value: string; label: string }[];
  /** What was answered before, or seems likely. */
  courseId: string;
  isAnswered: boolean;
};

const labelOf = ({ code, title }: Course): string => `${code} ${title}`;

/** The course that the link of this launch or the history of its LMS course speaks for. */
async function findLikelyCourse(
  needs: NameCourseNeeds,
  launch: Launch,
  offering: Offering,
): Promise<string | undefined> {
  const { organisationId, issuer, custom } = launch;
  const { rosette_exam: examId = "" } = custom;
  const exam = isId(examId) ? await needs.exams.findById(organisationId, examId) : undefined;
  if (exam !== undefined) return exam.courseId;
  const history = [...(offering.origins ?? []), ...readContextHistory(custom)];
  const known = await needs.offerings.listByContexts(organisationId, issuer, history);
  return candidatesOf(history, known)[0]?.courseId;
}

/** The question for this visit's LMS course; undefined unless it waits for approval. */
export async function readCourseQuestion(
  needs: NameCourseNeeds,
  { launch }: Visit,
): Promise<CourseQuestion | undefined> {
  const { organisationId, issuer, context } = launch;
  if (context === undefined) return undefined;
  const place = { organisationId, issuer, contextId: context.id };
  const offering = await needs.offerings.findByContext(place);
  if (offering?.status !== "pending") return undefined;
  const courses = await needs.courses.listAll(organisationId);
  const answered = offering.proposal?.courseId;
  const likely = answered ?? (await findLikelyCourse(needs, launch, offering));
  return {
    options: [
      { value: "", label: "Choose a course" },
      ...courses.map((course) => ({ value: course.id, label: labelOf(course) })),
    ],
    courseId: likely ?? "",
    isAnswered: answered !== undefined,
  };
}

/**
 * Notes which course an instructor says that this visit's LMS course is. It counts for nothing
 * until an administrator has approved it.
 * @returns "unknown" when there is no such course
 * @throws ToolError not-found when the LMS course does not wait for approval (any more)
 */
export async function nameCourse(
  needs: NameCourseNeeds,
  { launch, account }: Visit,
  courseId: string,
): Promise<"noted" | "unknown"> {
  const { organisationId, issuer, context } = launch;
  if (context === undefined) throw new ToolError("not-found");
  const course = isId(courseId)
    ? await needs.courses.findById(organisationId, courseId)
    : undefined;
  if (course === undefined) return "unknown";
  const place = { organisationId, issuer, contextId: context.id };
  const offering = await needs.offerings.findByContext(place);
  const proposal = { courseId, proposedBy: account.id, proposedAt: needs.now() };
  const noted =
    offering && (await needs.offerings.propose({ organisationId, id: offering.id, proposal }));
  if (noted === undefined) throw new ToolError("not-found");
  return "noted";
}
