import { type Connection, Schema } from "mongoose";
import {
  addOnce,
  insertWithoutDuplicates,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { TrackTrial, TrialCandidate } from "./track-trial.js";

const options = { versionKey: false, strict: "throw" } as const;

const trialSchema = new Schema<Stored<TrackTrial>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    trackId: { type: String, required: true },
    draftWrittenAt: { type: Date, required: true },
    startedBy: { type: String, required: true },
    startedAt: { type: Date, required: true },
    total: { type: Number, required: true },
    looked: { type: Number, required: true },
    after: { type: String, default: "" },
    touchedAt: { type: Date, required: true },
    finishedAt: Date,
    publishedAs: Number,
  },
  { ...options, collection: "trackTrials" },
);
trialSchema.index({ organisationId: 1, trackId: 1 }, { unique: true });
trialSchema.index({ touchedAt: 1 });

const candidateSchema = new Schema<Stored<TrialCandidate>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    trialId: { type: String, required: true },
    learnerId: { type: String, required: true },
    sentence: { type: String, required: true },
  },
  { ...options, collection: "trialCandidates" },
);
candidateSchema.index({ trialId: 1, learnerId: 1 }, { unique: true });

export type TrackTrialStore = ReturnType<typeof createTrackTrialStore>;

/** What publishing would mean, as far as it was looked at. */
export function createTrackTrialStore(connection: Connection) {
  const trials = connection.model<Stored<TrackTrial>>("TrackTrial", trialSchema);
  const candidates = connection.model<Stored<TrialCandidate>>("TrialCandidate", candidateSchema);
  const toTrial = (document: Stored<TrackTrial>): TrackTrial => toRecord<TrackTrial>(document);

  return {
    /** In the place of the track's last one. Of two at once the one that came first stays. */
    async begin(trial: TrackTrial): Promise<void> {
      const { organisationId, trackId } = trial;
      const last = await trials.findOne({ organisationId, trackId }).lean();
      if (last !== null) {
        await trials.deleteOne({ organisationId, _id: last._id });
        await candidates.deleteMany({ trialId: last._id });
      }
      await addOnce(async () => await trials.create(toDocument(trial)));
    },

    async find(organisationId: string, trackId: string): Promise<TrackTrial | undefined> {
      const document = await trials.findOne({ organisationId, trackId }).lean();
      return document === null ? undefined : toTrial(document);
    },

    /** Keeps whom a batch would award, then where to go on; again is as good as once. */
    async advance(
      trial: TrackTrial,
      batch: {
        found: readonly TrialCandidate[];
        looked: number;
        next: string | undefined;
        at: Date;
      },
    ): Promise<void> {
      const { id, organisationId, after } = trial;
      if (batch.found.length > 0) {
        const documents = batch.found.map(toDocument);
        await insertWithoutDuplicates(
          async () => await candidates.insertMany(documents, { ordered: false }),
        );
      }
      const place = batch.next === undefined ? { finishedAt: batch.at } : { after: batch.next };
      await trials.updateOne(
        { organisationId, _id: id, after, finishedAt: { $exists: false } },
        { $set: { ...place, touchedAt: batch.at }, $inc: { looked: batch.looked } },
      );
    },

    async notePublished(trial: TrackTrial, publishedAs: number): Promise<void> {
      const { id, organisationId } = trial;
      await trials.updateOne({ organisationId, _id: id }, { $set: { publishedAs } });
    },

    /** Of every organisation: what was left before `before` and is not at its end. */
    async listUnfinished(before: Date, limit: number): Promise<TrackTrial[]> {
      const documents = await trials
        .find({ touchedAt: { $lte: before }, finishedAt: { $exists: false } })
        .limit(limit)
        .lean();
      return documents.map(toTrial);
    },

    /** By learner. */
    async listCandidates(
      trial: Pick<TrackTrial, "id" | "organisationId">,
      query: { page: number; pageSize: number },
    ): Promise<PageOf<TrialCandidate>> {
      const filter = { organisationId: trial.organisationId, trialId: trial.id };
      const total = await candidates.countDocuments(filter);
      return await readPage({ ...query, search: "" }, total, async (skip, limit) => {
        const documents = await candidates
          .find(filter)
          .sort({ learnerId: 1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map((document) => toRecord<TrialCandidate>(document));
      });
    },
  };
}
