import type { Licence } from "./licence.js";

/** What somebody says they are in a profession. */
export type ProfessionalStatus = "student" | "practitioner";

/** A licence that an administrator has verified, as the rules read it. */
type VerifiedLicence = Pick<Licence, "id" | "validFrom" | "validTo">;

/** Where one learner stands in one profession: what the rules of tracks know about it. */
export type Eligibility = {
  professionId: string;
  status: ProfessionalStatus | undefined;
  /** Verified licences, the earliest first. A lapsed one was valid in its time. */
  licences: VerifiedLicence[];
  /** What became of the licence handed in last, where none is verified. */
  pending: "none" | "submitted" | "rejected";
  /**
   * An administrator lets exams count that were taken while no licence was valid: those from before
   * it was decided.
   */
  dateWaiver: { reason: string; waivedAt: Date } | undefined;
};

/** What one account says of a profession, and what was decided about it. */
export type ProfessionalStanding = {
  accountId: string;
  professionId: string;
  status: ProfessionalStatus | undefined;
  /** When the status was said. */
  saidAt?: Date | undefined;
  dateWaiver: { reason: string; waivedAt: Date; waivedBy: string } | undefined;
};

const DAY_MS = 86_400_000;

/** Whether a licence was valid at a moment; its first and last day count whole. */
export const wasValidAt = (
  { validFrom, validTo }: Pick<Licence, "validFrom" | "validTo">,
  at: Date,
): boolean =>
  at >= validFrom && (validTo === undefined || at.getTime() < validTo.getTime() + DAY_MS);

/** Of the same day in the order of their handing in, so that it does not matter how they are read. */
const byBeginning = (one: Licence, other: Licence): number =>
  one.validFrom.getTime() - other.validFrom.getTime() ||
  one.submittedAt.getTime() - other.submittedAt.getTime() ||
  (one.id < other.id ? -1 : 1);

/** The one that was decided last reaches furthest. */
const latestWaiver = (standings: readonly ProfessionalStanding[]) =>
  standings
    .flatMap(({ dateWaiver }) => dateWaiver ?? [])
    .reduce<ProfessionalStanding["dateWaiver"]>(
      (latest, one) => (latest !== undefined && latest.waivedAt >= one.waivedAt ? latest : one),
      undefined,
    );

/** What was said last; of the same moment it does not matter in which order they are read. */
const bySaying = (one: ProfessionalStanding, other: ProfessionalStanding): number =>
  (other.saidAt?.getTime() ?? 0) - (one.saidAt?.getTime() ?? 0) ||
  (one.accountId < other.accountId ? -1 : 1);

/** Where a learner stands in each profession, from what stands on all of their accounts. */
export function foldEligibility(
  standings: readonly ProfessionalStanding[],
  licences: readonly Licence[],
): Eligibility[] {
  const professionIds = new Set([...standings, ...licences].map((one) => one.professionId));
  return [...professionIds].map((professionId) => {
    const own = standings.filter((one) => one.professionId === professionId).sort(bySaying);
    const handedIn = licences.filter((one) => one.professionId === professionId).sort(byBeginning);
    const states = new Set(handedIn.map(({ state }) => state));
    return {
      professionId,
      status: own.find(({ status }) => status !== undefined)?.status,
      licences: handedIn
        .filter(({ state }) => state === "verified")
        .map(({ id, validFrom, validTo }) => ({ id, validFrom, validTo })),
      pending: states.has("submitted") ? "submitted" : states.has("rejected") ? "rejected" : "none",
      dateWaiver: latestWaiver(own),
    };
  });
}
