import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { insertWithoutDuplicates, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { TrackMove } from "./track-move.js";

const schema = new Schema<Stored<TrackMove>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    trackId: { type: String, required: true },
    version: { type: Number, required: true },
    movedAt: { type: Date, required: true },
    movedBy: { type: String, required: true },
    reason: { type: String, required: true },
  },
  { versionKey: false, strict: "throw", collection: "trackMoves" },
);
schema.index({ organisationId: 1, accountId: 1, trackId: 1, version: 1 }, { unique: true });

export type TrackMoveStore = ReturnType<typeof createTrackMoveStore>;

/** Who was moved to which version of a track: added to and read, never changed. */
export function createTrackMoveStore(connection: Connection) {
  const model = connection.model<Stored<TrackMove>>("TrackMove", schema);
  const read = gatheredReads(connection);
  return {
    /** Whoever was moved to that version before stays so, with the reason given then. */
    async addAll(moves: readonly TrackMove[]): Promise<"added" | "some-were-there"> {
      if (moves.length === 0) return "added";
      const documents = moves.map(toDocument);
      const refused = await insertWithoutDuplicates(
        async () => await model.insertMany(documents, { ordered: false }),
      );
      return refused.size === 0 ? "added" : "some-were-there";
    },

    /** In no particular order. */
    async listForAccounts(
      organisationId: string,
      accountIds: readonly string[],
    ): Promise<TrackMove[]> {
      if (accountIds.length === 0) return [];
      const documents = await read<Stored<TrackMove>>({
        from: "trackMoves",
        match: { organisationId, accountId: { $in: [...accountIds] } },
      });
      return documents.map((document) => toRecord<TrackMove>(document));
    },
  };
}
