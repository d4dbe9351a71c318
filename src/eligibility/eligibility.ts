/** What somebody says they are in a profession. */
type ProfessionalStatus = "student" | "practitioner";

/** A licence that an administrator has verified, as the rules read it. */
export type VerifiedLicence = {
  /** The licence record's id; the number stands nowhere but in the record. */
  id: string;
  /** Days, as instants at 00:00 UTC; both count. */
  validFrom: Date;
  /** undefined: for life. */
  validTo: Date | undefined;
};

/** Where one learner stands in one profession: what the rules of tracks know about it. */
export type Eligibility = {
  professionId: string;
  status: ProfessionalStatus | undefined;
  /** Verified licences, the earliest first. A lapsed one was valid in its time. */
  licences: VerifiedLicence[];
  /** What became of the licence handed in last, where none is verified. */
  pending: "none" | "submitted" | "rejected";
  /** An administrator lets an exam count that was taken while no licence was valid. */
  dateWaiver: { reason: string; waivedAt: Date } | undefined;
};

const DAY_MS = 86_400_000;

/** Whether a licence was valid at a moment; its first and last day count whole. */
export const wasValidAt = ({ validFrom, validTo }: VerifiedLicence, at: Date): boolean =>
  at >= validFrom && (validTo === undefined || at.getTime() < validTo.getTime() + DAY_MS);
