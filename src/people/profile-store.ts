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
  upsertOnce,
} from "../stored-record.js";
import type { Profile } from "./account.js";

/** A name that has come, and whose. */
export type ArrivedName = { organisationId: string; accountId: string; name: string };

/** Kept beside the profile: set with each new name until all that waited for it is on its way. */
type StoredProfile = Stored<Profile> & { awaitsNaming?: boolean | undefined };

const withoutWorkFields = { awaitsNaming: 0 } as const;

const schema = new Schema<StoredProfile>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    name: String,
    nameFrom: String,
    proposedName: String,
    email: String,
    awaitsNaming: Boolean,
    holderId: String,
  },
  { versionKey: false, strict: "throw", collection: "profiles" },
);
schema.index({ organisationId: 1, name: 1 });
schema.index(
  { organisationId: 1, proposedName: 1 },
  { partialFilterExpression: { proposedName: { $exists: true } } },
);
schema.index({ awaitsNaming: 1 }, { partialFilterExpression: { awaitsNaming: true } });

export type ProfileStore = ReturnType<typeof createProfileStore>;

/** Names and addresses of people, keyed by account; everything here can be erased. */
export function createProfileStore(connection: Connection) {
  const model = connection.model<StoredProfile>("Profile", schema);
  const read = gatheredReads(connection);

  /** As it is known already, or of somebody new; undefined when there is another name. */
  async function noteSameOrFirst(
    { organisationId, id }: Pick<Profile, "id" | "organisationId">,
    said: { name: string; email?: string },
  ): Promise<{ isNewName: boolean } | undefined> {
    try {
      const before = await model
        .findOneAndUpdate(
          { organisationId, _id: id, name: said.name },
          { $set: said, $setOnInsert: { nameFrom: "lms", awaitsNaming: true } },
          { upsert: true, returnDocument: "before" },
        )
        .lean();
      return { isNewName: before === null };
    } catch (error) {
      // The key is taken: by a profile with another name, or by who wrote at the same moment.
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  return {
    /**
     * Keeps what the LMS says about a person; what it leaves out stays as it was, and so does a
     * name that an administrator approved.
     * @returns whether there was another name, or none, before
     */
    async noteFromLms(
      about: Pick<Profile, "id" | "organisationId" | "name" | "email">,
    ): Promise<{ isNewName: boolean }> {
      const { id, organisationId, name, email } = about;
      if (name === undefined && email === undefined) return { isNewName: false };
      const said = email === undefined ? {} : { email };
      const key = { organisationId, _id: id };
      if (name === undefined) {
        await upsertOnce(async () => await model.updateOne(key, { $set: said }, { upsert: true }));
        return { isNewName: false };
      }
      const noted = await noteSameOrFirst(about, { ...said, name });
      if (noted !== undefined) return noted;
      const before = await model
        .findOneAndUpdate(
          { ...key, nameFrom: { $ne: "approved" } },
          { $set: { ...said, name, nameFrom: "lms", awaitsNaming: true } },
          { returnDocument: "before" },
        )
        .lean();
      if (before === null && email !== undefined) await model.updateOne(key, { $set: said });
      return { isNewName: before !== null && name !== before.name };
    },

    /** Of every organisation: names that came, and what waited for them may wait still. */
    async listAwaitingNaming(limit: number): Promise<ArrivedName[]> {
      const documents = await model.find({ awaitsNaming: true }).limit(limit).lean();
      return documents.map(({ _id: accountId, organisationId, name = "" }) => ({
        ...{ organisationId, accountId, name },
      }));
    },

    /** All that waited for just this name is on its way. */
    async markNamed({ organisationId, accountId, name }: ArrivedName): Promise<void> {
      await model.updateOne(
        { organisationId, _id: accountId, name },
        { $unset: { awaitsNaming: 1 } },
      );
    },

    async find(organisationId: string, accountId: string): Promise<Profile | undefined> {
      const document = await model
        .findOne({ organisationId, _id: accountId })
        .select(withoutWorkFields)
        .lean();
      return document === null ? undefined : toRecord<Profile>(document);
    },

    /** In no particular order; accounts without a profile are left out. */
    async listByIds(organisationId: string, accountIds: string[]): Promise<Profile[]> {
      const match = { organisationId, _id: { $in: accountIds } };
      const without = Object.keys(withoutWorkFields);
      const documents = await read<Stored<Profile>>({ from: "profiles", match, without });
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
        const sorted = model.find(filter).select(withoutWorkFields).sort({ name: 1, _id: 1 });
        const documents = await sorted.skip(skip).limit(limit).lean();
        return documents.map((document) => toRecord<Profile>(document));
      });
    },

    /** A name that the person entered; it goes into credentials once an administrator agrees. */
    async proposeName(organisationId: string, accountId: string, name: string): Promise<void> {
      await upsertOnce(
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
        {
          $set: { name, nameFrom: "approved", awaitsNaming: true },
          $unset: { proposedName: 1 },
        },
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

    /**
     * Keeps the address that a learner says is theirs, or forgets it: on whichever of their
     * accounts it stood before, it stands on this one alone.
     */
    async setHolderId(about: {
      organisationId: string;
      learnerId: string;
      accountIds: readonly string[];
      holderId: string | undefined;
    }): Promise<void> {
      const { organisationId, learnerId, accountIds, holderId } = about;
      if (holderId !== undefined)
        await upsertOnce(
          async () =>
            await model.updateOne(
              { organisationId, _id: learnerId },
              { $set: { holderId } },
              { upsert: true },
            ),
        );
      const others = accountIds.filter((id) => holderId === undefined || id !== learnerId);
      await model.updateMany({ organisationId, _id: { $in: others } }, { $unset: { holderId: 1 } });
    },

    /** Those with a name waiting for an administrator. */
    async listProposed(organisationId: string, query: ListQuery): Promise<PageOf<Profile>> {
      const filter = {
        organisationId,
        proposedName: query.search === "" ? { $exists: true } : containing(query.search),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const sorted = model
          .find(filter)
          .select(withoutWorkFields)
          .sort({ proposedName: 1, _id: 1 });
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
