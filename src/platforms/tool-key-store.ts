import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { ToolKey } from "./tool-key.js";

const schema = new Schema<Stored<ToolKey>>(
  {
    _id: { type: String, required: true },
    generation: { type: Number, required: true },
    platformId: String,
    publicJwk: { type: Schema.Types.Mixed, required: true },
    sealedPrivateJwk: { type: String, required: true },
    createdAt: { type: Date, required: true },
    signsFrom: Date,
  },
  { versionKey: false, strict: "throw", collection: "toolKeys" },
);
schema.index({ generation: 1 }, { unique: true });

export type ToolKeyStore = ReturnType<typeof createToolKeyStore>;

/** The keys that Rosette signs its messages to LMSes with. One set for all of them. */
export function createToolKeyStore(connection: Connection) {
  const model = connection.model<Stored<ToolKey>>("ToolKey", schema);
  return {
    /** 'already-there' when another process has made this generation, or the kid is known. */
    async addOnce(key: ToolKey): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(key)));
    },

    /** Newest first. */
    async listAll(): Promise<ToolKey[]> {
      const documents = await model.find({}).sort({ generation: -1 }).lean();
      return documents.map((document) => toRecord<ToolKey>(document));
    },
  };
}
