import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import {
  insertWithoutDuplicates,
  newId,
  type Stored,
  toRecord,
  upsertOnce,
} from "../stored-record.js";
import type { Account, Profile } from "./account.js";

export type StoredAccount = Omit<Stored<Account>, "isTestUser"> & {
  isTestUser?: boolean;
  followers?: number;
  /** Set with each joining until what was passed in both accounts was set to be counted together. */
  awaitsRecount?: boolean;
};

const schema = new Schema<StoredAccount>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    issuer: { type: String, required: true },
    sub: { type: String, required: true },
    linkedTo: String,
    isTestUser: Boolean,
    /** How many accounts are, or are just being, joined to this one. */
    followers: Number,
    awaitsRecount: Boolean,
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "accounts" },
);
schema.index({ organisationId: 1, issuer: 1, sub: 1 }, { unique: true });
schema.index(
  { organisationId: 1, linkedTo: 1 },
  { partialFilterExpression: { linkedTo: { $exists: true } } },
);

schema.index({ awaitsRecount: 1 }, { partialFilterExpression: { awaitsRecount: true } });

export const asAccount = (stored: StoredAccount): Account => {
  const { _id, organisationId, issuer, sub, linkedTo, createdAt } = stored;
  const isTestUser = stored.isTestUser === true;
  return { id: _id, organisationId, issuer, sub, linkedTo, isTestUser, createdAt };
};

/** Who somebody is at their LMS. */
export type AccountKey = { organisationId: string; issuer: string; sub: string };

/** What is known of somebody who launches. */
export type KnownPerson = {
  account: Account;
  profile: Profile | undefined;
  /** Whether an explicit grant may make an administrator of them. */
  isGranted: boolean;
};

type StoredPerson = StoredAccount & { profile: Stored<Profile>[]; grants: unknown[] };

/** Ends the transaction of a joining that may not be. */
class NotFree extends Error {}

export type AccountStore = ReturnType<typeof createAccountStore>;

/** Accounts. (organisation, issuer, sub) names one (unique index). */
export function createAccountStore(connection: Connection) {
  const model = connection.model<StoredAccount>("Account", schema);

  const read = gatheredReads(connection);

  /** The accounts that people of one LMS have here, in no particular order. */
  async function listBySubs(people: {
    organisationId: string;
    issuer: string;
    subs: readonly string[];
  }): Promise<Account[]> {
    const { organisationId, issuer, subs } = people;
    if (subs.length === 0) return [];
    const filter = { organisationId, issuer, sub: { $in: [...subs] } };
    return (await read<StoredAccount>({ from: "accounts", match: filter })).map(asAccount);
  }

  return {
    /** @param key with the `id` that a new account is to have */
    async findOrCreate(key: AccountKey & { id?: string }, now: Date): Promise<Account> {
      const { organisationId, issuer, sub, id = newId() } = key;
      const document = await upsertOnce(
        async () =>
          await model
            .findOneAndUpdate(
              { organisationId, issuer, sub },
              { $setOnInsert: { _id: id, createdAt: now } },
              { upsert: true, returnDocument: "after" },
            )
            .lean(),
      );
      return asAccount(document);
    },

    /** The accounts of many people of one LMS, made where they are missing; in no order. */
    async findOrCreateAll(
      people: { organisationId: string; issuer: string; subs: readonly string[] },
      now: Date,
    ): Promise<Account[]> {
      const { organisationId, issuer, subs } = people;
      const find = async () => await listBySubs(people);
      const found = await find();
      if (found.length === subs.length) return found;
      const known = new Set(found.map(({ sub }) => sub));
      const missing = subs.filter((sub) => !known.has(sub));
      // Who has just come by a launch of their own is there: the unique index keeps the first.
      await insertWithoutDuplicates(
        async () =>
          await model.insertMany(
            missing.map((sub) => ({ _id: newId(), organisationId, issuer, sub, createdAt: now })),
            { ordered: false },
          ),
      );
      return await find();
    },

    /** Who launches, as they are known here: account, profile and grant. Gathered. */
    async findPerson(key: AccountKey): Promise<KnownPerson | undefined> {
      const { organisationId, issuer, sub } = key;
      const joined = (from: string, as: string) => ({
        $lookup: { from, as, localField: "_id", foreignField: "_id" },
      });
      const [person] = await read<StoredPerson>({
        from: "accounts",
        match: { organisationId, issuer, sub },
        limit: 1,
        join: [joined("profiles", "profile"), joined("administratorGrants", "grants")],
      });
      if (person === undefined) return undefined;
      const [profile] = person.profile;
      return {
        account: asAccount(person),
        profile: profile && toRecord<Profile>(profile),
        isGranted: person.grants.length > 0,
      };
    },

    async findById(organisationId: string, id: string): Promise<Account | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : asAccount(document);
    },

    /** What is graded for this account anywhere counts for nothing from now on. */
    async markTestUser(organisationId: string, id: string): Promise<void> {
      await model.updateOne({ organisationId, _id: id }, { $set: { isTestUser: true } });
    },

    /** Who an LMS means by a `sub`, e.g. in its results or its roster. */
    async findBySub(key: AccountKey): Promise<Account | undefined> {
      const { organisationId, issuer, sub } = key;
      const document = await model.findOne({ organisationId, issuer, sub }).lean();
      return document === null ? undefined : asAccount(document);
    },

    listBySubs,

    /** In no particular order; ids that are not there are left out. */
    async listByIds(organisationId: string, ids: string[]): Promise<Account[]> {
      const match = { organisationId, _id: { $in: ids } };
      return (await read<StoredAccount>({ from: "accounts", match })).map(asAccount);
    },

    /** Those whose id begins so, by id: pages call by it who has no name. */
    async listByIdStart(organisationId: string, start: string, limit: number): Promise<Account[]> {
      const documents = await model
        .find({ organisationId, _id: { $gte: start, $lt: `${start}~` } })
        .sort({ _id: 1 })
        .limit(limit)
        .lean();
      return documents.map(asAccount);
    },

    /** The ids behind `after` of those that are joined to no other: learners, by id. */
    async listLearnerIds(organisationId: string, after: string, limit: number): Promise<string[]> {
      const documents = await model
        .find({ organisationId, _id: { $gt: after }, linkedTo: { $exists: false } })
        .select({ _id: 1 })
        .sort({ _id: 1 })
        .limit(limit)
        .lean();
      return documents.map(({ _id }) => _id);
    },

    /**
     * The learners behind these accounts, each once, with every account of theirs: the learner's
     * own id first. An account that is not there is a learner of its own.
     */
    async findLearners(
      organisationId: string,
      accountIds: readonly string[],
    ): Promise<{ learnerId: string; accountIds: string[] }[]> {
      const asked = new Set(accountIds);
      const among = { $in: [...asked] };
      const sort = { createdAt: 1 } as const;
      const [own, joined] = await Promise.all([
        read<StoredAccount>({ from: "accounts", match: { organisationId, _id: among } }),
        read<StoredAccount>({ from: "accounts", match: { organisationId, linkedTo: among }, sort }),
      ]);
      const learnerIds = new Map(own.map(({ _id, linkedTo }) => [_id, linkedTo]));
      const ids = new Set(accountIds.map((id) => learnerIds.get(id) ?? id));
      const others = [...ids].filter((id) => !asked.has(id));
      // Of who came by another account than their first one, the others are not known yet.
      const more =
        others.length === 0
          ? []
          : await read<StoredAccount>({
              ...{ from: "accounts", match: { organisationId, linkedTo: { $in: others } }, sort },
            });
      const learners = new Map([...ids].map((id) => [id, [id]]));
      for (const { _id, linkedTo = "" } of [...joined, ...more]) learners.get(linkedTo)?.push(_id);
      return [...learners].map(([learnerId, found]) => ({ learnerId, accountIds: found }));
    },

    /** Every account of a learner: the learner's own id first, then those joined to it. */
    async listIdsOfLearner(organisationId: string, learnerId: string): Promise<string[]> {
      const documents = await model
        .find({ organisationId, linkedTo: learnerId })
        .select({ _id: 1 })
        .sort({ createdAt: 1 })
        .lean();
      return [learnerId, ...documents.map((document) => document._id)];
    },

    /**
     * Joins an account to a learner, unless either has meanwhile been joined the other way. Each
     * of the two conditions is judged in the write itself and both writes are one, so that of two
     * people who join A to B and B to A at the same moment one at most succeeds, no circle can
     * arise, and nobody counts a follower who never came.
     */
    async link(
      organisationId: string,
      accountId: string,
      learnerId: string,
    ): Promise<"linked" | "not-free"> {
      const write = async (): Promise<void> => {
        const reserved = await model.updateOne(
          { organisationId, _id: learnerId, linkedTo: { $exists: false } },
          { $inc: { followers: 1 } },
        );
        if (reserved.modifiedCount === 0) throw new NotFree();
        const linked = await model.updateOne(
          {
            organisationId,
            _id: accountId,
            linkedTo: { $exists: false },
            followers: { $not: { $gt: 0 } },
          },
          { $set: { linkedTo: learnerId, awaitsRecount: true } },
        );
        if (linked.modifiedCount === 0) throw new NotFree();
      };
      try {
        await connection.transaction(write);
        return "linked";
      } catch (error) {
        if (error instanceof NotFree) return "not-free";
        throw error;
      }
    },

    /** Of every organisation: joined accounts whose facts are not yet set to be counted together. */
    async listAwaitingRecount(
      limit: number,
    ): Promise<{ organisationId: string; accountId: string }[]> {
      const documents = await model.find({ awaitsRecount: true }).limit(limit).lean();
      return documents.map(({ _id, organisationId }) => ({ organisationId, accountId: _id }));
    },

    async markRecounted(organisationId: string, accountIds: string[]): Promise<void> {
      await model.updateMany(
        { organisationId, _id: { $in: accountIds }, awaitsRecount: true },
        { $unset: { awaitsRecount: 1 } },
      );
    },
  };
}
