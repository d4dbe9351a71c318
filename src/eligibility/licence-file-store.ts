import { type Connection, Schema } from "mongoose";
import { plainBytes } from "../stored-record.js";

/** The file of a licence, sealed. `_id` is the licence's. */
type StoredFile = { _id: string; organisationId: string; accountId: string; sealed: Buffer };

const schema = new Schema<StoredFile>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    sealed: { type: Buffer, required: true },
  },
  { versionKey: false, strict: "throw", collection: "licenceFiles" },
);
schema.index({ organisationId: 1, accountId: 1 });

type Of = { organisationId: string; id: string };

export type LicenceFileStore = ReturnType<typeof createLicenceFileStore>;

/** Files that prove licences, apart from the licences: the rules read those all the time. */
export function createLicenceFileStore(connection: Connection) {
  const model = connection.model<StoredFile>("LicenceFile", schema);
  return {
    /** @param licence whose file it is; @param sealed opens with `licencePurpose` */
    async add(licence: Of & { accountId: string }, sealed: Buffer): Promise<void> {
      const { id, organisationId, accountId } = licence;
      await model.create({ _id: id, organisationId, accountId, sealed });
    },

    async find({ organisationId, id }: Of): Promise<Buffer | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : plainBytes(document.sealed);
    },
  };
}
