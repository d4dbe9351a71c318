import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import { type Attempt, type BriefAttempt, isSubmitted, type SubmittedAttempt } from "./attempt.js";

type StoredAttempt = Stored<Attempt> & { pending?: boolean };

const schema = new Schema<StoredAttempt>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    sub: { type: String, required: true },
    courseId: { type: String, required: true },
    examId: { type: String, required: true },
    passMarkPercent: { type: Number, required: true },
    offeringId: { type: String, required: true },
    lineItemId: String,
    number: { type: Number, required: true },
    questions: { type: Schema.Types.Mixed, required: true },
    startedAt: { type: Date, required: true },
    submittedAt: Date,
    answers: Schema.Types.Mixed,
    grading: Schema.Types.Mixed,
    settledAt: Date,
    // Written with the submission and taken away when it is settled: the work that is left.
    pending: Boolean,
  },
  { versionKey: false, strict: "throw", collection: "attempts" },
);
schema.index({ accountId: 1, examId: 1, number: 1 }, { unique: true });
schema.index({ pending: 1, submittedAt: 1 }, { partialFilterExpression: { pending: true } });

/** Everything but our own mark. */
const ATTEMPT = { pending: 0 } as const;

export type AttemptStore = ReturnType<typeof createAttemptStore>;

/** Sittings of hosted exams. */
export function createAttemptStore(connection: Connection) {
  const model = connection.model<StoredAttempt>("Attempt", schema);
  return {
    /** The unique index lets one of two who begin the same number at once through. */
    async start(attempt: Attempt): Promise<"added" | "already-there"> {
      return await addOnce(() => model.create(toDocument<Attempt>(attempt)));
    },

    async find(organisationId: string, id: string): Promise<Attempt | undefined> {
      const document = await model.findOne({ organisationId, _id: id }, ATTEMPT).lean();
      return document === null ? undefined : toRecord<Attempt>(document);
    },

    /** One learner's attempts at one exam, first to last. */
    async list(of: {
      organisationId: string;
      accountId: string;
      examId: string;
    }): Promise<Attempt[]> {
      const { organisationId, accountId, examId } = of;
      const documents = await model
        .find({ organisationId, accountId, examId }, ATTEMPT)
        .sort({ number: 1 })
        .lean();
      return documents.map((document) => toRecord<Attempt>(document));
    },

    /** Many learners' attempts at some exams, in no particular order. */
    async listBriefly(of: {
      organisationId: string;
      accountIds: readonly string[];
      examIds: readonly string[];
    }): Promise<BriefAttempt[]> {
      const { organisationId, accountIds, examIds } = of;
      return await model
        .find({
          organisationId,
          accountId: { $in: [...accountIds] },
          examId: { $in: [...examIds] },
        })
        .select({ _id: 0, accountId: 1, examId: 1, startedAt: 1, submittedAt: 1 })
        .lean();
    },

    /** Hands an open attempt in; of two at once one does. Whether it was this one. */
    async submit(
      attempt: Pick<SubmittedAttempt, "id" | "organisationId" | "submittedAt"> &
        Pick<SubmittedAttempt, "answers" | "grading">,
    ): Promise<boolean> {
      const { id, organisationId, ...submission } = attempt;
      const { modifiedCount } = await model.updateOne(
        { organisationId, _id: id, submittedAt: { $exists: false } },
        { $set: { ...submission, pending: true } },
      );
      return modifiedCount === 1;
    },

    /** The attempt's result stands as a fact and is on its way to the gradebook. */
    async settle(attempt: { id: string; organisationId: string; at: Date }): Promise<void> {
      await model.updateOne(
        { organisationId: attempt.organisationId, _id: attempt.id },
        { $set: { settledAt: attempt.at }, $unset: { pending: 1 } },
      );
    },

    /** What a crash left between handing in and the fact, in all organisations; oldest first. */
    async listSubmittedWithoutFact(before: Date, limit: number): Promise<SubmittedAttempt[]> {
      const documents = await model
        .find({ pending: true, submittedAt: { $lte: before } }, ATTEMPT)
        .sort({ submittedAt: 1 })
        .limit(limit)
        .lean();
      return documents.map((document) => toRecord<Attempt>(document)).filter(isSubmitted);
    },
  };
}
