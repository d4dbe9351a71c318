import { type Connection, Schema } from "mongoose";
import { newId, type Stored, toRecord, upsertOnce } from "../stored-record.js";
import type { Backpack } from "./backpack.js";

const schema = new Schema<Stored<Backpack>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    revision: { type: Number, required: true },
    portfolioId: { type: String, required: true },
    isPortfolioPublic: { type: Boolean, required: true },
    collections: { type: Schema.Types.Mixed, required: true },
    places: { type: Schema.Types.Mixed, required: true },
    order: { type: [String], required: true },
  },
  {
    versionKey: false,
    strict: "throw",
    collection: "backpacks",
    suppressReservedKeysWarning: true,
  },
);
schema.index({ portfolioId: 1 }, { unique: true });

export type BackpackStore = ReturnType<typeof createBackpackStore>;

/** One backpack for each learner, made when it is first looked into. */
export function createBackpackStore(connection: Connection) {
  const model = connection.model<Stored<Backpack>>("Backpack", schema);
  return {
    async findOrMake(organisationId: string, learnerId: string): Promise<Backpack> {
      const fresh = {
        ...{ revision: 0, portfolioId: newId(), isPortfolioPublic: false },
        ...{ collections: [], places: [], order: [] },
      };
      const document = await upsertOnce(
        async () =>
          await model
            .findOneAndUpdate(
              { _id: learnerId, organisationId },
              { $setOnInsert: fresh },
              { upsert: true, returnDocument: "after" },
            )
            .lean(),
      );
      return toRecord<Backpack>(document);
    },

    /** Keeps a changed backpack; 'changed' when another change came first. */
    async save(backpack: Backpack): Promise<"saved" | "changed"> {
      const { id, organisationId, revision, collections, places, order } = backpack;
      const { isPortfolioPublic } = backpack;
      const done = await model.updateOne(
        { _id: id, organisationId, revision },
        { $set: { collections, places, order, isPortfolioPublic, revision: revision + 1 } },
      );
      return done.matchedCount === 1 ? "saved" : "changed";
    },

    /** By the id in its public address, which is the same for everyone. */
    async findByPortfolio(portfolioId: string): Promise<Backpack | undefined> {
      const document = await model.findOne({ portfolioId }).lean();
      return document === null ? undefined : toRecord<Backpack>(document);
    },

    async remove(organisationId: string, learnerId: string): Promise<void> {
      await model.deleteOne({ _id: learnerId, organisationId });
    },
  };
}
