import { type Connection, Schema } from "mongoose";
import { type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Activity } from "./activity.js";

const schema = new Schema<Stored<Activity>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    instructions: { type: String, required: true },
    accepts: { type: [String], required: true },
    rubric: { type: Schema.Types.Mixed, required: true },
    assessorIds: { type: [String], required: true },
  },
  { versionKey: false, strict: "throw", collection: "activities" },
);
schema.index({ organisationId: 1, assessorIds: 1 });

export type ActivityStore = ReturnType<typeof createActivityStore>;

/** What activities ask for, by the exam's id. */
export function createActivityStore(connection: Connection) {
  const model = connection.model<Stored<Activity>>("Activity", schema);
  return {
    /** Writes an activity, new or changed. */
    async save(activity: Activity): Promise<void> {
      const { id, organisationId } = activity;
      await model.replaceOne({ organisationId, _id: id }, toDocument(activity), { upsert: true });
    },

    async find(organisationId: string, examId: string): Promise<Activity | undefined> {
      const document = await model.findOne({ organisationId, _id: examId }).lean();
      return document === null ? undefined : toRecord<Activity>(document);
    },

    /** The activities that somebody was named to assess. */
    async listIdsOfAssessor(organisationId: string, assessorId: string): Promise<string[]> {
      const documents = await model
        .find({ organisationId, assessorIds: assessorId })
        .select({ _id: 1 })
        .lean();
      return documents.map(({ _id }) => _id);
    },
  };
}
