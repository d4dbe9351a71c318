import type { OfferingStore } from "../courses/offering-store.js";
import { ToolError } from "../errors.js";
import { type EnsureLineItemNeeds, withLineItem } from "./ensure-line-item.js";
import { ensureResultRows } from "./ensure-result-rows.js";
import type { LineItem } from "./line-item.js";
import type { LineItemStore } from "./line-item-store.js";
import type { LmsGradesClient } from "./lms-grades-client.js";
import type { LmsRosterClient } from "./lms-roster-client.js";
import { nextRead, type ReadBounds } from "./next-read.js";
import { observeResults, type ObserveResultsNeeds, type Reading } from "./observe-results.js";

export type ReadResultsNeeds = ObserveResultsNeeds &
  EnsureLineItemNeeds & {
    lineItems: Pick<LineItemStore, "claimRead" | "finishRead" | "markInUse" | "noteRowsMade">;
    grades: Pick<LmsGradesClient, "makeRow">;
    roster: Pick<LmsRosterClient, "listMemberPages">;
    offerings: Pick<OfferingStore, "findById">;
    bounds: ReadBounds;
    /** 0 ≤ random < 1 */
    random: () => number;
  };

/** A reader that died is succeeded after this long. */
const LEASE_MS = 3 * 60_000;

const historyOf = ({ lastLaunchAt, quietReads = 0 }: LineItem) => ({ lastLaunchAt, quietReads });

const read = async (needs: ReadResultsNeeds, item: LineItem): Promise<Reading> =>
  await withLineItem(needs, item, async (placed) => {
    const reading = await observeResults(needs, placed);
    if (reading.hasGrades && !placed.inUse) await needs.lineItems.markInUse(item.id);
    await ensureResultRows(needs, placed, reading);
    return reading;
  });

/** Whether the LMS course still is an approved offering of the exam's course. */
async function stillCounts(needs: ReadResultsNeeds, item: LineItem): Promise<boolean> {
  const { organisationId, offeringId, examId } = item;
  const [offering, exam] = await Promise.all([
    needs.offerings.findById(organisationId, offeringId),
    needs.exams.findById(organisationId, examId),
  ]);
  return offering?.status === "approved" && offering.courseId === exam?.courseId;
}

async function finishFailed(needs: ReadResultsNeeds, item: LineItem, fault: ToolError) {
  const now = needs.now();
  const failures = item.failures + 1;
  const at = { now, random: needs.random() };
  const planned = nextRead({ ...historyOf(item), failures }, at, needs.bounds);
  const earliest = now.getTime() + (fault.retryAfterMs ?? 0);
  const nextReadAt = new Date(Math.max(planned.getTime(), earliest));
  await needs.lineItems.finishRead(item, { nextReadAt, failedWith: fault.code });
  // Having to wait is no news, and of a lasting fault one event is enough.
  if (failures > 1 || ["platform-busy", "work-overtaken"].includes(fault.code)) return;
  await needs.events.add({
    organisationId: item.organisationId,
    code: "results-not-read",
    level: "warning",
    summary:
      "Results could not be read from the LMS gradebook. Nothing is lost: Rosette keeps trying, more slowly each time.",
    about: { lineItemId: item.id, platformId: item.platformId, because: fault.code },
    at: now,
  });
}

/**
 * Reads the results of one line item if they are due, and plans the next reading. Of several
 * processes one does it. A fault of the LMS is noted and tried again later; it is no error.
 * @param lineItemId our id
 */
export async function readResults(needs: ReadResultsNeeds, lineItemId: string): Promise<void> {
  const now = needs.now();
  const until = new Date(now.getTime() + LEASE_MS);
  const item = await needs.lineItems.claimRead(lineItemId, { now, until });
  if (item === undefined) return;
  try {
    // A course that was declined later: what is graded there waits until it is approved again.
    const reading = (await stillCounts(needs, item)) ? await read(needs, item) : undefined;
    const readAt = needs.now();
    const at = { now: readAt, random: needs.random() };
    const quietReads = reading?.hasChanges === true ? 0 : historyOf(item).quietReads + 1;
    const history = { ...historyOf(item), quietReads, failures: 0 };
    const nextReadAt =
      reading?.wasOvertaken === true ? readAt : nextRead(history, at, needs.bounds);
    await needs.lineItems.finishRead(item, { nextReadAt, readAt, quietReads });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    await finishFailed(needs, item, error);
  }
}
