import type { LineItem } from "./gradebook.js";
import type { LmsState } from "./lms-state.js";
import type { NewPracticeLink, PracticeCourse, PracticeLink } from "./model.js";
import { addCourse, addLink, getCourse } from "./school.js";

/** Adds a link and, when it is graded, its column in the gradebook. */
export function placeLink(lms: LmsState, courseId: string, link: NewPracticeLink): PracticeLink {
  const added = addLink(lms.school, courseId, link);
  if (added.lineItem) {
    lms.gradebook.addLineItem({
      courseId,
      clientId: added.clientId,
      label: added.lineItem.label,
      scoreMaximum: added.lineItem.scoreMaximum,
      resourceId: added.lineItem.resourceId,
      tag: added.lineItem.tag,
      resourceLinkId: added.id,
      isMadeByTool: false,
    });
  }
  return added;
}

export function placeCourse(lms: LmsState, course: PracticeCourse): PracticeCourse {
  const added = addCourse(lms.school, course);
  for (const link of course.links) placeLink(lms, course.id, link);
  return added;
}

/** How a course is copied. */
export type CourseCopy = {
  id: string;
  code: string;
  title: string;
  /** Moodle restores a backup with its learners and their grades; Canvas never copies grades. */
  withGrades?: boolean;
  /** A Moodle course tool that is restored elsewhere becomes another tool, with this client id. */
  clientId?: string;
};

/**
 * Copies a course for a new term, as both platforms do: links, line items and the context get new
 * ids; custom parameters, resource ids and tags stay.
 */
export function copyCourse(lms: LmsState, courseId: string, copy: CourseCopy): PracticeCourse {
  const { withGrades = false, clientId, ...named } = copy;
  if (lms.mood === "canvas" && (withGrades || clientId !== undefined)) {
    throw new Error("Canvas copies no grades, and its tools keep their client id.");
  }
  const original = getCourse(lms.school, courseId);
  const added = addCourse(lms.school, {
    ...original,
    ...named,
    links: [],
    copiedFrom: [original.id, ...(original.copiedFrom ?? [])],
  });
  const owner = clientId === undefined ? {} : { clientId };
  const newLinkIds = new Map<string, string>();
  for (const { id, ...link } of original.links) {
    newLinkIds.set(id, addLink(lms.school, added.id, { ...link, ...owner }).id);
  }
  for (const item of lms.gradebook.listLineItems({ courseId })) {
    const place = { courseId: added.id, newLinkIds };
    const copied = lms.gradebook.addLineItem({ ...copyOfLineItem(item, place), ...owner });
    if (withGrades) copyGrades(lms, { from: item.id, to: copied.id });
  }
  return added;
}

function copyGrades(lms: LmsState, { from, to }: { from: string; to: string }): void {
  for (const [userId, grade] of lms.gradebook.listGrades(from)) {
    lms.gradebook.setGrade({ lineItemId: to, userId }, { ...grade });
  }
}

/** Restores a course into itself: the context stays, links and line items get new ids. */
export function restoreInPlace(lms: LmsState, courseId: string): void {
  const course = getCourse(lms.school, courseId);
  const newLinkIds = new Map<string, string>();
  for (const { id, ...link } of course.links.splice(0)) {
    newLinkIds.set(id, addLink(lms.school, courseId, link).id);
  }
  for (const item of lms.gradebook.listLineItems({ courseId })) {
    const restored = lms.gradebook.addLineItem(copyOfLineItem(item, { courseId, newLinkIds }));
    copyGrades(lms, { from: item.id, to: restored.id });
    lms.gradebook.removeLineItem(item.id);
  }
}

function copyOfLineItem(
  item: LineItem,
  { courseId, newLinkIds }: { courseId: string; newLinkIds: Map<string, string> },
): Omit<LineItem, "id"> {
  const { label, scoreMaximum, clientId, resourceId, tag, isMadeByTool, resourceLinkId } = item;
  return {
    ...{ courseId, label, scoreMaximum, clientId, resourceId, tag, isMadeByTool },
    resourceLinkId: resourceLinkId === undefined ? undefined : newLinkIds.get(resourceLinkId),
  };
}
