import { type Connection, Schema } from "mongoose";
import { isDuplicate } from "./stored-record.js";

type Canary = { _id: string; sealed: string };
const ONLY = "canary";

const schema = new Schema<Canary>(
  { _id: { type: String, required: true }, sealed: { type: String, required: true } },
  { versionKey: false, strict: "throw", collection: "encryptionCanary" },
);

export type EncryptionCanaryStore = ReturnType<typeof createEncryptionCanaryStore>;

/** One sealed word, there to be opened at each start. */
export function createEncryptionCanaryStore(connection: Connection) {
  const model = connection.model<Canary>("EncryptionCanary", schema);
  const find = async (): Promise<string | undefined> =>
    (await model.findOne({ _id: ONLY }).lean())?.sealed;
  return {
    find,

    /** Keeps the word unless one is there; answers with the one that is there. */
    async keep(sealed: string): Promise<string> {
      try {
        await model.updateOne({ _id: ONLY }, { $setOnInsert: { sealed } }, { upsert: true });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      return (await find()) ?? sealed;
    },
  };
}
