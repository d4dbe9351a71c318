import type { Offering } from "../courses/offering.js";
import type { OfferingStore } from "../courses/offering-store.js";
import type { LineItemStore } from "../exams/line-item-store.js";
import type { CourseKey } from "../launch/accept-launch.js";
import type { Launch } from "../launch/launch.js";
import type { WorkQueue } from "../work/work-queue.js";
import type { CourseMemberStore, Membership } from "./course-member-store.js";

/** What is known, at a launch, of the LMS course it comes from. */
export type LaunchedCourse = {
  offering: Offering | undefined;
  /** Of whoever launches, in every course. */
  memberships: Membership[];
  hasColumns: boolean;
};

type FindNeeds = {
  offerings: Pick<OfferingStore, "findByContext">;
  courseMembers: Pick<CourseMemberStore, "listOfPerson">;
  lineItems: Pick<LineItemStore, "hasAny">;
};

/** Reads it; all of it gathered into one command. */
export async function findLaunchedCourse(
  needs: FindNeeds,
  about: CourseKey,
): Promise<LaunchedCourse> {
  const [offering, memberships, hasColumns] = await Promise.all([
    needs.offerings.findByContext(about),
    needs.courseMembers.listOfPerson(about),
    needs.lineItems.hasAny(about),
  ]);
  return { offering, memberships, hasColumns };
}

/** A launch this soon after the last one that was written is not written again. */
const NOTE_AFTER_MS = 15 * 60_000;

type NoteNeeds = {
  offerings: Pick<OfferingStore, "noteLaunch">;
  courseMembers: Pick<CourseMemberStore, "noteMembers">;
  rosterPace: { isDue: (key: string, now: Date) => boolean };
  /** Places an LMS course that was copied from one we know; undefined when it is none. */
  placeCopy: (launch: Launch, offering: Offering) => Promise<Offering | undefined>;
  work: Pick<WorkQueue, "wakeUnlessThere">;
  /** The course has columns of ours: their addresses are refreshed and their results read soon. */
  noteColumns: () => Promise<void>;
};

async function noteOffering(
  needs: NoteNeeds,
  launch: Launch & { context: NonNullable<Launch["context"]> },
  known: Offering | undefined,
): Promise<Offering> {
  const { organisationId, issuer, context, launchedAt: at } = launch;
  const contextTitle = context.title ?? context.label ?? context.id;
  const isNoted =
    known?.contextTitle === contextTitle &&
    at.getTime() - known.lastLaunchAt.getTime() < NOTE_AFTER_MS;
  if (isNoted) return known;
  return await needs.offerings.noteLaunch({
    ...{ organisationId, issuer, contextId: context.id, contextTitle, at },
  });
}

async function noteMember(
  needs: NoteNeeds,
  seen: { organisationId: string; accountId: string; offeringId: string; launchedAt: Date },
  known: Membership[],
): Promise<void> {
  const { organisationId, accountId, offeringId, launchedAt: at } = seen;
  if (known.some((place) => place.offeringId === offeringId && !place.hasLeft)) return;
  await needs.courseMembers.noteMembers({
    ...{ organisationId, offeringId, accountIds: [accountId], at },
  });
}

async function wakeRoster(
  needs: NoteNeeds,
  { organisationId, platformId, roster, launchedAt }: Launch,
  { id: offeringId, status }: Offering,
): Promise<void> {
  if (roster === undefined || status !== "approved") return;
  if (!needs.rosterPace.isDue(offeringId, launchedAt)) return;
  const { membershipsUrl } = roster;
  await needs.work.wakeUnlessThere("read-roster", {
    ...{ key: offeringId, organisationId, offeringId, platformId, membershipsUrl },
  });
}

/** Notes what a launch tells of its LMS course and of the person's place in it, where that is new. */
export async function noteLaunchInCourse(
  needs: NoteNeeds,
  launch: Launch,
  course: LaunchedCourse | undefined,
): Promise<void> {
  const { context } = launch;
  if (context === undefined) return;
  const noted = await noteOffering(needs, { ...launch, context }, course?.offering);
  const placed = await needs.placeCopy(launch, noted);
  const offering = placed ?? noted;
  const { id: offeringId } = offering;
  if (launch.courseRoles.includes("learner") && !launch.isTestUser) {
    await noteMember(needs, { ...launch, offeringId }, course?.memberships ?? []);
  }
  await wakeRoster(needs, launch, offering);
  if (placed !== undefined || course?.hasColumns !== false) await needs.noteColumns();
}
