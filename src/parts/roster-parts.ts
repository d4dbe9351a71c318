import { readRoster, type ReadRosterNeeds } from "../instructor/read-roster.js";
import type { WorkQueue } from "../work/work-queue.js";

/** Reads the rosters of LMS courses in the background. */
export function readRosters(work: Pick<WorkQueue, "handle">, needs: ReadRosterNeeds): void {
  work.handle("read-roster", async ({ organisationId, offeringId = "", ...about }) => {
    const { platformId = "", membershipsUrl = "" } = about;
    await readRoster(needs, { organisationId, offeringId, platformId, membershipsUrl });
  });
}
