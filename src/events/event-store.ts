import { type Connection, Schema } from "mongoose";
import {
  addOnce,
  containing,
  type ListQuery,
  newId,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { Event } from "./event.js";

const KEPT_SECONDS = 180 * 24 * 60 * 60;

const schema = new Schema<Stored<Event>>(
  {
    _id: { type: String, required: true },
    organisationId: String,
    code: { type: String, required: true },
    level: { type: String, required: true },
    summary: { type: String, required: true },
    about: { type: Schema.Types.Mixed, required: true },
    at: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "events", minimize: false },
);
schema.index({ organisationId: 1, at: -1 });
schema.index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export type EventStore = ReturnType<typeof createEventStore>;

/** Recent events, kept for 180 days. */
export function createEventStore(connection: Connection) {
  const model = connection.model<Stored<Event>>("Event", schema);
  return {
    async add(event: Omit<Event, "id">): Promise<void> {
      await model.create(toDocument<Event>({ id: newId(), ...event }));
    },

    /** For what may be told several times: the id says what it is. */
    async addOnce(event: Event): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(event)));
    },

    /** Newest first; `search` looks in the code and the sentence. */
    async list(organisationId: string, query: ListQuery): Promise<PageOf<Event>> {
      const pattern = containing(query.search);
      const filter = {
        organisationId,
        ...(query.search === "" ? {} : { $or: [{ code: pattern }, { summary: pattern }] }),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await model
          .find(filter)
          .sort({ at: -1, _id: 1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map((document) => toRecord<Event>(document));
      });
    },
  };
}
