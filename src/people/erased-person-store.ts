import { type Connection, Schema } from "mongoose";
import type { SealedBox } from "../sealed-box.js";
import type { AccountKey, AccountStore } from "./account-store.js";

type ErasedPerson = { _id: string; organisationId: string; at: Date };

const schema = new Schema<ErasedPerson>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "erasedPeople" },
);

export type ErasedPersonStore = ReturnType<typeof createErasedPersonStore>;

/** Who deleted their account and has not come back, by a keyed hash that says nothing of them. */
export function createErasedPersonStore(
  connection: Connection,
  sealedBox: Pick<SealedBox, "fingerprint">,
) {
  const model = connection.model<ErasedPerson>("ErasedPerson", schema);
  const idOf = ({ organisationId, issuer, sub }: AccountKey): string =>
    sealedBox.fingerprint(JSON.stringify([organisationId, issuer, sub]), "erased-person");
  return {
    async note(key: AccountKey, at: Date): Promise<void> {
      const { organisationId } = key;
      await model.updateOne(
        { _id: idOf(key) },
        { $setOnInsert: { organisationId, at } },
        { upsert: true },
      );
    },

    async forget(key: AccountKey): Promise<void> {
      await model.deleteOne({ _id: idOf(key) });
    },

    /** Those of some people of one LMS who are not to be known by what others say of them. */
    async listAmong(people: {
      organisationId: string;
      issuer: string;
      subs: readonly string[];
    }): Promise<Set<string>> {
      const { organisationId, issuer, subs } = people;
      const ids = new Map(subs.map((sub) => [idOf({ organisationId, issuer, sub }), sub]));
      const found = await model.find({ _id: { $in: [...ids.keys()] } }).lean();
      return new Set(found.map(({ _id }) => ids.get(_id) ?? ""));
    },
  };
}

/**
 * The accounts, to which who deleted theirs comes back by a launch of their own alone, as somebody
 * new: not by a roster, a gradebook or a pushed result that still names them.
 */
export const withoutErased = (accounts: AccountStore, erased: ErasedPersonStore): AccountStore => ({
  ...accounts,

  /** For who launches. */
  async findOrCreate(key, now) {
    const account = await accounts.findOrCreate(key, now);
    await erased.forget(key);
    return account;
  },

  /** Who deleted their account is left out. */
  async findOrCreateAll(people, now) {
    const found = await accounts.listBySubs(people);
    if (found.length === people.subs.length) return found;
    const known = new Set(found.map(({ sub }) => sub));
    const unknown = people.subs.filter((sub) => !known.has(sub));
    const gone = await erased.listAmong({ ...people, subs: unknown });
    const subs = people.subs.filter((sub) => !gone.has(sub));
    return await accounts.findOrCreateAll({ ...people, subs }, now);
  },
});
