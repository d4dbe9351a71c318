import { ToolError } from "../errors.js";
import { type LineItem, type PlacedLineItem, resourceIdOf } from "./line-item.js";
import type { LineItemStore } from "./line-item-store.js";
import type { LmsGradesClient } from "./lms-grades-client.js";

export type EnsureLineItemNeeds = {
  lineItems: Pick<LineItemStore, "claimMaking" | "releaseMaking" | "setUrl" | "find" | "forgetUrl">;
  grades: Pick<LmsGradesClient, "findLineItem" | "createLineItem">;
  now: () => Date;
};

/** Longer than the LMS may take for all that is asked of it here. */
const LEASE_MS = 2 * 60_000;

async function findOrMake(needs: EnsureLineItemNeeds, item: LineItem): Promise<string> {
  if (item.lineItemsUrl === undefined) {
    throw new ToolError("platform-refused", { detail: "the LMS course shares no gradebook" });
  }
  const at = { platformId: item.platformId, lineItemsUrl: item.lineItemsUrl };
  const resourceId = resourceIdOf(item.examId);
  const found = await needs.grades.findLineItem(at, resourceId);
  if (found !== undefined) return found;
  const { title: label, scoreMaximum } = item;
  return await needs.grades.createLineItem(at, { resourceId, label, scoreMaximum });
}

/**
 * The exam's column in the LMS gradebook: found by its resourceId before it is made, and by one
 * process at a time, since a second POST would make a second column.
 * @throws ToolError work-overtaken while another process is at it; faults of the LMS
 */
async function ensureLineItem(needs: EnsureLineItemNeeds, item: LineItem): Promise<PlacedLineItem> {
  if (item.url !== undefined) return { ...item, url: item.url };
  const now = needs.now();
  const until = new Date(now.getTime() + LEASE_MS);
  if (!(await needs.lineItems.claimMaking(item.id, { now, until }))) {
    const url = (await needs.lineItems.find(item.id))?.url;
    if (url !== undefined) return { ...item, url };
    throw new ToolError("work-overtaken", { detail: "the column is just being made" });
  }
  try {
    const url = await findOrMake(needs, item);
    await needs.lineItems.setUrl(item.id, url);
    return { ...item, url };
  } catch (error) {
    await needs.lineItems.releaseMaking(item.id);
    throw error;
  }
}

/**
 * Does something with the column in the LMS. Should the LMS say that it is gone (deleted, or the
 * course was restored), it is looked for again the next time.
 * @throws ToolError as `ensureLineItem`, and whatever `use` throws
 */
export async function withLineItem<T>(
  needs: EnsureLineItemNeeds,
  item: LineItem,
  use: (placed: PlacedLineItem) => Promise<T>,
): Promise<T> {
  const placed = await ensureLineItem(needs, item);
  try {
    return await use(placed);
  } catch (error) {
    if (error instanceof ToolError && error.code === "not-found") {
      await needs.lineItems.forgetUrl(item.id, placed.url);
    }
    throw error;
  }
}
