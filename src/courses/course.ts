import type { Faults } from "./faults.js";

/** A course of the organisation, whatever LMS course it is taught in. */
export type Course = {
  id: string;
  organisationId: string;
  /** Short and unique in the organisation, e.g. `AH-101`. */
  code: string;
  title: string;
  contactHours: number;
  subject: string;
  /** The edition of its content, e.g. `2026`. */
  version: string;
  /** The course that this is a new edition of. */
  earlierEditionId?: string | undefined;
  createdAt: Date;
};

/** What an administrator writes about a course. */
export type CourseContent = Pick<Course, "code" | "title" | "contactHours" | "subject" | "version">;

const MOST_CONTACT_HOURS = 1000;

/** Hours that a course or track may carry: more than none, and no typing slip. */
export const areContactHours = (hours: number): boolean => hours > 0 && hours <= MOST_CONTACT_HOURS;

export const contactHoursFault = `Enter more than 0 and at most ${MOST_CONTACT_HOURS} hours.`;

/** What is wrong with a course; empty when it may be stored. */
export function faultsOfCourse(course: CourseContent): Faults {
  const faults: Faults = {};
  if (course.code.trim() === "") faults["code"] = "Enter a short code, for example AH-101.";
  if (course.title.trim() === "") faults["title"] = "Enter a title.";
  if (course.subject.trim() === "") faults["subject"] = "Enter a subject.";
  if (course.version.trim() === "") faults["version"] = "Enter the edition, for example 2026.";
  if (!areContactHours(course.contactHours)) faults["contactHours"] = contactHoursFault;
  return faults;
}
