import { candidatesOf, type CopyCandidate, readContextHistory } from "../courses/copied-course.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { Offering } from "../courses/offering.js";
import type { OfferingStore } from "../courses/offering-store.js";
import { ToolError } from "../errors.js";
import type { EventStore } from "../events/event-store.js";
import type { Launch } from "../launch/launch.js";
import { resourceIdOf } from "./line-item.js";
import type { LmsGradesClient } from "./lms-grades-client.js";

export type PlaceCopyNeeds = {
  offerings: Pick<OfferingStore, "bindCopy" | "listByContexts">;
  exams: Pick<ExamStore, "listByCourses">;
  grades: Pick<LmsGradesClient, "findLineItem">;
  events: Pick<EventStore, "add">;
  now: () => Date;
};

/** Whether the copy's gradebook has a column of one of the course's exams. */
async function holdsColumn(
  needs: PlaceCopyNeeds,
  { organisationId, platformId, grading }: Launch,
  courseId: string,
): Promise<boolean> {
  if (grading?.lineItemsUrl === undefined) return false;
  const at = { platformId, lineItemsUrl: grading.lineItemsUrl };
  for (const { id } of await needs.exams.listByCourses(organisationId, [courseId])) {
    if ((await needs.grades.findLineItem(at, resourceIdOf(id))) !== undefined) return true;
  }
  return false;
}

async function findPlace(
  needs: PlaceCopyNeeds,
  launch: Launch,
  history: string[],
): Promise<CopyCandidate | undefined> {
  const { organisationId, issuer } = launch;
  const known = await needs.offerings.listByContexts(organisationId, issuer, history);
  const held: CopyCandidate[] = [];
  for (const candidate of candidatesOf(history, known)) {
    if (await holdsColumn(needs, launch, candidate.courseId)) held.push(candidate);
  }
  return held.length === 1 ? held[0] : undefined;
}

/** Whether a launch comes from an LMS course that waits for approval and was copied from others. */
export const isUnplacedCopy = (
  { custom }: Pick<Launch, "custom">,
  { status, origins = [] }: Offering,
): boolean => status === "pending" && (origins.length > 0 || readContextHistory(custom).length > 0);

/**
 * Recognises a copied or restored LMS course: its history names an approved LMS course, and its
 * gradebook holds columns with the resourceId of an exam of that course, which the LMS copies
 * along. Both must hold, and for one course only: what a teacher may type (a link's custom
 * parameters) never places a course by itself. Anything else waits for an administrator.
 * @returns the offering as it is now; undefined when it stays as it was
 */
export async function placeCopy(
  needs: PlaceCopyNeeds,
  launch: Launch,
  offering: Offering,
): Promise<Offering | undefined> {
  if (!isUnplacedCopy(launch, offering)) return undefined;
  const { organisationId, id } = offering;
  const history = [
    ...new Set([...(offering.origins ?? []), ...readContextHistory(launch.custom)]),
  ].filter((contextId) => contextId !== offering.contextId);
  try {
    const place = await findPlace(needs, launch, history);
    if (place === undefined) return undefined;
    const at = needs.now();
    const bound = await needs.offerings.bindCopy({ organisationId, id, ...place, at });
    if (bound === undefined) return undefined;
    await needs.events.add({
      organisationId,
      code: "lms-course-recognised",
      level: "info",
      summary: `${offering.contextTitle} is a copy of an approved LMS course and counts as the same course. Withdraw the approval under LMS courses if that is wrong.`,
      about: { offeringId: id, copiedFrom: place.copiedFrom },
      at,
    });
    return bound;
  } catch (error) {
    // The LMS does not answer: the next launch asks again, and an administrator can decide.
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}
