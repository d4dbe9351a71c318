import type { EvidenceFile } from "./evidence.js";

/** A profession that people are licensed or registered in, e.g. `Occupational therapist`. */
export type Profession = { id: string; organisationId: string; name: string; createdAt: Date };

/**
 * A licence or registration as its holder has handed it in. The number is personal: it is sealed,
 * and stands in no credential, no log and no event.
 */
export type Licence = {
  id: string;
  organisationId: string;
  accountId: string;
  professionId: string;
  /** Opens with `licencePurpose`. */
  sealedNumber: string;
  /** Where it is valid, e.g. `Ontario`. */
  jurisdiction: string;
  /** Days, as instants at 00:00 UTC; both count whole. */
  validFrom: Date;
  /** undefined: for life. */
  validTo: Date | undefined;
  /** An address where it can be checked, e.g. the public register's. */
  evidenceUrl: string | undefined;
  /** What kind of file proves it; undefined: none is attached. */
  evidenceFile?: EvidenceFile | undefined;
  state: "submitted" | "verified" | "rejected";
  submittedAt: Date;
  decidedBy: string | undefined;
  decidedAt: Date | undefined;
  /** Why it was rejected, in words for its holder. */
  reason: string | undefined;
};

/** What its number and its file are sealed for. */
export const licencePurpose = ({ id }: Pick<Licence, "id">): string => `licence:${id}`;

/** What the holder writes. */
export type LicenceContent = Pick<
  Licence,
  "professionId" | "jurisdiction" | "validFrom" | "validTo" | "evidenceUrl"
> & {
  number: string;
  /** A file of one of the kinds of `readEvidence`. */
  evidence?: { type: EvidenceFile["type"]; bytes: Buffer } | undefined;
};

/** As people are told about it; a verified one may have lapsed since. */
export type LicenceState = "submitted" | "verified" | "rejected" | "lapsed";

const DAY_MS = 86_400_000;

export const licenceStateOf = (
  { state, validTo }: Pick<Licence, "state" | "validTo">,
  now: Date,
): LicenceState =>
  state === "verified" && validTo !== undefined && now.getTime() >= validTo.getTime() + DAY_MS
    ? "lapsed"
    : state;
