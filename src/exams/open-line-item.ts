import type { Exam } from "../courses/exam.js";
import type { Offering } from "../courses/offering.js";
import type { EventStore } from "../events/event-store.js";
import type { Launch } from "../launch/launch.js";
import type { Account } from "../people/account.js";
import type { WorkQueue } from "../work/work-queue.js";
import type { LineItem } from "./line-item.js";
import type { LaunchOfCourse, LineItemStore } from "./line-item-store.js";

export type OpenLineItemNeeds = {
  lineItems: Pick<LineItemStore, "bind" | "findFor" | "touch" | "adoptUrl">;
  events: Pick<EventStore, "add">;
  work: Pick<WorkQueue, "wakeUnlessThere">;
};

/** A person's way to an exam, in an approved offering of its course. */
export type ExamOpening = { launch: Launch; account: Account; offering: Offering; exam: Exam };

const asLaunchOfCourse = (launch: Launch): LaunchOfCourse => ({
  lineItemsUrl: launch.grading?.lineItemsUrl,
  membershipsUrl: launch.roster?.membershipsUrl,
  at: launch.launchedAt,
});

const wakeReading = async (needs: OpenLineItemNeeds, item: LineItem): Promise<void> => {
  const { id: key, organisationId } = item;
  await needs.work.wakeUnlessThere("read-results", { key, organisationId });
};

/**
 * A launch in an LMS course: addresses are refreshed and the results of the course's columns are
 * read soon. Makes no column. For launches with a context.
 */
export async function noteLaunchInCourse(needs: OpenLineItemNeeds, launch: Launch): Promise<void> {
  if (launch.context === undefined) return;
  const { organisationId, issuer, platformId, context } = launch;
  const course = { organisationId, issuer, platformId, contextId: context.id };
  const items = await needs.lineItems.touch(course, asLaunchOfCourse(launch));
  for (const item of items) await wakeReading(needs, item);
}

/** The launch of an exam's own link names its column, which then stands beside another perhaps. */
async function followLink(
  needs: OpenLineItemNeeds,
  item: LineItem,
  { launch, exam }: ExamOpening,
): Promise<void> {
  const named = launch.grading?.lineItemUrl;
  if (named === undefined || launch.custom["rosette_exam"] !== exam.id) return;
  if (item.url === named) return;
  const inForce = await needs.lineItems.adoptUrl(item.id, named);
  if (inForce === named) return;
  await needs.events.add({
    organisationId: item.organisationId,
    code: "line-item-doubled",
    level: "warning",
    summary:
      "An LMS course has two gradebook columns for one exam. Rosette stays with the one that holds grades; delete the other.",
    about: { lineItemId: item.id, examId: exam.id, offeringId: item.offeringId },
    at: launch.launchedAt,
  });
}

/**
 * Our record of the exam's column in the LMS course of this launch, made at its first opening; a
 * job then finds or makes the column itself. Undefined when the LMS course shares no gradebook,
 * and in Student View before anybody else was here.
 */
export async function openLineItem(
  needs: OpenLineItemNeeds,
  opening: ExamOpening,
): Promise<LineItem | undefined> {
  const { launch, account, offering, exam } = opening;
  if (launch.context === undefined) return undefined;
  const { organisationId, platformId } = launch;
  const key = { organisationId, platformId, contextId: launch.context.id, examId: exam.id };
  const known = await needs.lineItems.findFor(key);
  const isRefreshed = known !== undefined && known.lastLaunchAt >= launch.launchedAt;
  if (isRefreshed || (known === undefined && launch.isTestUser)) return known;
  const { lineItemsUrl, lineItemUrl } = launch.grading ?? {};
  if (lineItemsUrl === undefined && lineItemUrl === undefined) return known;
  const item = await needs.lineItems.bind({
    ...key,
    ...asLaunchOfCourse(launch),
    issuer: account.issuer,
    offeringId: offering.id,
    title: exam.title,
    scoreMaximum: exam.scoreMaximum,
    gradedInLms: exam.gradeSource === "lms-gradebook",
  });
  await followLink(needs, item, opening);
  await wakeReading(needs, item);
  return item;
}
