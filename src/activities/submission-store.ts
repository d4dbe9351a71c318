import { type Connection, Schema } from "mongoose";
import { addOnce, plainBytes, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Assessment, BriefSubmission, Submission } from "./submission.js";

/** Set with each decision until its outcome has become a fact. */
type StoredSubmission = Stored<Submission> & { awaitsFact?: boolean };

const schema = new Schema<StoredSubmission>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    examId: { type: String, required: true },
    courseId: { type: String, required: true },
    accountId: { type: String, required: true },
    offeringId: { type: String, required: true },
    number: { type: Number, required: true },
    work: { type: Schema.Types.Mixed, required: true },
    submittedAt: { type: Date, required: true },
    state: { type: String, required: true },
    assessments: { type: Schema.Types.Mixed, required: true },
    awaitsFact: Boolean,
  },
  { versionKey: false, strict: "throw", collection: "submissions", minimize: false },
);
schema.index({ organisationId: 1, examId: 1, accountId: 1, number: 1 }, { unique: true });
schema.index({ organisationId: 1, offeringId: 1, state: 1, submittedAt: 1 });
schema.index({ organisationId: 1, examId: 1, state: 1, submittedAt: 1 });
schema.index({ organisationId: 1, accountId: 1, submittedAt: 1 });
schema.index({ awaitsFact: 1 }, { partialFilterExpression: { awaitsFact: true } });

/**
 * A file of a submission, byte by byte. It names its owner itself: one that a crash left without
 * a submission goes with the account, too.
 */
export type KeptFile = {
  id: string;
  organisationId: string;
  accountId: string;
  submissionId: string;
  name: string;
  bytes: Buffer;
};

const fileSchema = new Schema<Stored<KeptFile>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    submissionId: { type: String, required: true },
    name: { type: String, required: true },
    bytes: { type: Buffer, required: true },
  },
  { versionKey: false, strict: "throw", collection: "submissionFiles" },
);
fileSchema.index({ organisationId: 1, accountId: 1 });

function asSubmission(stored: StoredSubmission): Submission {
  const submission: StoredSubmission = { ...stored };
  delete submission.awaitsFact;
  return toRecord<Submission>(submission);
}

export type SubmissionStore = ReturnType<typeof createSubmissionStore>;

/** What learners handed in, what was decided about it, and the files. */
export function createSubmissionStore(connection: Connection) {
  const model = connection.model<StoredSubmission>("Submission", schema);
  const files = connection.model<Stored<KeptFile>>("SubmissionFile", fileSchema);
  return {
    /** 'already-there' when the learner has a submission of that number in the activity. */
    async addOnce(submission: Submission): Promise<"added" | "already-there"> {
      const awaitsFact = submission.state === "waiting" ? {} : { awaitsFact: true };
      const document = { ...toDocument(submission), ...awaitsFact };
      return await addOnce(async () => await model.create(document));
    },

    async find(organisationId: string, id: string): Promise<Submission | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : asSubmission(document);
    },

    /** A learner's own in one activity, the first one first. */
    async listOwn(about: {
      organisationId: string;
      examId: string;
      accountId: string;
    }): Promise<Submission[]> {
      const { organisationId, examId, accountId } = about;
      const documents = await model
        .find({ organisationId, examId, accountId })
        .sort({ number: 1 })
        .lean();
      return documents.map(asSubmission);
    },

    /** Everything that a learner handed in anywhere, the first one first. */
    async listOfLearner(
      organisationId: string,
      accountIds: readonly string[],
    ): Promise<Submission[]> {
      const documents = await model
        .find({ organisationId, accountId: { $in: [...accountIds] } })
        .sort({ submittedAt: 1, _id: 1 })
        .lean();
      return documents.map(asSubmission);
    },

    /** What many learners handed in for some activities, in no particular order. */
    async listBriefly(of: {
      organisationId: string;
      accountIds: readonly string[];
      examIds: readonly string[];
    }): Promise<BriefSubmission[]> {
      const { organisationId, accountIds, examIds } = of;
      return await model
        .find({
          organisationId,
          examId: { $in: [...examIds] },
          accountId: { $in: [...accountIds] },
        })
        .select({ _id: 0, accountId: 1, examId: 1, offeringId: 1, submittedAt: 1, state: 1 })
        .lean();
    },

    /** What waits in an LMS course or in one of these activities, the oldest first. */
    async listWaiting(about: {
      organisationId: string;
      offeringId: string | undefined;
      examIds: string[];
    }): Promise<Submission[]> {
      const { organisationId, offeringId, examIds } = about;
      const places = [
        ...(offeringId === undefined ? [] : [{ offeringId }]),
        ...(examIds.length === 0 ? [] : [{ examId: { $in: examIds } }]),
      ];
      if (places.length === 0) return [];
      const documents = await model
        .find({ organisationId, state: "waiting", $or: places })
        .sort({ submittedAt: 1 })
        .limit(100)
        .lean();
      return documents.map(asSubmission);
    },

    /** Decides about work in the state it was seen in; undefined when it is in another by now. */
    async decide(decision: {
      organisationId: string;
      id: string;
      from: Submission["state"];
      assessment: Assessment;
    }): Promise<Submission | undefined> {
      const { organisationId, id, from, assessment } = decision;
      const document = await model
        .findOneAndUpdate(
          { organisationId, _id: id, state: from },
          {
            $set: { state: assessment.outcome, awaitsFact: true },
            $push: { assessments: assessment },
          },
          { returnDocument: "after" },
        )
        .lean();
      return document === null ? undefined : asSubmission(document);
    },

    /** Of every organisation: decided work whose outcome is no fact yet. */
    async listAwaitingFact(limit: number): Promise<Submission[]> {
      return (await model.find({ awaitsFact: true }).limit(limit).lean()).map(asSubmission);
    },

    /** The outcome is a fact, unless there is another decision meanwhile. */
    async markRecorded({ organisationId, id, state }: Submission): Promise<void> {
      await model.updateOne({ organisationId, _id: id, state }, { $unset: { awaitsFact: 1 } });
    },

    async addFile(file: KeptFile): Promise<void> {
      await files.create(toDocument(file));
    },

    async removeFiles(organisationId: string, ids: readonly string[]): Promise<void> {
      await files.deleteMany({ organisationId, _id: { $in: [...ids] } });
    },

    async findFile(organisationId: string, id: string): Promise<KeptFile | undefined> {
      const document = await files.findOne({ organisationId, _id: id }).lean();
      return document === null
        ? undefined
        : { ...toRecord<KeptFile>(document), bytes: plainBytes(document.bytes) };
    },
  };
}
