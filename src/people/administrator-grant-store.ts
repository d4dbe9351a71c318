import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { AdministratorGrant } from "./administrator-grant.js";

const schema = new Schema<Stored<AdministratorGrant>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    grantedBy: String,
    grantedAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "administratorGrants" },
);
schema.index({ organisationId: 1, grantedAt: 1 });

export type AdministratorGrantStore = ReturnType<typeof createAdministratorGrantStore>;

/** Who is an administrator. An account has one grant at most (its id is the key). */
export function createAdministratorGrantStore(connection: Connection) {
  const model = connection.model<Stored<AdministratorGrant>>("AdministratorGrant", schema);
  return {
    async addOnce(grant: AdministratorGrant): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(grant)));
    },

    async has(organisationId: string, accountId: string): Promise<boolean> {
      return (await model.exists({ organisationId, _id: accountId })) !== null;
    },

    async hasAny(organisationId: string): Promise<boolean> {
      return (await model.exists({ organisationId })) !== null;
    },

    /** Oldest first. */
    async list(organisationId: string): Promise<AdministratorGrant[]> {
      const documents = await model.find({ organisationId }).sort({ grantedAt: 1, _id: 1 }).lean();
      return documents.map((document) => toRecord<AdministratorGrant>(document));
    },

    async remove(organisationId: string, accountId: string): Promise<"removed" | "not-there"> {
      const { deletedCount } = await model.deleteOne({ organisationId, _id: accountId });
      return deletedCount === 1 ? "removed" : "not-there";
    },
  };
}
