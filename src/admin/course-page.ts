import type { Course } from "../courses/course.js";
import { type Exam, gradeSourcesOf, hasGradebookColumn } from "../courses/exam.js";
import type { Offering } from "../courses/offering.js";
import { gradeSourceLabels } from "./course-form.js";

/** An LMS course's title; some LMSes send none. */
export const offeringTitle = (offering: Pick<Offering, "contextTitle" | "contextId">): string =>
  offering.contextTitle === "" ? offering.contextId : offering.contextTitle;

const examCard = (exam: Exam) => ({
  id: exam.id,
  title: exam.title,
  kindLabel: { exam: "The course's exam", project: "Project", activity: "Activity" }[exam.kind],
  passMarkPercent: exam.passMarkPercent,
  gradeSourceLabel: gradeSourceLabels[exam.gradeSource],
  isActivity: exam.kind === "activity",
  hasColumn: hasGradebookColumn(exam),
  isHosted: exam.gradeSource === "hosted",
  attempts: exam.attemptsAllowed ?? "as many as the learner likes",
  questionCount: exam.questions.length,
  scoreMaximum: exam.scoreMaximum,
});

/** A course with what must be passed in it and where it is taught. */
export const coursePage = (about: { course: Course; exams: Exam[]; offerings: Offering[] }) => ({
  course: about.course,
  exams: about.exams.map(examCard),
  offerings: about.offerings.map((offering) => ({
    id: offering.id,
    title: offeringTitle(offering),
  })),
});

/** The choice of grade sources for an exam; an activity has its own. */
export const gradeSourceChoices = gradeSourcesOf.exam.map((value) => ({
  value,
  label: gradeSourceLabels[value],
}));
