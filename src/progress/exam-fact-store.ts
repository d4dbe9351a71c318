import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { addEachOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import { dueAtOf, type ExamFact } from "./exam-fact.js";

/** Kept beside the fact: the queue of what is still to be evaluated. */
type StoredFact = Stored<ExamFact> & {
  /** When it begins to count: not before it happened and not before we learned of it. */
  dueAt: Date;
  pending?: boolean | undefined;
  /** How often it was put into the queue, so that taking it out never undoes a later putting in. */
  queued: number;
};

/** How far a walk through the queue has come: behind this fact. */
export type QueuePlace = { dueAt: Date; id: string };

/** A fact as the engine reads it. */
export type QueuedFact = {
  fact: ExamFact;
  dueAt: Date;
  pending: boolean;
  queued: number;
};

const schema = new Schema<StoredFact>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    courseId: { type: String, required: true },
    examId: { type: String, required: true },
    offeringId: String,
    sourceKey: { type: String, required: true },
    source: { type: String, required: true },
    sitting: { type: Schema.Types.Mixed },
    outcome: { type: Schema.Types.Mixed, required: true },
    passMarkPercent: { type: Number, required: true },
    occurredAt: { type: Date, required: true },
    observedAt: { type: Date, required: true },
    dueAt: { type: Date, required: true },
    pending: Boolean,
    queued: { type: Number, required: true },
  },
  { versionKey: false, strict: "throw", collection: "examFacts" },
);
schema.index({ organisationId: 1, sourceKey: 1 }, { unique: true });
schema.index({ organisationId: 1, accountId: 1, occurredAt: 1 });
schema.index({ organisationId: 1, offeringId: 1, accountId: 1 });
schema.index({ organisationId: 1, examId: 1, accountId: 1 });
schema.index({ dueAt: 1, _id: 1 }, { partialFilterExpression: { pending: true } });

const withoutQueueFields = { dueAt: 0, pending: 0, queued: 0 } as const;

/** Where a walk over the accounts that have a fact of some exams stands. */
type AccountWalk = {
  organisationId: string;
  examIds: readonly string[];
  after: string;
  limit: number;
};

/** A part of such a walk; `next` is undefined at its end. */
type AccountIds = { accountIds: string[]; next: string | undefined };

export type ExamFactStore = ReturnType<typeof createExamFactStore>;

/**
 * The facts, which are never changed, and beside them the queue of facts not yet evaluated:
 * a partial index, so that it costs nothing for the others.
 */
export function createExamFactStore(connection: Connection) {
  const model = connection.model<StoredFact>("ExamFact", schema);
  const read = gatheredReads(connection);

  async function addAll(facts: readonly ExamFact[]): Promise<("added" | "already-there")[]> {
    const documents: StoredFact[] = facts.map((fact) => ({
      ...toDocument(fact),
      ...{ dueAt: dueAtOf(fact), pending: true, queued: 1 },
    }));
    return await addEachOnce(model, documents);
  }

  const enqueue = async (
    filter: { organisationId: string } & (
      { examId: { $in: string[] } } | { accountId: { $in: string[] } }
    ),
  ): Promise<number> => {
    const { matchedCount } = await model.updateMany(filter, {
      $set: { pending: true },
      $inc: { queued: 1 },
    });
    return matchedCount;
  };

  return {
    /** Adds a fact to the queue; 'already-there' when its source key was seen before. */
    async addOnce(fact: ExamFact): Promise<"added" | "already-there"> {
      return (await addAll([fact]))[0] ?? "added";
    },

    /** The same for many facts in one go; answers in their order. */
    addAll,

    /** The facts under these source keys, in no particular order. */
    async listBySourceKeys(organisationId: string, sourceKeys: string[]): Promise<ExamFact[]> {
      const documents = await read<Stored<ExamFact>>({
        from: "examFacts",
        match: { organisationId, sourceKey: { $in: sourceKeys } },
        without: Object.keys(withoutQueueFields),
      });
      return documents.map((document) => toRecord<ExamFact>(document));
    },

    /** Every revision of a sitting that came from elsewhere. `sittingKey` is `<source>:<id>`. */
    async listRevisions(organisationId: string, sittingKey: string): Promise<ExamFact[]> {
      // ";" follows ":" in ASCII: all keys that begin so, by the unique index.
      const sourceKey = { $gte: `${sittingKey}:`, $lt: `${sittingKey};` };
      const documents = await model
        .find({ organisationId, sourceKey })
        .select(withoutQueueFields)
        .lean();
      return documents.map((document) => toRecord<ExamFact>(document));
    },

    /** Every fact of these accounts (a learner's, or several learners'), by when it happened. */
    async listForAccounts(organisationId: string, accountIds: string[]): Promise<ExamFact[]> {
      const documents = await read<Stored<ExamFact>>({
        from: "examFacts",
        match: { organisationId, accountId: { $in: accountIds } },
        sort: { occurredAt: 1, _id: 1 },
        without: Object.keys(withoutQueueFields),
      });
      return documents.map((document) => toRecord<ExamFact>(document));
    },

    /** The same with each fact's place in the queue. */
    async listQueuedForAccounts(
      organisationId: string,
      accountIds: string[],
    ): Promise<QueuedFact[]> {
      const documents = await read<StoredFact>({
        from: "examFacts",
        match: { organisationId, accountId: { $in: accountIds } },
      });
      return documents.map(({ dueAt, pending, queued, ...fact }) => ({
        fact: toRecord<ExamFact>(fact),
        dueAt,
        pending: pending === true,
        queued,
      }));
    },

    /** How many accounts have a fact of one of these exams. */
    async countAccountsWith(organisationId: string, examIds: readonly string[]): Promise<number> {
      const [counted] = await model.aggregate<{ accounts: number }>([
        { $match: { organisationId, examId: { $in: [...examIds] } } },
        { $group: { _id: "$accountId" } },
        { $count: "accounts" },
      ]);
      return counted?.accounts ?? 0;
    },

    /** Whether facts of an organisation are due and not evaluated yet. */
    async isAnyDue(organisationId: string, now: Date): Promise<boolean> {
      const filter = { pending: true, dueAt: { $lte: now }, organisationId };
      return (await model.findOne(filter).select({ _id: 1 }).lean()) !== null;
    },

    /**
     * The accounts behind `after`, by id, that have a fact of one of these exams; about `limit` of
     * them, and behind which to go on. What it takes does not grow with the number of accounts.
     */
    async listAccountIdsWith(about: AccountWalk): Promise<AccountIds> {
      const { organisationId, after, limit } = about;
      const found = new Set<string>();
      // What lies behind the end of one exam's part is not seen whole yet.
      let horizon: string | undefined;
      for (const examId of about.examIds) {
        const documents = await model
          .find({ organisationId, examId, accountId: { $gt: after } })
          .select({ accountId: 1 })
          .sort({ accountId: 1 })
          .limit(limit)
          .lean();
        for (const { accountId } of documents) found.add(accountId);
        const last = documents.at(-1)?.accountId;
        if (last === undefined || documents.length < limit) continue;
        if (horizon === undefined || last < horizon) horizon = last;
      }
      const accountIds = [...found].sort();
      const seen = accountIds.filter((id) => horizon === undefined || id <= horizon);
      return { accountIds: seen, next: horizon };
    },

    /** The accounts that have a fact in one LMS course. */
    async listAccountIdsInOffering(organisationId: string, offeringId: string): Promise<string[]> {
      return await model.distinct("accountId", { organisationId, offeringId });
    },

    /**
     * Of every organisation: facts that are due and not evaluated, oldest first; the account of
     * each, and its place in the queue.
     * @param after where an earlier reading ended
     */
    async listDue(
      now: Date,
      { limit, after }: { limit: number; after?: QueuePlace | undefined },
    ): Promise<(QueuePlace & { organisationId: string; accountId: string })[]> {
      const behind =
        after === undefined
          ? {}
          : {
              $or: [
                { dueAt: { $gt: after.dueAt } },
                { dueAt: after.dueAt, _id: { $gt: after.id } },
              ],
            };
      const documents = await model
        .find({ pending: true, dueAt: { $gte: after?.dueAt ?? new Date(0), $lte: now }, ...behind })
        .select({ organisationId: 1, accountId: 1, dueAt: 1 })
        .sort({ dueAt: 1, _id: 1 })
        .limit(limit)
        .lean();
      return documents.map(({ _id: id, organisationId, accountId, dueAt }) => ({
        ...{ id, organisationId, accountId, dueAt },
      }));
    },

    /** Takes facts out of the queue, but for those put into it again since they were read. */
    async markEvaluated(organisationId: string, read: QueuedFact[]): Promise<void> {
      for (const queued of new Set(read.map((item) => item.queued))) {
        const ids = read.filter((item) => item.queued === queued).map(({ fact }) => fact.id);
        await model.updateMany(
          { organisationId, _id: { $in: ids }, queued },
          { $unset: { pending: 1 } },
        );
      }
    },

    /** Puts every fact of these exams into the queue again; how many there were. */
    async setPendingForExams(organisationId: string, examIds: string[]): Promise<number> {
      return await enqueue({ organisationId, examId: { $in: examIds } });
    },

    /** Puts every fact of these accounts into the queue again; how many there were. */
    async setPendingForAccounts(organisationId: string, accountIds: string[]): Promise<number> {
      return await enqueue({ organisationId, accountId: { $in: accountIds } });
    },
  };
}
