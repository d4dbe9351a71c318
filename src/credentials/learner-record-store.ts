import { type Connection, Schema } from "mongoose";
import { signedFormsField } from "./credential-row-store.js";
import type { LearnerRecord } from "./learner-record.js";

const schema = new Schema<LearnerRecord>(
  {
    credentialId: { type: String, required: true },
    reader: { type: String, required: true },
    source: { type: String, required: true },
    forms: signedFormsField,
    madeAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "learnerRecords" },
);
schema.index({ credentialId: 1, reader: 1 }, { unique: true });

export type LearnerRecordStore = ReturnType<typeof createLearnerRecordStore>;

/** Signed learner records, each until the credentials in it change. */
export function createLearnerRecordStore(connection: Connection) {
  const model = connection.model<LearnerRecord>("LearnerRecord", schema);
  return {
    /** The record made of just these credentials; undefined when there is none, or of others. */
    async find(
      about: Pick<LearnerRecord, "credentialId" | "reader" | "source">,
    ): Promise<LearnerRecord | undefined> {
      const { credentialId, reader, source } = about;
      const found = await model
        .findOne({ credentialId, reader, source })
        .select({ _id: 0 })
        .lean<LearnerRecord | null>();
      return found ?? undefined;
    },

    async removeOf(credentialId: string): Promise<void> {
      await model.deleteMany({ credentialId });
    },

    /** Keeps a record in place of an earlier one. */
    async put({ credentialId, reader, ...record }: LearnerRecord): Promise<void> {
      await model.updateOne({ credentialId, reader }, { $set: record }, { upsert: true });
    },
  };
}
