import { type Connection, Schema } from "mongoose";
import { addOnce, plainBytes, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Finding, ForeignBadge } from "./foreign-badge.js";

const schema = new Schema<Stored<ForeignBadge>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    learnerId: { type: String, required: true },
    key: { type: String, required: true },
    presented: { type: String, required: true },
    name: { type: String, required: true },
    description: String,
    issuer: {
      _id: false,
      type: { id: { type: String, required: true }, name: { type: String, required: true } },
      required: true,
    },
    picture: {
      _id: false,
      type: { kind: String, bytes: Buffer, widthPx: Number, heightPx: Number },
    },
    finding: {
      _id: false,
      type: { isVerified: Boolean, sentence: String, checkedAt: Date },
      required: true,
    },
    isShown: { type: Boolean, required: true },
    addedAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "foreignBadges" },
);
schema.index({ organisationId: 1, learnerId: 1, key: 1 }, { unique: true });

/** Whose badges: every account of a learner. */
type Owner = { organisationId: string; learnerIds: readonly string[] };

export type ForeignBadgeStore = ReturnType<typeof createForeignBadgeStore>;

function asBadge(document: Stored<ForeignBadge>): ForeignBadge {
  const badge = toRecord<ForeignBadge>(document);
  const { picture } = badge;
  return picture === undefined
    ? badge
    : { ...badge, picture: { ...picture, bytes: plainBytes(picture.bytes) } };
}

/** Badges that learners earned elsewhere. */
export function createForeignBadgeStore(connection: Connection) {
  const model = connection.model<Stored<ForeignBadge>>("ForeignBadge", schema);
  const ofOwner = ({ organisationId, learnerIds }: Owner) => ({
    ...{ organisationId, learnerId: { $in: [...learnerIds] } },
  });
  return {
    /** 'already-there' when the learner keeps this one. */
    async addOnce(badge: ForeignBadge): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(badge)));
    },

    async count(owner: Owner): Promise<number> {
      return await model.countDocuments(ofOwner(owner));
    },

    /** The first one first. */
    async list(owner: Owner): Promise<ForeignBadge[]> {
      const documents = await model.find(ofOwner(owner)).sort({ addedAt: 1, _id: 1 }).lean();
      return documents.map(asBadge);
    },

    async find(owner: Owner, id: string): Promise<ForeignBadge | undefined> {
      const document = await model.findOne({ ...ofOwner(owner), _id: id }).lean();
      return document === null ? undefined : asBadge(document);
    },

    async noteFinding(owner: Owner, id: string, finding: Finding): Promise<void> {
      await model.updateOne({ ...ofOwner(owner), _id: id }, { $set: { finding } });
    },

    /** Whether it was theirs. */
    async setShown(owner: Owner, id: string, isShown: boolean): Promise<boolean> {
      const done = await model.updateOne({ ...ofOwner(owner), _id: id }, { $set: { isShown } });
      return done.matchedCount === 1;
    },

    /** Whether it was theirs. */
    async remove(owner: Owner, id: string): Promise<boolean> {
      return (await model.deleteOne({ ...ofOwner(owner), _id: id })).deletedCount === 1;
    },
  };
}
