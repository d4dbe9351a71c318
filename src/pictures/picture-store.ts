import { type Connection, type mongo, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Picture } from "./picture.js";

const schema = new Schema<Stored<Picture>>(
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
  },
  { versionKey: false, strict: "throw", collection: "pictures" },
);
schema.index({ organisationId: 1, digest: 1 }, { unique: true });

function asPicture(document: Stored<Picture>): Picture {
  // The driver hands bytes out as its Binary.
  const { buffer } = document.bytes as unknown as mongo.Binary;
  return toRecord<Picture>({ ...document, bytes: Buffer.from(buffer) });
}

export type PictureStore = ReturnType<typeof createPictureStore>;

/** Uploaded pictures: kept once each, never changed, never taken away. */
export function createPictureStore(connection: Connection) {
  const model = connection.model<Stored<Picture>>("Picture", schema);
  return {
    /** Keeps a picture; answers with the one that is there, when the same one was kept before. */
    async keep(picture: Picture): Promise<Picture> {
      const outcome = await addOnce(async () => await model.create(toDocument<Picture>(picture)));
      if (outcome === "added") return picture;
      const { organisationId, digest } = picture;
      const before = await model.findOne({ organisationId, digest }).lean();
      if (before === null) throw new Error("A picture was kept but is not there");
      return asPicture(before);
    },

    async find(organisationId: string, id: string): Promise<Picture | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : asPicture(document);
    },
  };
}
