import type { OfferingStore } from "../courses/offering-store.js";
import type { ExamFactStore } from "./exam-fact-store.js";
import type { Result } from "./record-result.js";

type Needs = {
  offerings: Pick<OfferingStore, "findById">;
  facts: Pick<ExamFactStore, "listForAccounts">;
};

type Graded = { score: number; maximum: number };
const isSame = (one: Graded, other: Graded): boolean =>
  Math.abs(one.score / one.maximum - other.score / other.maximum) < 1e-9;

/**
 * Whether a grade merely came along when an LMS course was copied or restored with its learners:
 * it is older than the copy's first launch and known already from another LMS course. Such a
 * grade is nothing that happened, so it makes no fact and moves no award.
 */
export async function isCarriedOver(
  needs: Needs,
  result: Pick<Result, "organisationId" | "accountId" | "examId" | "offeringId"> &
    Pick<Result, "source" | "outcome" | "occurredAt">,
): Promise<boolean> {
  const { organisationId, accountId, examId, offeringId, outcome, occurredAt } = result;
  if (result.source !== "lms-gradebook" || offeringId === undefined) return false;
  if (outcome.kind === "cleared") return false;
  const offering = await needs.offerings.findById(organisationId, offeringId);
  if (offering === undefined || occurredAt >= offering.firstSeenAt) return false;
  const known = await needs.facts.listForAccounts(organisationId, [accountId]);
  return known.some(
    (fact) =>
      fact.examId === examId &&
      fact.offeringId !== offeringId &&
      fact.outcome.kind === "graded" &&
      isSame(fact.outcome, outcome),
  );
}
