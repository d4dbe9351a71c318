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

/**
 * Copies a course for a new term, as both platforms do: links, line items and the context get new
 * ids; custom parameters, resource ids and tags stay; nobody's grade comes along.
 */
export function copyCourse(
  lms: LmsState,
  courseId: string,
  copy: { id: string; code: string; title: string },
): PracticeCourse {
  const original = getCourse(lms.school, courseId);
  const added = addCourse(lms.school, {
    ...original,
    ...copy,
    links: [],
    copiedFrom: [original.id, ...(original.copiedFrom ?? [])],
  });
  const newLinkIds = new Map<string, string>();
  for (const { id, ...link } of original.links) {
    newLinkIds.set(id, addLink(lms.school, added.id, link).id);
  }
  for (const item of lms.gradebook.listLineItems({ courseId })) {
    lms.gradebook.addLineItem(copyOfLineItem(item, { courseId: added.id, newLinkIds }));
  }
  return added;
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
