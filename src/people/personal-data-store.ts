import type { Connection } from "mongoose";
import type { LmsPerson } from "./erasure.js";
import { fates } from "./personal-data.js";

/** A document of any collection, as far as it matters here. */
type Row = { _id: string; organisationId: string; [field: string]: unknown };

/** So many columns of a gradebook are looked through in one command. */
const COLUMNS_AT_ONCE = 500;

export type PersonalDataStore = ReturnType<typeof createPersonalDataStore>;

/** Removes what a learner leaves behind, in the collections that `fates` names. */
export function createPersonalDataStore(connection: Connection) {
  const collection = (name: string) => connection.collection<Row>(name);

  return {
    /** Everything that stands under these accounts, but the accounts themselves. Repeatable. */
    async erase(organisationId: string, accountIds: readonly string[]): Promise<void> {
      for (const [name, fate] of Object.entries(fates)) {
        if (fate.kind !== "erased") continue;
        await collection(name).deleteMany({ organisationId, [fate.key]: { $in: accountIds } });
      }
    },

    /** What was seen of somebody in the gradebooks of their LMS. */
    async eraseObservations(organisationId: string, { issuer, sub }: LmsPerson): Promise<void> {
      const items = collection("lineItems").find(
        { organisationId, issuer },
        { projection: { _id: 1 } },
      );
      const ids = (await items.toArray()).map(({ _id }) => _id);
      for (let at = 0; at < ids.length; at += COLUMNS_AT_ONCE) {
        const lineItemId = { $in: ids.slice(at, at + COLUMNS_AT_ONCE) };
        await collection("observations").deleteMany({ lineItemId, sub });
      }
    },

    /**
     * Takes out of facts by which key of another system they came: it may name who they were
     * there. Should they come back, the same result is a new one.
     */
    async severFacts(organisationId: string, accountIds: readonly string[]): Promise<void> {
      const facts = collection("examFacts").find(
        { organisationId, accountId: { $in: accountIds } },
        { projection: { _id: 1 } },
      );
      for (const { _id } of await facts.toArray())
        await collection("examFacts").updateOne(
          { organisationId, _id },
          { $set: { sourceKey: `erased:${_id}` } },
        );
    },

    async eraseAccounts(organisationId: string, accountIds: readonly string[]): Promise<void> {
      await collection("accounts").deleteMany({ organisationId, _id: { $in: accountIds } });
    },
  };
}
