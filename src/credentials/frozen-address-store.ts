import { type Connection, Schema } from "mongoose";
import { isDuplicate } from "../stored-record.js";
import type { FrozenAddress } from "./frozen-address.js";

type Installation = FrozenAddress & { _id: string };

/** There is one installation in a database, so there is one record. */
const ONLY = "installation";

const schema = new Schema<Installation>(
  {
    _id: { type: String, required: true },
    publicUrl: { type: String, required: true },
    frozenAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "installation" },
);

export type FrozenAddressStore = ReturnType<typeof createFrozenAddressStore>;

export function createFrozenAddressStore(connection: Connection) {
  const model = connection.model<Installation>("Installation", schema);
  const find = async (): Promise<FrozenAddress | undefined> => {
    const document = await model.findOne({ _id: ONLY }).lean();
    if (document === null) return undefined;
    return { publicUrl: document.publicUrl, frozenAt: document.frozenAt };
  };

  return {
    find,

    /** Writes the address down unless one is there already; answers with the one that is there. */
    async freeze(address: FrozenAddress): Promise<FrozenAddress> {
      try {
        await model.updateOne({ _id: ONLY }, { $setOnInsert: address }, { upsert: true });
      } catch (error) {
        // Two first issues at the same moment: the other one has written it.
        if (!isDuplicate(error)) throw error;
      }
      return (await find()) ?? address;
    },
  };
}
