import { type Connection, Schema } from "mongoose";
import { type Stored, toDocument, toRecord, withoutUndefined } from "../stored-record.js";
import type { KeptLaunch } from "./launch.js";

const schema = new Schema<Stored<KeptLaunch>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    platformId: { type: String, required: true },
    launch: { type: Schema.Types.Mixed, required: true },
    csrfToken: { type: String, required: true },
    frameOrigins: { type: [String], required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "launches", minimize: false },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
schema.index({ platformId: 1 });

export type LaunchStore = ReturnType<typeof createLaunchStore>;

/** Launches of the last day: what the pages below `/l/:launchId` rest on. */
export function createLaunchStore(connection: Connection) {
  const model = connection.model<Stored<KeptLaunch>>("Launch", schema);
  return {
    async add(launch: KeptLaunch): Promise<void> {
      await model.create(toDocument(withoutUndefined(launch)));
    },

    /** A launch of just this account; another's is as good as not there. */
    async findOwn(
      owner: { organisationId: string; accountId: string },
      id: string,
      now: Date,
    ): Promise<KeptLaunch | undefined> {
      const { organisationId, accountId } = owner;
      const document = await model
        .findOne({ organisationId, _id: id, accountId, expiresAt: { $gt: now } })
        .lean();
      return document === null ? undefined : toRecord<KeptLaunch>(document);
    },

    /** Ends every visit from a platform, e.g. because its registration is removed. */
    async removeOfPlatform(platformId: string): Promise<void> {
      await model.deleteMany({ platformId });
    },
  };
}
