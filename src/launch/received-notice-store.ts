import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument } from "../stored-record.js";

/** That a notice was handled; `id` hashes the platform and the id the platform gave it. */
export type ReceivedNotice = { id: string; expiresAt: Date };

const schema = new Schema<Stored<ReceivedNotice>>(
  {
    _id: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "receivedNotices" },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type ReceivedNoticeStore = ReturnType<typeof createReceivedNoticeStore>;

/** Which notices of LMSs were handled, so that each is taken once. Not scoped: ids only. */
export function createReceivedNoticeStore(connection: Connection) {
  const model = connection.model<Stored<ReceivedNotice>>("ReceivedNotice", schema);
  return {
    async has(id: string): Promise<boolean> {
      return (await model.exists({ _id: id })) !== null;
    },

    async addOnce(notice: ReceivedNotice): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(notice)));
    },
  };
}
