import { type Connection, Schema } from "mongoose";
import {
  addOnce,
  containing,
  type ListQuery,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { AuditEntry } from "./audit-entry.js";

const schema = new Schema<Stored<AuditEntry>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    at: { type: Date, required: true },
    actorId: { type: String, required: true },
    action: { type: String, required: true },
    subject: { type: { kind: String, id: String }, _id: false, required: true },
    reason: String,
    before: Schema.Types.Mixed,
    after: Schema.Types.Mixed,
  },
  { versionKey: false, strict: "throw", collection: "auditEntries", minimize: false },
);
schema.index({ organisationId: 1, at: -1, _id: -1 });
schema.index({ organisationId: 1, action: 1, at: -1 });
schema.index({ organisationId: 1, actorId: 1, at: -1 });
schema.index({ organisationId: 1, "subject.id": 1, at: -1 });

/** What to look for; what is not given is not looked at. `search`: an id, or words of the reason. */
export type AuditFilter = {
  search?: string | undefined;
  action?: string | undefined;
  actorId?: string | undefined;
  subjectId?: string | undefined;
  /** From this moment on. */
  from?: Date | undefined;
  /** Up to before this moment. */
  before?: Date | undefined;
};

function toQuery(organisationId: string, filter: AuditFilter) {
  const { search = "", action, actorId, subjectId, from, before } = filter;
  const at = {
    ...(from === undefined ? {} : { $gte: from }),
    ...(before === undefined ? {} : { $lt: before }),
  };
  const text = search.trim();
  const anywhere = [{ "subject.id": text }, { actorId: text }, { reason: containing(text) }];
  return {
    organisationId,
    ...(action === undefined ? {} : { action }),
    ...(actorId === undefined ? {} : { actorId }),
    ...(subjectId === undefined ? {} : { "subject.id": subjectId }),
    ...(Object.keys(at).length === 0 ? {} : { at }),
    ...(text === "" ? {} : { $or: anywhere }),
  };
}

export type AuditStore = ReturnType<typeof createAuditStore>;

/** The audit trail: added to and read. Nothing here changes or removes an entry. */
export function createAuditStore(connection: Connection) {
  const model = connection.model<Stored<AuditEntry>>("AuditEntry", schema);
  return {
    /** 'already-there' when an entry of that id was written before. */
    async addOnce(entry: AuditEntry): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(entry)));
    },

    /** Newest first. */
    async list(
      organisationId: string,
      query: ListQuery & Omit<AuditFilter, "search">,
    ): Promise<PageOf<AuditEntry>> {
      const filter = toQuery(organisationId, query);
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await model
          .find(filter)
          .sort({ at: -1, _id: -1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map((document) => toRecord<AuditEntry>(document));
      });
    },

    /** All of them, newest first, as they are read: for an export of any length. */
    async *readAll(organisationId: string, filter: AuditFilter): AsyncGenerator<AuditEntry> {
      const cursor = model
        .find(toQuery(organisationId, filter))
        .sort({ at: -1, _id: -1 })
        .lean()
        .cursor({ batchSize: 500 });
      for await (const document of cursor) yield toRecord<AuditEntry>(document);
    },
  };
}
