import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import {
  insertWithoutDuplicates,
  isDuplicate,
  newId,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { ExamBinding, WaitingName, WaitingResult } from "./waiting-result.js";

const waitingSchema = new Schema<Stored<WaitingResult>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    examName: { type: String, required: true },
    accountId: { type: String, required: true },
    sourceKey: { type: String, required: true },
    source: { type: String, required: true },
    sitting: { type: Schema.Types.Mixed, required: true },
    outcome: { type: Schema.Types.Mixed, required: true },
    occurredAt: { type: Date, required: true },
    receivedAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "waitingResults" },
);
waitingSchema.index({ organisationId: 1, sourceKey: 1 }, { unique: true });
waitingSchema.index({ organisationId: 1, examName: 1, receivedAt: 1 });

/** Set until everything that waited under the name was counted. */
type StoredBinding = Stored<ExamBinding> & { awaitsCounting?: boolean };

const bindingSchema = new Schema<StoredBinding>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    examName: { type: String, required: true },
    examId: { type: String, required: true },
    decidedBy: { type: String, required: true },
    decidedAt: { type: Date, required: true },
    awaitsCounting: Boolean,
  },
  { versionKey: false, strict: "throw", collection: "examBindings" },
);
bindingSchema.index({ organisationId: 1, examName: 1 }, { unique: true });
bindingSchema.index({ awaitsCounting: 1 }, { partialFilterExpression: { awaitsCounting: true } });

const asBinding = (stored: StoredBinding): ExamBinding => {
  const { _id: id, organisationId, examName, examId, decidedBy, decidedAt } = stored;
  return { id, organisationId, examName, examId, decidedBy, decidedAt };
};

export type WaitingResultStore = ReturnType<typeof createWaitingResultStore>;

/** Results whose exam is not known, each once by its source key, and what names were bound to. */
export function createWaitingResultStore(connection: Connection) {
  const waiting = connection.model<Stored<WaitingResult>>("WaitingResult", waitingSchema);
  const bindings = connection.model<StoredBinding>("ExamBinding", bindingSchema);
  const read = gatheredReads(connection);

  const decide = async (binding: Omit<ExamBinding, "id">): Promise<void> => {
    const { organisationId, examName, ...decision } = binding;
    await bindings.updateOne(
      { organisationId, examName },
      { $set: { ...decision, awaitsCounting: true }, $setOnInsert: { _id: newId() } },
      { upsert: true },
    );
  };

  return {
    /** Keeps each once; those kept before stay as they are. */
    async keepAll(results: WaitingResult[]): Promise<void> {
      await insertWithoutDuplicates(
        async () => await waiting.insertMany(results.map(toDocument), { ordered: false }),
      );
    },

    /** In no particular order. */
    async listBySourceKeys(organisationId: string, keys: string[]): Promise<WaitingResult[]> {
      const documents = await read<Stored<WaitingResult>>({
        from: "waitingResults",
        match: { organisationId, sourceKey: { $in: keys } },
      });
      return documents.map((document) => toRecord<WaitingResult>(document));
    },

    /** What waits, by name; the oldest first. */
    async listNames(organisationId: string): Promise<WaitingName[]> {
      const groups = await waiting.aggregate<WaitingName & { _id: string }>([
        { $match: { organisationId } },
        {
          $group: {
            _id: "$examName",
            count: { $sum: 1 },
            firstReceivedAt: { $min: "$receivedAt" },
          },
        },
        { $sort: { firstReceivedAt: 1, _id: 1 } },
        { $limit: 200 },
      ]);
      return groups.map(({ _id: examName, count, firstReceivedAt }) => ({
        ...{ examName, count, firstReceivedAt },
      }));
    },

    /** The oldest that wait under a name. */
    async listByName(
      organisationId: string,
      examName: string,
      limit: number,
    ): Promise<WaitingResult[]> {
      const documents = await waiting
        .find({ organisationId, examName })
        .sort({ receivedAt: 1 })
        .limit(limit)
        .lean();
      return documents.map((document) => toRecord<WaitingResult>(document));
    },

    async remove(organisationId: string, ids: string[]): Promise<void> {
      await waiting.deleteMany({ organisationId, _id: { $in: ids } });
    },

    /** What a name means from now on. */
    async bind(binding: Omit<ExamBinding, "id">): Promise<void> {
      try {
        await decide(binding);
      } catch (error) {
        // Two decisions at once: the unique index let one insert, the other changes it.
        if (!isDuplicate(error)) throw error;
        await decide(binding);
      }
    },

    /** Something has just been kept under these names: those that are bound are to be counted. */
    async reopen(organisationId: string, examNames: string[]): Promise<void> {
      await bindings.updateMany(
        { organisationId, examName: { $in: examNames } },
        { $set: { awaitsCounting: true } },
      );
    },

    /** Which of these names were bound, and to what; without names every one. */
    async listBindings(organisationId: string, examNames?: string[]): Promise<ExamBinding[]> {
      const match =
        examNames === undefined
          ? { organisationId }
          : { organisationId, examName: { $in: examNames } };
      const sort = { examName: 1 } as const;
      return (await read<StoredBinding>({ from: "examBindings", match, sort })).map(asBinding);
    },

    /** Of every organisation: bindings under which something may still wait. */
    async listAwaitingCounting(limit: number): Promise<ExamBinding[]> {
      return (await bindings.find({ awaitsCounting: true }).limit(limit).lean()).map(asBinding);
    },

    /** Nothing waits any more, unless the name was bound anew meanwhile. */
    async markCounted({ organisationId, id, decidedAt }: ExamBinding): Promise<void> {
      await bindings.updateOne(
        { organisationId, _id: id, decidedAt },
        { $unset: { awaitsCounting: 1 } },
      );
    },
  };
}
