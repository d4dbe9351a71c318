import { type Connection, Schema } from "mongoose";
import { createShortMemory, forgettingOnWrites } from "../short-memory.js";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { KeyAlgorithm } from "../signing/key-algorithm.js";
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
    removedAt: Date,
  },
  { versionKey: false, strict: "throw", collection: "issuerKeys" },
);
schema.index({ issuerId: 1, algorithm: 1, number: 1 }, { unique: true });

export type IssuerKeyStore = ReturnType<typeof createIssuerKeyStore>;

/** The issuers' keys: added, and taken out of use only when others know them. */
export function createIssuerKeyStore(connection: Connection) {
  const model = connection.model<Stored<IssuerKey>>("IssuerKey", schema);
  const memory = createShortMemory<IssuerKey[]>({ lifetimeMs: 5000, atMost: 200 });
  const store = {
    /** Unique by (issuer, algorithm, number). */
    async addOnce(key: IssuerKey): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument<IssuerKey>(key)));
    },

    /** Every key that counts, oldest first; those that were compromised count no longer. */
    async list(issuerId: string): Promise<IssuerKey[]> {
      const documents = await model
        .find({ issuerId, removedAt: { $exists: false } })
        .sort({ number: 1, algorithm: 1 })
        .lean();
      return documents.map((document) => toRecord<IssuerKey>(document));
    },

    /** Of the keys it ever had, removed ones included; 0 when it had none. */
    async highestNumber(issuerId: string, algorithm: KeyAlgorithm): Promise<number> {
      const document = await model.findOne({ issuerId, algorithm }).sort({ number: -1 }).lean();
      return document?.number ?? 0;
    },

    /** Thumbprints of the keys that were ever taken out of use. */
    async listRemoved(issuerId: string): Promise<string[]> {
      const documents = await model
        .find({ issuerId, removedAt: { $exists: true } })
        .select({ thumbprint: 1 })
        .lean();
      return documents.map(({ thumbprint }) => thumbprint);
    },

    /** Takes keys out of use for ever. */
    async remove(issuerId: string, thumbprints: readonly string[], at: Date): Promise<void> {
      await model.updateMany(
        { issuerId, thumbprint: { $in: [...thumbprints] } },
        { $set: { removedAt: at } },
      );
    },
  };
  const forgetting = forgettingOnWrites(store, memory);
  return {
    ...forgetting,
    /**
     * As `list`, up to five seconds old: for checking what was signed. A key that another process
     * has just taken out of use counts that long here, as it does longer for whoever has our DID document.
     */
    async recall(issuerId: string): Promise<IssuerKey[]> {
      return (await memory.get(issuerId, async () => await store.list(issuerId))) ?? [];
    },
  };
}
