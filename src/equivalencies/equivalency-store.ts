import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import {
  addOnce,
  containing,
  type ListQuery,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import { directionsOf, type LedgerEntry, standingOf } from "./equivalency.js";

/** Kept beside the entry: what it is found by, and whether what follows was set to be counted. */
type StoredEntry = Stored<LedgerEntry> & {
  /** `EVERYBODY` or the learner's account. */
  learner: string;
  examIds: string[];
  awaitsRecount?: boolean | undefined;
};

const EVERYBODY = "everybody";

const schema = new Schema<StoredEntry>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    number: { type: Number, required: true },
    decision: { type: String, required: true },
    from: { type: Schema.Types.Mixed, required: true },
    to: { type: Schema.Types.Mixed, required: true },
    reach: { type: String, required: true },
    accountId: String,
    since: { type: Date, required: true },
    decidedAt: { type: Date, required: true },
    decidedBy: { type: String, required: true },
    enteredBy: { type: String, required: true },
    reason: { type: String, required: true },
    learner: { type: String, required: true },
    examIds: { type: [String], required: true },
    awaitsRecount: Boolean,
  },
  { versionKey: false, strict: "throw", collection: "equivalencies" },
);
schema.index({ organisationId: 1, number: 1 }, { unique: true });
schema.index({ organisationId: 1, learner: 1, examIds: 1 });
schema.index({ organisationId: 1, examIds: 1 });
schema.index({ since: 1 }, { partialFilterExpression: { awaitsRecount: true } });

const withoutOwnFields = { learner: 0, examIds: 0, awaitsRecount: 0 } as const;

/** Whose decisions are asked for. */
export type AboutLedger = {
  organisationId: string;
  /** Those for everybody that mention one of these. */
  examIds: readonly string[];
  /** All that were decided for one of these alone. */
  accountIds: readonly string[];
};

export type EquivalencyStore = ReturnType<typeof createEquivalencyStore>;

/** The ledger of equivalencies: added to and read. Nothing here changes or removes an entry. */
export function createEquivalencyStore(connection: Connection) {
  const model = connection.model<StoredEntry>("Equivalency", schema);
  const read = gatheredReads(connection);
  const toEntry = (document: Stored<LedgerEntry>): LedgerEntry => toRecord<LedgerEntry>(document);

  return {
    /** 'already-there' when another entry took this number. */
    async addOnce(entry: LedgerEntry): Promise<"added" | "already-there"> {
      const { accountId: learner = EVERYBODY, from, to } = entry;
      const kept = { learner, examIds: [from.examId, to.examId], awaitsRecount: true };
      return await addOnce(async () => await model.create({ ...toDocument(entry), ...kept }));
    },

    /** The number of the latest entry; 0 where there is none. */
    async findLastNumber(organisationId: string): Promise<number> {
      const [last] = await model
        .find({ organisationId })
        .select({ number: 1 })
        .sort({ number: -1 })
        .limit(1)
        .lean();
      return last?.number ?? 0;
    },

    async findById(organisationId: string, id: string): Promise<LedgerEntry | undefined> {
      const document = await model
        .findOne({ organisationId, _id: id })
        .select(withoutOwnFields)
        .lean();
      return document === null ? undefined : toEntry(document);
    },

    /** In no particular order; also what was withdrawn since. */
    async listByIds(organisationId: string, ids: readonly string[]): Promise<LedgerEntry[]> {
      if (ids.length === 0) return [];
      const documents = await model
        .find({ organisationId, _id: { $in: [...ids] } })
        .select(withoutOwnFields)
        .lean();
      return documents.map(toEntry);
    },

    /** Every entry for everybody and for this learner: what a new decision is held against. */
    async listAll(organisationId: string, accountId: string | undefined): Promise<LedgerEntry[]> {
      const learner = { $in: [EVERYBODY, ...(accountId === undefined ? [] : [accountId])] };
      const documents = await model
        .find({ organisationId, learner })
        .select(withoutOwnFields)
        .lean();
      return documents.map(toEntry);
    },

    /** Those that stand, by number. */
    async listStanding(about: AboutLedger): Promise<LedgerEntry[]> {
      const { organisationId, examIds, accountIds } = about;
      const either = [
        ...(examIds.length === 0 ? [] : [{ learner: EVERYBODY, examIds: { $in: [...examIds] } }]),
        ...(accountIds.length === 0 ? [] : [{ learner: { $in: [...accountIds] } }]),
      ];
      if (either.length === 0) return [];
      const documents = await read<Stored<LedgerEntry>>({
        from: "equivalencies",
        match:
          either.length === 1 ? { organisationId, ...either[0] } : { organisationId, $or: either },
        without: Object.keys(withoutOwnFields),
      });
      return standingOf(documents.map(toEntry));
    },

    /** The exams that count for one of these, for everybody or for anybody alone. */
    async listExamIdsCountingFor(
      organisationId: string,
      examIds: readonly string[],
    ): Promise<string[]> {
      const documents = await model
        .find({ organisationId, examIds: { $in: [...examIds] } })
        .select(withoutOwnFields)
        .lean();
      const wanted = new Set(examIds);
      const counting = standingOf(documents.map(toEntry))
        .flatMap(directionsOf)
        .filter(({ countsFor }) => wanted.has(countsFor.examId))
        .map(({ passed }) => passed.examId);
      return [...new Set(counting)];
    },

    /** Newest first; `search` looks in the courses' names, the reason and who decided. */
    async list(organisationId: string, query: ListQuery): Promise<PageOf<LedgerEntry>> {
      const pattern = containing(query.search);
      const filter = {
        organisationId,
        ...(query.search === ""
          ? {}
          : {
              $or: [
                { "from.title": pattern },
                { "to.title": pattern },
                { reason: pattern },
                { decidedBy: pattern },
              ],
            }),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await model
          .find(filter)
          .select(withoutOwnFields)
          .sort({ number: -1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map(toEntry);
      });
    },

    /** Of every organisation: entries that begin to count and are not followed up yet. */
    async listAwaitingRecount(now: Date, limit: number): Promise<LedgerEntry[]> {
      const documents = await model
        .find({ awaitsRecount: true, since: { $lte: now } })
        .select(withoutOwnFields)
        .limit(limit)
        .lean();
      return documents.map(toEntry);
    },

    async markRecounted(organisationId: string, id: string): Promise<void> {
      await model.updateOne({ organisationId, _id: id }, { $unset: { awaitsRecount: 1 } });
    },
  };
}
