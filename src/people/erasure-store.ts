import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Erasure } from "./erasure.js";

const schema = new Schema<Stored<Erasure>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountIds: { type: [String], required: true },
    sealedPeople: String,
    credentials: { type: String, required: true },
    requestedAt: { type: Date, required: true },
    passes: { type: Number, required: true },
    nextAt: Date,
  },
  { versionKey: false, strict: "throw", collection: "erasures" },
);
schema.index({ nextAt: 1 }, { partialFilterExpression: { nextAt: { $exists: true } } });

export type ErasureStore = ReturnType<typeof createErasureStore>;

/** Accounts that their owners delete, until nothing is left of them and after. */
export function createErasureStore(connection: Connection) {
  const model = connection.model<Stored<Erasure>>("Erasure", schema);
  return {
    /** From here on it goes on to its end. 'already-there' when it was asked for before. */
    async addOnce(erasure: Erasure): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(erasure)));
    },

    async find(id: string): Promise<Erasure | undefined> {
      const document = await model.findOne({ _id: id }).lean();
      return document === null ? undefined : toRecord<Erasure>(document);
    },

    /** Whose data is to be gone through; known before anything of it goes. */
    async noteWho(id: string, who: Pick<Erasure, "accountIds" | "sealedPeople">): Promise<void> {
      const { accountIds, sealedPeople } = who;
      await model.updateOne({ _id: id }, { $set: { accountIds, sealedPeople } });
    },

    /** A pass came to its end; after the last one nobody knows any more who it was. */
    async notePass({ id, passes }: Erasure, nextAt: Date | undefined): Promise<void> {
      const done = { passes: passes + 1 };
      await model.updateOne(
        { _id: id, passes },
        nextAt === undefined
          ? { $set: done, $unset: { nextAt: 1, sealedPeople: 1 } }
          : { $set: { ...done, nextAt } },
      );
    },

    /** Of every organisation: what is to be gone on with. */
    async listDue(now: Date, limit: number): Promise<Erasure[]> {
      const documents = await model
        .find({ nextAt: { $exists: true, $lte: now } })
        .sort({ nextAt: 1 })
        .limit(limit)
        .lean();
      return documents.map((document) => toRecord<Erasure>(document));
    },
  };
}
