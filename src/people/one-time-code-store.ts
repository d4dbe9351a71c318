import { type Connection, Schema } from "mongoose";
import { type Stored, toDocument, toRecord } from "../stored-record.js";
import type { CodePurpose, OneTimeCode } from "./one-time-code.js";

const schema = new Schema<Stored<OneTimeCode>>(
  {
    _id: { type: String, required: true },
    purpose: { type: String, required: true },
    codeHash: { type: String, required: true },
    organisationId: String,
    madeBy: String,
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    usedAt: Date,
  },
  { versionKey: false, strict: "throw", collection: "oneTimeCodes" },
);
schema.index({ codeHash: 1 }, { unique: true });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 24 * 60 * 60 });

/** Which code is meant: its hash, and what it must be for. */
export type CodeKey = {
  purposes: readonly CodePurpose[];
  codeHash: string;
  /** Where only a code of this organisation will do. */
  organisationId?: string;
  now: Date;
};

const usable = ({ purposes, codeHash, organisationId, now }: CodeKey) => ({
  codeHash,
  purpose: { $in: [...purposes] },
  usedAt: { $exists: false },
  expiresAt: { $gt: now },
  ...(organisationId === undefined ? {} : { organisationId }),
});

export type OneTimeCodeStore = ReturnType<typeof createOneTimeCodeStore>;

/** One-time codes and links, hashed. */
export function createOneTimeCodeStore(connection: Connection) {
  const model = connection.model<Stored<OneTimeCode>>("OneTimeCode", schema);
  return {
    async add(code: OneTimeCode): Promise<void> {
      await model.create(toDocument(code));
    },

    /** A code that could be used now. Looking at it does not use it up. */
    async findUsable(key: CodeKey): Promise<OneTimeCode | undefined> {
      const document = await model.findOne(usable(key)).lean();
      return document === null ? undefined : toRecord<OneTimeCode>(document);
    },

    /** Uses a code up; of several at once only one gets it. */
    async consume(key: CodeKey): Promise<OneTimeCode | undefined> {
      const document = await model
        .findOneAndUpdate(usable(key), { $set: { usedAt: key.now } }, { returnDocument: "after" })
        .lean();
      return document === null ? undefined : toRecord<OneTimeCode>(document);
    },

    /** Makes a used code usable again, because what it was used for came to nothing. */
    async giveBack(id: string): Promise<void> {
      await model.updateOne({ _id: id }, { $unset: { usedAt: 1 } });
    },
  };
}
