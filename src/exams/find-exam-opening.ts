import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { Offering } from "../courses/offering.js";
import type { OfferingStore } from "../courses/offering-store.js";
import { ToolError } from "../errors.js";
import type { Visit } from "../launch/visit.js";
import { isId } from "../stored-record.js";
import type { ExamOpening } from "./open-line-item.js";

export type FindExamNeeds = {
  exams: Pick<ExamStore, "findById">;
  offerings: Pick<OfferingStore, "findByContext">;
};

export type ClosedBecause = "no-course" | "not-approved" | "declined" | "other-course";

export type FoundExam =
  | { kind: "open"; exam: Exam; opening: ExamOpening }
  | { kind: "closed"; exam: Exam; because: ClosedBecause };

/** Whether an exam opens in an LMS course: only where that is an approved offering of its course. */
export function whyClosed(exam: Exam, offering: Offering | undefined): ClosedBecause | undefined {
  if (offering === undefined || offering.status === "pending") return "not-approved";
  if (offering.status === "declined") return "declined";
  return offering.courseId === exam.courseId ? undefined : "other-course";
}

/**
 * The exam of this address, as this visit may see it.
 * @throws ToolError not-found
 */
export async function findExamOpening(
  needs: FindExamNeeds,
  visit: Visit,
  examId: string,
): Promise<FoundExam> {
  const { launch, account } = visit;
  const { organisationId, context } = launch;
  const exam = isId(examId) ? await needs.exams.findById(organisationId, examId) : undefined;
  if (exam === undefined) throw new ToolError("not-found");
  if (context === undefined) return { kind: "closed", exam, because: "no-course" };
  const place = { organisationId, issuer: account.issuer, contextId: context.id };
  const offering = await needs.offerings.findByContext(place);
  const because = whyClosed(exam, offering);
  return because !== undefined || offering === undefined
    ? { kind: "closed", exam, because: because ?? "not-approved" }
    : { kind: "open", exam, opening: { launch, account, offering, exam } };
}
