import { directionsOf, type LedgerEntry } from "../equivalencies/equivalency.js";
import type { CountedExam } from "./evaluation.js";

const NOTHING: ReadonlyMap<string, readonly CountedExam[]> = new Map();

/** What else counts as each exam, by the entries of the ledger that have begun to count. */
export function countedAsOf(
  standing: readonly LedgerEntry[],
  now: Date,
): ReadonlyMap<string, readonly CountedExam[]> {
  if (standing.length === 0) return NOTHING;
  const byExam = new Map<string, CountedExam[]>();
  for (const { entry, passed, countsFor } of standing.flatMap(directionsOf)) {
    const { id: equivalencyId, since, decidedAt, decidedBy, reason, accountId } = entry;
    if (since > now) continue;
    const { examId, title } = passed;
    const counted = { equivalencyId, examId, title, since, decidedAt, decidedBy, reason };
    const others = byExam.get(countsFor.examId) ?? [];
    byExam.set(countsFor.examId, [
      ...others,
      { ...counted, isForOneLearner: accountId !== undefined },
    ]);
  }
  return byExam;
}
