import { type Connection, type mongo, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Picture } from "./picture.js";

/** Kept beside the picture: when it was last uploaded, or sent in a form. */
type StoredPicture = Stored<Picture> & { keptAt?: Date | undefined };

const schema = new Schema<StoredPicture>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    digest: { type: String, required: true },
    kind: { type: String, required: true },
    bytes: { type: Buffer, required: true },
    widthPx: { type: Number, required: true },
    heightPx: { type: Number, required: true },
    addedBy: { type: String, required: true },
    addedAt: { type: Date, required: true },
    keptAt: Date,
  },
  { versionKey: false, strict: "throw", collection: "pictures" },
);
schema.index({ organisationId: 1, digest: 1 }, { unique: true });
schema.index({ keptAt: 1 });

function asPicture(document: Stored<Picture>): Picture {
  // The driver hands bytes out as its Binary.
  const { buffer } = document.bytes as unknown as mongo.Binary;
  return toRecord<Picture>({ ...document, bytes: Buffer.from(buffer) });
}

export type PictureStore = ReturnType<typeof createPictureStore>;

/** Uploaded pictures: kept once each, never changed, and removed only when nothing names them. */
export function createPictureStore(connection: Connection) {
  const model = connection.model<StoredPicture>("Picture", schema);
  return {
    /** Keeps a picture; answers with the one that is there, when the same one was kept before. */
    async keep(picture: Picture): Promise<Picture> {
      const { organisationId, digest, addedAt: keptAt } = picture;
      const document = { ...toDocument<Picture>(picture), keptAt };
      // Removed between the two writes, it is kept as a new one the second time.
      for (let tries = 0; tries < 2; tries += 1) {
        const outcome = await addOnce(async () => await model.create(document));
        if (outcome === "added") return picture;
        const there = { organisationId, digest };
        const before = await model
          .findOneAndUpdate(there, { $set: { keptAt } })
          .select({ keptAt: 0 })
          .lean();
        if (before !== null) return asPicture(before);
      }
      throw new Error("A picture was kept but is not there");
    },

    async find(organisationId: string, id: string): Promise<Picture | undefined> {
      const document = await model
        .findOne({ organisationId, _id: id })
        .select({ keptAt: 0 })
        .lean();
      return document === null ? undefined : asPicture(document);
    },

    /** Whether it is there; if so, it stays for a while, whatever names it. */
    async hold(organisationId: string, id: string, now: Date): Promise<boolean> {
      const change = { $set: { keptAt: now } };
      return (await model.updateOne({ organisationId, _id: id }, change)).matchedCount === 1;
    },

    /** Of every organisation: ids of those that nobody has sent since, the oldest first. */
    async listKeptBefore(before: Date, limit: number): Promise<string[]> {
      const documents = await model
        .find({ keptAt: { $lt: before } })
        .select({ _id: 1 })
        .sort({ keptAt: 1 })
        .limit(limit)
        .lean();
      return documents.map(({ _id }) => _id);
    },

    async keepLonger(ids: readonly string[], now: Date): Promise<void> {
      await model.updateMany({ _id: { $in: [...ids] } }, { $set: { keptAt: now } });
    },

    /** Only what nobody has sent since in the very moment of removing it. */
    async removeKeptBefore(ids: readonly string[], before: Date): Promise<void> {
      await model.deleteMany({ _id: { $in: [...ids] }, keptAt: { $lt: before } });
    },
  };
}
