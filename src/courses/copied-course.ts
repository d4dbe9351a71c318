import type { Offering } from "./offering.js";

/** Parameter that our registrations ask every LMS to send with each launch. */
const HISTORY_PARAMETER = "context_id_history";
/** Canvas tells at most so many. */
const MOST_ANCESTORS = 1000;

/**
 * Ids of the LMS courses that this one was copied from, nearest first (LTI Core 1.3 Appendix B,
 * `$Context.id.history`). Canvas says "truncated" in place of what is too much.
 */
export const readContextHistory = (custom: Readonly<Record<string, string>>): string[] =>
  [
    ...new Set(
      (custom[HISTORY_PARAMETER] ?? "")
        .split(",")
        .map((id) => id.trim())
        .filter((id) => id !== "" && id !== "truncated"),
    ),
  ].slice(0, MOST_ANCESTORS);

type Ancestor = Pick<Offering, "id" | "contextId" | "status" | "courseId">;

/** A course that the copy may be an offering of, and the approved offering it comes from. */
export type CopyCandidate = { courseId: string; copiedFrom: string };

/**
 * Which courses a copied LMS course may be an offering of: those of its approved ancestors, each
 * with the nearest of them. None when the nearest one that was decided about was declined: what
 * counts nowhere does not begin to count by being copied.
 */
export function candidatesOf(
  history: readonly string[],
  known: readonly Ancestor[],
): CopyCandidate[] {
  const byContext = new Map(known.map((ancestor) => [ancestor.contextId, ancestor]));
  const decided = history
    .map((contextId) => byContext.get(contextId))
    .filter((ancestor) => ancestor !== undefined && ancestor.status !== "pending");
  if (decided[0]?.status === "declined") return [];
  const nearest = new Map<string, CopyCandidate>();
  for (const ancestor of decided) {
    if (ancestor?.status !== "approved" || ancestor.courseId === undefined) continue;
    if (nearest.has(ancestor.courseId)) continue;
    nearest.set(ancestor.courseId, { courseId: ancestor.courseId, copiedFrom: ancestor.id });
  }
  return [...nearest.values()];
}
