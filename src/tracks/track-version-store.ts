import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import { asCorrected, type Correction, type TrackVersion } from "./track.js";

/** Kept beside the edition: set with each correction until every credential says it. */
type StoredVersion = Stored<TrackVersion> & { awaitsReissue?: boolean | undefined };

const schema = new Schema<StoredVersion>(
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
    corrections: Schema.Types.Mixed,
    awaitsReissue: Boolean,
  },
  { versionKey: false, strict: "throw", collection: "trackVersions", minimize: false },
);
schema.index({ organisationId: 1, trackId: 1, version: 1 }, { unique: true });
schema.index({ trackId: 1, version: 1 });
schema.index({ awaitsReissue: 1 }, { partialFilterExpression: { awaitsReissue: true } });

function asVersion(stored: StoredVersion): TrackVersion {
  const version: StoredVersion = { ...stored };
  delete version.awaitsReissue;
  return asCorrected(toRecord<TrackVersion>(version));
}

/** Which edition of which track. */
export type TrackEdition = { trackId: string; version: number };

export type TrackVersionStore = ReturnType<typeof createTrackVersionStore>;

/** Published editions of tracks. They are added and read; slips in them are corrected beside them. */
export function createTrackVersionStore(connection: Connection) {
  const model = connection.model<StoredVersion>("TrackVersion", schema);
  return {
    /** 'already-there' when that track has a version of that number. */
    async addOnce(version: TrackVersion): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(version)));
    },

    async find(organisationId: string, edition: TrackEdition): Promise<TrackVersion | undefined> {
      const { trackId, version } = edition;
      const document = await model.findOne({ organisationId, trackId, version }).lean();
      return document === null ? undefined : asVersion(document);
    },

    /** By its public address, which names no organisation. */
    async findPublic({ trackId, version }: TrackEdition): Promise<TrackVersion | undefined> {
      const document = await model.findOne({ trackId, version }).lean();
      return document === null ? undefined : asVersion(document);
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
      return documents.map((document) => asVersion(document));
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
      return documents.map((document) => asVersion(document));
    },

    /** Adds a correction; what was published stays in its place. undefined when there is none. */
    async correct(
      place: TrackEdition & { organisationId: string },
      correction: Correction,
    ): Promise<TrackVersion | undefined> {
      const { organisationId, trackId, version } = place;
      const document = await model
        .findOneAndUpdate(
          { organisationId, trackId, version },
          { $push: { corrections: correction }, $set: { awaitsReissue: true } },
          { returnDocument: "after" },
        )
        .lean();
      return document === null ? undefined : asVersion(document);
    },

    /** Of every organisation: corrected editions whose credentials may not say so yet. */
    async listAwaitingReissue(limit: number): Promise<TrackVersion[]> {
      return (await model.find({ awaitsReissue: true }).limit(limit).lean()).map(asVersion);
    },

    /** Every credential says it, unless there was another correction meanwhile. */
    async markReissued({ organisationId, trackId, version, corrections = [] }: TrackVersion) {
      const filter = {
        organisationId,
        trackId,
        version,
        corrections: { $size: corrections.length },
      };
      await model.updateOne(filter, { $unset: { awaitsReissue: 1 } });
    },

    /** Every edition of one track, newest first. */
    async listOf(organisationId: string, trackId: string): Promise<TrackVersion[]> {
      const documents = await model.find({ organisationId, trackId }).sort({ version: -1 }).lean();
      return documents.map((document) => asVersion(document));
    },
  };
}
