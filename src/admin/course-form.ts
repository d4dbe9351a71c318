import { z } from "zod";
import type { Course } from "../courses/course.js";
import type { Exam } from "../courses/exam.js";
import type { FormValues } from "../web/forms.js";
import { contactHoursField, optionalNumber, requiredNumber, requiredText } from "./form-fields.js";

const courseFields = {
  code: requiredText("Enter a short code, for example AH-101.", 40),
  title: requiredText("Enter a title.", 200),
  contactHours: contactHoursField,
  subject: requiredText("Enter a subject.", 100),
  version: requiredText("Enter the edition, for example 2026.", 40),
};

const examFields = {
  examTitle: requiredText("Enter a title, for example Final exam.", 200),
  passMarkPercent: requiredNumber("Enter a percentage from 0 to 100.", { least: 0, most: 100 }),
  attemptsAllowed: optionalNumber("Enter a whole number from 1 up, or leave it empty.", {
    least: 1,
    most: 1000,
    whole: true,
  }),
  gradeSource: z.enum(["hosted", "lms-gradebook", "external"], {
    error: "Choose where the grade comes from.",
  }),
  scoreMaximum: requiredNumber("Enter the number of points, more than 0.", {
    least: 0.01,
    most: 100_000,
  }),
};

/** A course alone. */
export const CourseFormSchema = z.object(courseFields);

/** A new course with the settings of its exam. */
export const NewCourseFormSchema = z.object({ ...courseFields, ...examFields });

/** The settings of an exam. */
export const ExamFormSchema = z.object(examFields);

/** A project is graded in the LMS, as often as the instructor likes. */
export const ProjectFormSchema = z.object({
  examTitle: examFields.examTitle,
  passMarkPercent: examFields.passMarkPercent,
  scoreMaximum: examFields.scoreMaximum,
});

/** What a new course's form starts from. */
export const newCourseValues: FormValues = {
  examTitle: "Final exam",
  passMarkPercent: "70",
  attemptsAllowed: "",
  gradeSource: "hosted",
  scoreMaximum: "100",
};

export const newProjectValues: FormValues = { passMarkPercent: "70", scoreMaximum: "100" };

export const courseValuesOf = (course: Course): FormValues => ({
  code: course.code,
  title: course.title,
  contactHours: String(course.contactHours),
  subject: course.subject,
  version: course.version,
});

export const examValuesOf = (exam: Exam): FormValues => ({
  examTitle: exam.title,
  passMarkPercent: String(exam.passMarkPercent),
  attemptsAllowed: exam.attemptsAllowed === undefined ? "" : String(exam.attemptsAllowed),
  gradeSource: exam.gradeSource,
  scoreMaximum: String(exam.scoreMaximum),
});

/** The ways of grading as the form and the pages name them. */
export const gradeSourceLabels: Record<Exam["gradeSource"], string> = {
  hosted: "Rosette asks the questions and grades them",
  "lms-gradebook": "Graded in the LMS, in its gradebook",
  external: "Taken elsewhere; its results are sent to Rosette or imported",
  assessed: "An assessor accepts what the learner submits",
};
