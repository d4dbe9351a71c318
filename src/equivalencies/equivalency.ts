/** An exam as the ledger names it: by its course, edition included, as it was when decided. */
export type LedgerExam = { examId: string; courseId: string; title: string };

/**
 * One decision in the ledger of equivalencies: that whoever passed one exam has what another asks
 * for, or that they have not. Written once and never changed: of all about the same two exams and
 * the same learner the latest stands. Unique by (organisation, number).
 */
export type LedgerEntry = {
  id: string;
  organisationId: string;
  /** Its place in the organisation's ledger, from 1. */
  number: number;
  /** `does-not-count` takes back what stood, or says that it was looked at and refused. */
  decision: "counts" | "does-not-count";
  /** What was passed … */
  from: LedgerExam;
  /** … counts for this. */
  to: LedgerExam;
  reach: "one-way" | "both-ways";
  /** The learner whom alone it was decided for; everybody where absent. */
  accountId?: string | undefined;
  /** It counts from this moment on, also what was passed before. */
  since: Date;
  decidedAt: Date;
  /** Who decided, as learners read it: an office or a committee, no person. */
  decidedBy: string;
  /** Account of the administrator who entered it. */
  enteredBy: string;
  reason: string;
};

/** What a new decision is about. */
export type Decided = Pick<LedgerEntry, "from" | "to" | "reach" | "accountId">;

/** Entries of one key follow one another: the two exams, in no order, and whom it is for. */
const keyOf = ({ from, to, accountId = "" }: Decided): string =>
  [...[from.examId, to.examId].sort(), accountId].join(" ");

/** Of all entries those that stand: the latest about the same exams and learner, if it counts. */
export function standingOf(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const latest = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const known = latest.get(keyOf(entry));
    if (known === undefined || known.number < entry.number) latest.set(keyOf(entry), entry);
  }
  return [...latest.values()]
    .filter(({ decision }) => decision === "counts")
    .sort((one, other) => one.number - other.number);
}

/** One direction of a decision. */
export type Counting = { entry: LedgerEntry; passed: LedgerExam; countsFor: LedgerExam };

/** A decision for both ways counts in two directions. */
export function directionsOf(entry: LedgerEntry): Counting[] {
  const { from, to, reach } = entry;
  const forth = { entry, passed: from, countsFor: to };
  return reach === "one-way" ? [forth] : [forth, { entry, passed: to, countsFor: from }];
}

/**
 * The exams that these stand for as well. One step, never a chain: that the edition of 2020 counts
 * for that of 2023 and this for that of 2026 says nothing about 2020 and 2026. Somebody decides.
 */
export function examIdsReached(
  examIds: readonly string[],
  standing: readonly LedgerEntry[],
): string[] {
  const from = new Set(examIds);
  const reached = standing
    .flatMap(directionsOf)
    .filter(({ passed }) => from.has(passed.examId))
    .map(({ countsFor }) => countsFor.examId);
  return [...new Set([...examIds, ...reached])];
}
