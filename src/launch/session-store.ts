import { type Connection, Schema } from "mongoose";
import { type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Session } from "./session.js";

const schema = new Schema<Stored<Session>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    startedAt: { type: Date, required: true },
    lastSeenAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "sessions" },
);
schema.index({ organisationId: 1, accountId: 1 });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Sessions, by the hash of their token. The token itself is only in the browser. */
export function createSessionStore(connection: Connection) {
  const model = connection.model<Stored<Session>>("Session", schema);
  return {
    async add(session: Session): Promise<void> {
      await model.create(toDocument(session));
    },

    /** Not scoped: it is the session that says whose it is. */
    async find(id: string, now: Date): Promise<Session | undefined> {
      const document = await model.findOne({ _id: id, expiresAt: { $gt: now } }).lean();
      return document === null ? undefined : toRecord<Session>(document);
    },

    /** Puts the end off; a session that was ended meanwhile stays ended. */
    async touch(id: string, lastSeenAt: Date, expiresAt: Date): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { lastSeenAt, expiresAt } });
    },

    async end(id: string): Promise<void> {
      await model.deleteOne({ _id: id });
    },

    /** Ends every session of an account, in whatever browser. */
    async endAll(organisationId: string, accountId: string): Promise<void> {
      await model.deleteMany({ organisationId, accountId });
    },
  };
}
