import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { IssuerKey } from "./issuer-key.js";

const schema = new Schema<Stored<IssuerKey>>(
  {
    _id: { type: String, required: true },
    issuerId: { type: String, required: true },
    number: { type: Number, required: true },
    algorithm: { type: String, required: true },
    thumbprint: { type: String, required: true },
    publicJwk: { type: Schema.Types.Mixed, required: true },
    sealedPrivateJwk: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "issuerKeys" },
);
schema.index({ issuerId: 1, algorithm: 1, number: 1 }, { unique: true });

export type IssuerKeyStore = ReturnType<typeof createIssuerKeyStore>;

/** The issuers' keys: added, never changed, never removed. */
export function createIssuerKeyStore(connection: Connection) {
  const model = connection.model<Stored<IssuerKey>>("IssuerKey", schema);
  return {
    /** Unique by (issuer, algorithm, number). */
    async addOnce(key: IssuerKey): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument<IssuerKey>(key)));
    },

    /** Every key the issuer ever had, oldest first. */
    async list(issuerId: string): Promise<IssuerKey[]> {
      const documents = await model.find({ issuerId }).sort({ number: 1, algorithm: 1 }).lean();
      return documents.map((document) => toRecord<IssuerKey>(document));
    },
  };
}
