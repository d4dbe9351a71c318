import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { TrackVersion } from "./track.js";

const schema = new Schema<Stored<TrackVersion>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    trackId: { type: String, required: true },
    version: { type: Number, required: true },
    publishedAt: { type: Date, required: true },
    publishedBy: { type: String, required: true },
    kind: String,
    name: { type: String, required: true },
    description: { type: String, required: true },
    criteriaNarrative: { type: String, required: true },
    competencies: { type: Schema.Types.Mixed, required: true },
    subject: { type: String, required: true },
    badge: { type: Schema.Types.Mixed, required: true },
    contactHours: { type: Number, required: true },
    developmentPoints: Number,
    graceDays: Number,
    issuerId: String,
    issuer: Schema.Types.Mixed,
    requirement: { type: Schema.Types.Mixed, required: true },
  },
  { versionKey: false, strict: "throw", collection: "trackVersions", minimize: false },
);
schema.index({ organisationId: 1, trackId: 1, version: 1 }, { unique: true });
schema.index({ trackId: 1, version: 1 });

/** Which edition of which track. */
export type TrackEdition = { trackId: string; version: number };

export type TrackVersionStore = ReturnType<typeof createTrackVersionStore>;

/** Published editions of tracks. They are added and read, never changed. */
export function createTrackVersionStore(connection: Connection) {
  const model = connection.model<Stored<TrackVersion>>("TrackVersion", schema);
  return {
    /** 'already-there' when that track has a version of that number. */
    async addOnce(version: TrackVersion): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(version)));
    },

    async find(organisationId: string, edition: TrackEdition): Promise<TrackVersion | undefined> {
      const { trackId, version } = edition;
      const document = await model.findOne({ organisationId, trackId, version }).lean();
      return document === null ? undefined : toRecord<TrackVersion>(document);
    },

    /** By its public address, which names no organisation. */
    async findPublic({ trackId, version }: TrackEdition): Promise<TrackVersion | undefined> {
      const document = await model.findOne({ trackId, version }).lean();
      return document === null ? undefined : toRecord<TrackVersion>(document);
    },

    /** In no particular order; editions that are not there are left out. */
    async listEditions(organisationId: string, editions: TrackEdition[]): Promise<TrackVersion[]> {
      if (editions.length === 0) return [];
      const documents = await model
        .find({
          organisationId,
          $or: editions.map(({ trackId, version }) => ({ trackId, version })),
        })
        .lean();
      return documents.map((document) => toRecord<TrackVersion>(document));
    },

    /** The editions before these of their tracks, oldest first. */
    async listEarlier(
      organisationId: string,
      editions: readonly TrackEdition[],
    ): Promise<TrackVersion[]> {
      const later = editions.filter(({ version }) => version > 1);
      if (later.length === 0) return [];
      const documents = await model
        .find({
          organisationId,
          $or: later.map(({ trackId, version }) => ({ trackId, version: { $lt: version } })),
        })
        .sort({ version: 1 })
        .lean();
      return documents.map((document) => toRecord<TrackVersion>(document));
    },

    /** Every edition of one track, newest first. */
    async listOf(organisationId: string, trackId: string): Promise<TrackVersion[]> {
      const documents = await model.find({ organisationId, trackId }).sort({ version: -1 }).lean();
      return documents.map((document) => toRecord<TrackVersion>(document));
    },
  };
}
