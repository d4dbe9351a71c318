import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import { type PushKey, signatureLifetimeMs } from "./push-key.js";

const keySchema = new Schema<Stored<PushKey>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    sender: { type: String, required: true },
    sealedSecret: { type: String, required: true },
    createdAt: { type: Date, required: true },
    createdBy: { type: String, required: true },
    revokedAt: Date,
  },
  { versionKey: false, strict: "throw", collection: "pushKeys" },
);
keySchema.index({ organisationId: 1, createdAt: -1 });

/** A nonce that was seen. Its id is `<key id>:<nonce>`. */
type SeenNonce = { _id: string; expiresAt: Date };

const nonceSchema = new Schema<SeenNonce>(
  { _id: { type: String, required: true }, expiresAt: { type: Date, required: true } },
  { versionKey: false, strict: "throw", collection: "pushNonces" },
);
nonceSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type PushKeyStore = ReturnType<typeof createPushKeyStore>;

/** The organisations' push keys, and the nonces that were used with them. */
export function createPushKeyStore(connection: Connection) {
  const keys = connection.model<Stored<PushKey>>("PushKey", keySchema);
  const nonces = connection.model<SeenNonce>("PushNonce", nonceSchema);
  return {
    async add(key: PushKey): Promise<void> {
      await keys.create(toDocument(key));
    },

    /** Not scoped: it is the key that says whose a push is. Revoked ones are not found. */
    async findInForce(id: string): Promise<PushKey | undefined> {
      const document = await keys.findOne({ _id: id, revokedAt: { $exists: false } }).lean();
      return document === null ? undefined : toRecord<PushKey>(document);
    },

    /** Newest first, the revoked ones too. */
    async list(organisationId: string): Promise<PushKey[]> {
      const documents = await keys.find({ organisationId }).sort({ createdAt: -1, _id: 1 }).lean();
      return documents.map((document) => toRecord<PushKey>(document));
    },

    /** From now on nothing that is signed with it is taken. */
    async revoke(
      organisationId: string,
      id: string,
      at: Date,
    ): Promise<"revoked" | "not-in-force"> {
      const { modifiedCount } = await keys.updateOne(
        { organisationId, _id: id, revokedAt: { $exists: false } },
        { $set: { revokedAt: at } },
      );
      return modifiedCount === 1 ? "revoked" : "not-in-force";
    },

    /** Remembers a nonce for as long as its timestamp could pass; 'already-there' is a replay. */
    async useNonce(keyId: string, nonce: string, now: Date): Promise<"added" | "already-there"> {
      const expiresAt = new Date(now.getTime() + 2 * signatureLifetimeMs + 60_000);
      return await addOnce(
        async () => await nonces.create({ _id: `${keyId}:${nonce}`, expiresAt }),
      );
    },
  };
}
