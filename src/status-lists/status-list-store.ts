import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import { LIST_CAPACITY, type StatusList, type StatusPurpose } from "./status-list.js";

/** Both lists as they are served: signed JSON texts. */
export type SignedLists = Record<StatusPurpose, string>;

type StoredList = Stored<StatusList> & {
  signed?: SignedLists;
  /** Counts who began to sign it; and who of them signed what is served. */
  begun: number;
  signedBy: number;
};

const schema = new Schema<StoredList>(
  {
    _id: { type: String, required: true },
    issuerId: { type: String, required: true },
    number: { type: Number, required: true },
    assigned: { type: Number, required: true },
    decoySeed: { type: String, required: true },
    signed: { _id: false, type: { revocation: String, suspension: String } },
    begun: { type: Number, required: true },
    signedBy: { type: Number, required: true },
  },
  { versionKey: false, strict: "throw", collection: "statusLists" },
);
schema.index({ issuerId: 1, number: 1 }, { unique: true });
schema.index({ signedBy: 1 }, { partialFilterExpression: { signedBy: 0 } });

const listFields = { issuerId: 1, number: 1, assigned: 1, decoySeed: 1 } as const;

export type StatusListStore = ReturnType<typeof createStatusListStore>;

export function createStatusListStore(connection: Connection) {
  const model = connection.model<StoredList>("StatusList", schema);
  return {
    /** Unique by (issuer, number). */
    async addOnce(list: StatusList): Promise<"added" | "already-there"> {
      const document = { ...toDocument(list), begun: 0, signedBy: 0 };
      return await addOnce(async () => await model.create(document));
    },

    /** Counts `places` more as given out on the issuer's newest list; undefined when it has no room. */
    async reserve(issuerId: string, places: number): Promise<StatusList | undefined> {
      const document = await model
        .findOneAndUpdate(
          { issuerId, assigned: { $lte: LIST_CAPACITY - places } },
          { $inc: { assigned: places } },
          { sort: { number: -1 }, returnDocument: "after" },
        )
        .select(listFields)
        .lean();
      return document === null ? undefined : toRecord<StatusList>(document);
    },

    async newestNumber(issuerId: string): Promise<number> {
      const document = await model.findOne({ issuerId }).sort({ number: -1 }).lean();
      return document?.number ?? 0;
    },

    async listIdsOfIssuer(issuerId: string): Promise<string[]> {
      const documents = await model.find({ issuerId }).select({ _id: 1 }).lean();
      return documents.map(({ _id }) => _id);
    },

    /** Ids of lists that were made and never signed. */
    async listUnsigned(): Promise<string[]> {
      const documents = await model.find({ signedBy: 0 }).select({ _id: 1 }).limit(100).lean();
      return documents.map(({ _id }) => _id);
    },

    /**
     * The list, for who signs it now, and their number among those who did. Statuses are read
     * after this, so that a higher number knows all that a lower one knew.
     */
    async beginSigning(id: string): Promise<{ list: StatusList; number: number } | undefined> {
      const document = await model
        .findOneAndUpdate({ _id: id }, { $inc: { begun: 1 } }, { returnDocument: "after" })
        .select({ ...listFields, begun: 1 })
        .lean();
      if (document === null) return undefined;
      const { begun: number, ...list } = document;
      return { list: toRecord<StatusList>(list), number };
    },

    /** Keeps signed lists, unless someone who began later has signed them. */
    async keepSigned(id: string, signed: SignedLists, number: number): Promise<void> {
      await model.updateOne(
        { _id: id, signedBy: { $lt: number } },
        { $set: { signed, signedBy: number } },
      );
    },

    async findSigned(id: string, purpose: StatusPurpose): Promise<string | undefined> {
      const document = await model
        .findOne({ _id: id })
        .select({ [`signed.${purpose}`]: 1 })
        .lean();
      return document?.signed?.[purpose];
    },
  };
}
