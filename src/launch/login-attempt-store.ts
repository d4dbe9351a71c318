import { type Connection, Schema } from "mongoose";
import { type Stored, toDocument, toRecord } from "../stored-record.js";
import type { LoginAttempt } from "./login-attempt.js";

const schema = new Schema<Stored<LoginAttempt>>(
  {
    _id: { type: String, required: true },
    nonceHash: { type: String, required: true },
    browserHash: { type: String, required: true },
    platformId: { type: String, required: true },
    targetLinkUri: { type: String, required: true },
    deploymentId: String,
    storageTarget: String,
    usedAt: Date,
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "loginAttempts" },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** Everything that must belong together for an attempt to be used. */
export type AttemptKey = Pick<LoginAttempt, "id" | "nonceHash" | "browserHash" | "platformId"> & {
  now: Date;
};

export type LoginAttemptStore = ReturnType<typeof createLoginAttemptStore>;

/** Sign-ins under way. Not scoped: they come before anybody knows whose they are. */
export function createLoginAttemptStore(connection: Connection) {
  const model = connection.model<Stored<LoginAttempt>>("LoginAttempt", schema);
  return {
    async add(attempt: LoginAttempt): Promise<void> {
      await model.create(toDocument(attempt));
    },

    /** Uses an attempt up; of several at once only one gets it. */
    async consume({ id, now, ...bound }: AttemptKey): Promise<LoginAttempt | undefined> {
      const document = await model
        .findOneAndUpdate(
          { _id: id, ...bound, usedAt: { $exists: false }, expiresAt: { $gt: now } },
          { $set: { usedAt: now } },
          { returnDocument: "after" },
        )
        .lean();
      return document === null ? undefined : toRecord<LoginAttempt>(document);
    },

    /** For telling why an attempt could not be used. */
    async find(id: string): Promise<LoginAttempt | undefined> {
      const document = await model.findOne({ _id: id }).lean();
      return document === null ? undefined : toRecord<LoginAttempt>(document);
    },
  };
}
