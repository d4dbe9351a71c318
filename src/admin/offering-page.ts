import type { Course } from "../courses/course.js";
import type { Offering } from "../courses/offering.js";
import { offeringTitle } from "./course-page.js";
import { dayOf, momentOf } from "./moments.js";

const STATUSES: readonly Offering["status"][] = ["pending", "approved", "declined"];

export const readOfferingStatus = (text: string): Offering["status"] | undefined =>
  STATUSES.find((status) => status === text);

const statusLabels: Record<Offering["status"], string> = {
  pending: "Waiting",
  approved: "Approved",
  declined: "Declined",
};

/** The links above the list. */
export const offeringFilters = (current: Offering["status"] | undefined) => [
  { label: "All", query: "", isCurrent: current === undefined },
  ...STATUSES.map((status) => ({
    label: statusLabels[status],
    query: `?status=${status}`,
    isCurrent: current === status,
  })),
];

const courseName = (course: Course): string => `${course.code} ${course.title}`;

const nameOf = (courses: readonly Course[], id: string | undefined): string => {
  const course = courses.find((candidate) => candidate.id === id);
  return course === undefined ? "" : courseName(course);
};

export const offeringRows = (offerings: readonly Offering[], courses: readonly Course[]) =>
  offerings.map((offering) => ({
    id: offering.id,
    title: offeringTitle(offering),
    issuer: offering.issuer,
    status: offering.status,
    course: nameOf(courses, offering.courseId) || "–",
    proposed: nameOf(courses, offering.proposal?.courseId),
    lastLaunch: dayOf(offering.lastLaunchAt),
  }));

/** One LMS course, with the courses to choose from. */
export const offeringPage = (offering: Offering, courses: readonly Course[]) => ({
  offering: {
    status: offering.status,
    issuer: offering.issuer,
    contextId: offering.contextId,
    firstSeen: momentOf(offering.firstSeenAt),
    lastLaunch: momentOf(offering.lastLaunchAt),
    course: nameOf(courses, offering.courseId),
    copiedFrom: offering.copiedFrom,
    proposed: nameOf(courses, offering.proposal?.courseId),
    decided: offering.decidedAt === undefined ? undefined : momentOf(offering.decidedAt),
  },
  courseOptions: [
    { value: "", label: "Choose a course" },
    ...courses.map((course) => ({ value: course.id, label: courseName(course) })),
  ],
});
