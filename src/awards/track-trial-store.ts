import { type Connection, Schema } from "mongoose";
import type { Stored } from "../stored-record.js";
import { createLearnerWalkStore, findingFields, walkFields } from "./learner-walk-store.js";
import type { TrackTrial, TrialCandidate } from "./track-trial.js";

const options = { versionKey: false, strict: "throw" } as const;

const trialSchema = new Schema<Stored<TrackTrial>>(
  { ...walkFields, draftWrittenAt: { type: Date, required: true }, publishedAs: Number },
  { ...options, collection: "trackTrials" },
);
trialSchema.index({ organisationId: 1, trackId: 1 }, { unique: true });
trialSchema.index({ touchedAt: 1 });

const candidateSchema = new Schema<Stored<TrialCandidate>>(
  { ...findingFields, sentence: { type: String, required: true } },
  { ...options, collection: "trialCandidates" },
);
candidateSchema.index({ walkId: 1, learnerId: 1 }, { unique: true });

export type TrackTrialStore = ReturnType<typeof createTrackTrialStore>;

/** What publishing would mean, as far as it was looked at. */
export function createTrackTrialStore(connection: Connection) {
  const trials = connection.model<Stored<TrackTrial>>("TrackTrial", trialSchema);
  const candidates = connection.model<Stored<TrialCandidate>>("TrialCandidate", candidateSchema);
  return {
    ...createLearnerWalkStore<TrackTrial, TrialCandidate>({ walks: trials, findings: candidates }),

    async notePublished(trial: TrackTrial, publishedAs: number): Promise<void> {
      const { id, organisationId } = trial;
      await trials.updateOne({ organisationId, _id: id }, { $set: { publishedAs } });
    },
  };
}
