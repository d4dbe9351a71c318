import { type Connection, Schema } from "mongoose";
import type { HourType } from "./hour-type.js";

type Kept = { _id: string; types: HourType[] };

const schema = new Schema<Kept>(
  { _id: { type: String, required: true }, types: { type: Schema.Types.Mixed, required: true } },
  { versionKey: false, strict: "throw", collection: "hourTypes" },
);

export type HourTypeStore = ReturnType<typeof createHourTypeStore>;

/** The units in which an organisation tells hours, by the organisation's id. */
export function createHourTypeStore(connection: Connection) {
  const model = connection.model<Kept>("HourTypes", schema);
  return {
    async find(organisationId: string): Promise<HourType[] | undefined> {
      const document = await model.findOne({ _id: organisationId }).lean();
      return document?.types;
    },

    async save(organisationId: string, types: HourType[]): Promise<void> {
      await model.updateOne({ _id: organisationId }, { $set: { types } }, { upsert: true });
    },
  };
}
