import { type Connection, Schema } from "mongoose";
import { type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Ticket } from "./ticket.js";

const schema = new Schema<Stored<Ticket>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    launchId: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "tickets" },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type TicketStore = ReturnType<typeof createTicketStore>;

/** Tickets that nobody has used yet, by the hash of what the browser posts. */
export function createTicketStore(connection: Connection) {
  const model = connection.model<Stored<Ticket>>("Ticket", schema);
  return {
    async add(ticket: Ticket): Promise<void> {
      await model.create(toDocument(ticket));
    },

    /** Uses a ticket up; of several at once only one gets it. Not scoped: it says whose it is. */
    async take(id: string, now: Date): Promise<Ticket | undefined> {
      const document = await model.findOneAndDelete({ _id: id, expiresAt: { $gt: now } }).lean();
      return document === null ? undefined : toRecord<Ticket>(document);
    },
  };
}
