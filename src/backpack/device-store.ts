import { type Connection, Schema } from "mongoose";
import { type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Device } from "./device.js";

const schema = new Schema<Stored<Device>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    learnerId: { type: String, required: true },
    formToken: { type: String, required: true },
    openedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "backpackDevices" },
);
schema.index({ organisationId: 1, learnerId: 1, openedAt: -1 });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type DeviceStore = ReturnType<typeof createDeviceStore>;

/** The browsers outside the LMS that open backpacks. */
export function createDeviceStore(connection: Connection) {
  const model = connection.model<Stored<Device>>("BackpackDevice", schema);
  return {
    async add(device: Device): Promise<void> {
      await model.create(toDocument<Device>(device));
    },

    /** Not scoped: it is the device that says whose it is. */
    async find(id: string, now: Date): Promise<Device | undefined> {
      const document = await model.findOne({ _id: id, expiresAt: { $gt: now } }).lean();
      return document === null ? undefined : toRecord<Device>(document);
    },

    /** Newest first. */
    async list(organisationId: string, learnerId: string): Promise<Device[]> {
      const documents = await model
        .find({ organisationId, learnerId })
        .sort({ openedAt: -1 })
        .lean();
      return documents.map((document) => toRecord<Device>(document));
    },

    /** Shuts every browser of a learner out. */
    async removeAll(organisationId: string, learnerId: string): Promise<void> {
      await model.deleteMany({ organisationId, learnerId });
    },
  };
}
