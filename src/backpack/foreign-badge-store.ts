import { type Connection, Schema } from "mongoose";
import { addOnce, plainBytes, type Stored, toDocument, toRecord } from "../stored-record.js";
import { type Finding, type ForeignBadge, MOST_FOREIGN_BADGES } from "./foreign-badge.js";

/** Kept beside the badge: each learner has so many places, and a badge takes one. */
type StoredBadge = Stored<ForeignBadge> & { place: number };

const schema = new Schema<StoredBadge>(
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
    place: { type: Number, required: true },
  },
  { versionKey: false, strict: "throw", collection: "foreignBadges" },
);
schema.index({ organisationId: 1, learnerId: 1, key: 1 }, { unique: true });
schema.index({ organisationId: 1, learnerId: 1, place: 1 }, { unique: true });

const everyPlace = Array.from({ length: MOST_FOREIGN_BADGES }, (_, place) => place);

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
  const model = connection.model<StoredBadge>("ForeignBadge", schema);
  const ofOwner = ({ organisationId, learnerIds }: Owner) => ({
    ...{ organisationId, learnerId: { $in: [...learnerIds] } },
  });
  return {
    /**
     * 'already-there' when the learner keeps this one; 'full' when there is no place left. The
     * index on places decides among several at once: who loses one to another takes the next.
     */
    async addOnce(badge: ForeignBadge): Promise<"added" | "already-there" | "full"> {
      const { organisationId, learnerId, key } = badge;
      const document = toDocument(badge);
      for (;;) {
        const kept = await model
          .find({ organisationId, learnerId })
          .select({ key: 1, place: 1 })
          .lean();
        if (kept.some((one) => one.key === key)) return "already-there";
        const taken = new Set(kept.map(({ place }) => place));
        const place = everyPlace.find((one) => !taken.has(one));
        if (place === undefined) return "full";
        const insert = async () => await model.create({ ...document, place });
        if ((await addOnce(insert)) === "added") return "added";
      }
    },

    async count(owner: Owner): Promise<number> {
      return await model.countDocuments(ofOwner(owner));
    },

    /** The first one first. */
    async list(owner: Owner): Promise<ForeignBadge[]> {
      const documents = await model
        .find(ofOwner(owner))
        .select({ place: 0 })
        .sort({ addedAt: 1, _id: 1 })
        .lean();
      return documents.map(asBadge);
    },

    async find(owner: Owner, id: string): Promise<ForeignBadge | undefined> {
      const document = await model
        .findOne({ ...ofOwner(owner), _id: id })
        .select({ place: 0 })
        .lean();
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
