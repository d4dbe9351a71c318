import { isCanvasAddress, type PlacedLineItem } from "./line-item.js";
import type { LineItemStore } from "./line-item-store.js";
import type { LmsGradesClient } from "./lms-grades-client.js";
import type { LmsRosterClient, Member } from "./lms-roster-client.js";
import type { Reading } from "./observe-results.js";

type Needs = {
  lineItems: Pick<LineItemStore, "noteRowsMade">;
  grades: Pick<LmsGradesClient, "makeRow">;
  roster: Pick<LmsRosterClient, "listMemberPages">;
  now: () => Date;
};

/** Graded in a Canvas gradebook, and not yet. */
const needsRows = (item: PlacedLineItem): boolean =>
  item.gradedInLms && !item.inUse && isCanvasAddress(item.url);

const isMissing = (member: Member, subs: ReadonlySet<string>): boolean =>
  member.isLearner && member.isActive && !subs.has(member.sub);

/**
 * Canvas shows a tool no grade of a learner for whom the tool never posted anything. So learners
 * of the roster without a row get one, empty, while nobody is graded yet; never afterwards, as a
 * Canvas that does not know `preserve_score` would clear the grade.
 * @returns how many rows were made
 * @throws ToolError faults of the LMS; the rows made so far stay
 */
export async function ensureResultRows(
  needs: Needs,
  item: PlacedLineItem,
  reading: Pick<Reading, "subs" | "hasGrades">,
): Promise<number> {
  if (!needsRows(item) || reading.hasGrades || item.membershipsUrl === undefined) return 0;
  const at = { platformId: item.platformId, membershipsUrl: item.membershipsUrl };
  let made = 0;
  for await (const members of needs.roster.listMemberPages(at)) {
    for (const member of members) {
      if (!isMissing(member, reading.subs)) continue;
      const row = { sub: member.sub, timestamp: needs.now() };
      if (await needs.grades.makeRow(item, row)) made += 1;
    }
  }
  if (made > 0) await needs.lineItems.noteRowsMade(item.id, needs.now());
  return made;
}
