import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import {
  containing,
  isDuplicate,
  type ListQuery,
  type PageOf,
  readPage,
  type Stored,
  toRecord,
} from "../stored-record.js";
import type { Profile } from "./account.js";

const schema = new Schema<Stored<Profile>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    name: String,
    nameFrom: String,
    proposedName: String,
    email: String,
  },
  { versionKey: false, strict: "throw", collection: "profiles" },
);
schema.index({ organisationId: 1, name: 1 });
schema.index(
  { organisationId: 1, proposedName: 1 },
  { partialFilterExpression: { proposedName: { $exists: true } } },
);

/** Two first writes at once: the key let one insert; the other then finds it. */
async function onceMore<T>(upsert: () => Promise<T>): Promise<T> {
  try {
    return await upsert();
  } catch (error) {
    if (isDuplicate(error)) return await upsert();
    throw error;
  }
}

export type ProfileStore = ReturnType<typeof createProfileStore>;

/** Names and addresses of people, keyed by account; everything here can be erased. */
export function createProfileStore(connection: Connection) {
  const model = connection.model<Stored<Profile>>("Profile", schema);
  const read = gatheredReads(connection);

  return {
    /**
     * Keeps what the LMS says about a person; what it leaves out stays as it was.
     * @returns whether there was another name, or none, before
     */
    async noteFromLms(
      about: Pick<Profile, "id" | "organisationId" | "name" | "email">,
    ): Promise<{ isNewName: boolean }> {
      const { id, organisationId, name, email } = about;
      if (name === undefined && email === undefined) return { isNewName: false };
      const said = {
        ...(name === undefined ? {} : { name, nameFrom: "lms" as const }),
        ...(email === undefined ? {} : { email }),
      };
      const before = await onceMore(
        async () =>
          await model
            .findOneAndUpdate(
              { organisationId, _id: id },
              { $set: said },
              { upsert: true, returnDocument: "before" },
            )
            .lean(),
      );
      return { isNewName: name !== undefined && name !== before?.name };
    },

    async find(organisationId: string, accountId: string): Promise<Profile | undefined> {
      const document = await model.findOne({ organisationId, _id: accountId }).lean();
      return document === null ? undefined : toRecord<Profile>(document);
    },

    /** In no particular order; accounts without a profile are left out. */
    async listByIds(organisationId: string, accountIds: string[]): Promise<Profile[]> {
      const match = { organisationId, _id: { $in: accountIds } };
      const documents = await read<Stored<Profile>>({ from: "profiles", match });
      return documents.map((document) => toRecord<Profile>(document));
    },

    /** By name; `search` looks in name and e-mail address. */
    async list(organisationId: string, query: ListQuery): Promise<PageOf<Profile>> {
      const pattern = containing(query.search);
      const filter = {
        organisationId,
        ...(query.search === "" ? {} : { $or: [{ name: pattern }, { email: pattern }] }),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const sorted = model.find(filter).sort({ name: 1, _id: 1 });
        const documents = await sorted.skip(skip).limit(limit).lean();
        return documents.map((document) => toRecord<Profile>(document));
      });
    },

    /** A name that the person entered; it goes into credentials once an administrator agrees. */
    async proposeName(organisationId: string, accountId: string, name: string): Promise<void> {
      await onceMore(
        async () =>
          await model.updateOne(
            { organisationId, _id: accountId },
            { $set: { proposedName: name } },
            { upsert: true },
          ),
      );
    },

    /** Agrees to just the name that the administrator saw; 'changed' when it is another by now. */
    async approveName(
      organisationId: string,
      accountId: string,
      name: string,
    ): Promise<"approved" | "changed"> {
      const { matchedCount } = await model.updateOne(
        { organisationId, _id: accountId, proposedName: name },
        { $set: { name, nameFrom: "approved" }, $unset: { proposedName: 1 } },
      );
      return matchedCount === 1 ? "approved" : "changed";
    },

    /** Turns down just the name that the administrator saw. */
    async declineName(
      organisationId: string,
      accountId: string,
      name: string,
    ): Promise<"declined" | "changed"> {
      const { matchedCount } = await model.updateOne(
        { organisationId, _id: accountId, proposedName: name },
        { $unset: { proposedName: 1 } },
      );
      return matchedCount === 1 ? "declined" : "changed";
    },

    /** Those with a name waiting for an administrator. */
    async listProposed(organisationId: string, query: ListQuery): Promise<PageOf<Profile>> {
      const filter = {
        organisationId,
        proposedName: query.search === "" ? { $exists: true } : containing(query.search),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const sorted = model.find(filter).sort({ proposedName: 1, _id: 1 });
        const documents = await sorted.skip(skip).limit(limit).lean();
        return documents.map((document) => toRecord<Profile>(document));
      });
    },

    /** Forgets a person's name and address. Facts and awards hold neither. */
    async erase(organisationId: string, accountId: string): Promise<void> {
      await model.deleteOne({ organisationId, _id: accountId });
    },
  };
}
