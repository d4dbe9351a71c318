import { type Connection, Schema } from "mongoose";
import type { Stored } from "../stored-record.js";
import { toRecord } from "../stored-record.js";
import type { GroupMember, GroupMove, MoveEffect } from "./group-move.js";
import { createLearnerWalkStore, findingFields, walkFields } from "./learner-walk-store.js";

const options = { versionKey: false, strict: "throw" } as const;

const moveSchema = new Schema<Stored<GroupMove>>(
  {
    ...walkFields,
    version: { type: Number, required: true },
    decision: Schema.Types.Mixed,
    movedBehind: { type: String, default: "" },
    moved: { type: Number, required: true },
    doneAt: Date,
  },
  { ...options, collection: "groupMoves" },
);
moveSchema.index({ organisationId: 1, trackId: 1 }, { unique: true });
moveSchema.index({ touchedAt: 1 });

const memberSchema = new Schema<Stored<GroupMember>>(
  {
    ...findingFields,
    ownVersion: { type: Number, required: true },
    before: { type: String, required: true },
    after: { type: String, required: true },
    effect: { type: String, required: true },
  },
  { ...options, collection: "groupMembers" },
);
memberSchema.index({ walkId: 1, learnerId: 1 }, { unique: true });

/** Decided, and not at its end. */
const underWay = { decision: { $exists: true }, doneAt: { $exists: false } };

export type GroupMoveStore = ReturnType<typeof createGroupMoveStore>;

/** What moving a group to another version would mean, and how far it is. */
export function createGroupMoveStore(connection: Connection) {
  const moves = connection.model<Stored<GroupMove>>("GroupMove", moveSchema);
  const members = connection.model<Stored<GroupMember>>("GroupMember", memberSchema);
  return {
    /** One that is under way is not replaced. */
    ...createLearnerWalkStore<GroupMove, GroupMember>(
      { walks: moves, findings: members },
      underWay,
    ),

    /** How many of those found would be nearer, farther or as far as now. */
    async countEffects(move: GroupMove): Promise<Record<MoveEffect, number>> {
      const groups = await members.aggregate<{ _id: MoveEffect; count: number }>([
        { $match: { walkId: move.id } },
        { $group: { _id: "$effect", count: { $sum: 1 } } },
      ]);
      const counts = { nearer: 0, same: 0, farther: 0 };
      for (const { _id: effect, count } of groups) counts[effect] = count;
      return counts;
    },

    /** Once, and only what was looked at to its end; false otherwise. */
    async decide(
      { id, organisationId }: GroupMove,
      decision: NonNullable<GroupMove["decision"]>,
    ): Promise<boolean> {
      const { matchedCount } = await moves.updateOne(
        {
          ...{ organisationId, _id: id },
          ...{ finishedAt: { $exists: true }, decision: { $exists: false } },
        },
        { $set: { decision, touchedAt: decision.at } },
      );
      return matchedCount === 1;
    },

    /** The next of those found who are to be moved. */
    async listNext(move: GroupMove, limit: number): Promise<GroupMember[]> {
      const documents = await members
        .find({ walkId: move.id, learnerId: { $gt: move.movedBehind } })
        .sort({ learnerId: 1 })
        .limit(limit)
        .lean();
      return documents.map((document) => toRecord<GroupMember>(document));
    },

    /** Where to go on after a batch; false when another process has done it. */
    async advanceMoving(
      { id, organisationId, movedBehind }: GroupMove,
      batch: { behind: string; moved: number; at: Date },
    ): Promise<boolean> {
      const { matchedCount } = await moves.updateOne(
        { organisationId, _id: id, movedBehind, ...underWay },
        { $set: { movedBehind: batch.behind, touchedAt: batch.at }, $inc: { moved: batch.moved } },
      );
      return matchedCount === 1;
    },

    async noteDone({ id, organisationId }: GroupMove, at: Date): Promise<void> {
      await moves.updateOne({ organisationId, _id: id, ...underWay }, { $set: { doneAt: at } });
    },

    /** Of every organisation: moves that were decided, left before `before` and not at their end. */
    async listUnderWay(before: Date, limit: number): Promise<GroupMove[]> {
      const documents = await moves
        .find({ touchedAt: { $lte: before }, ...underWay })
        .limit(limit)
        .lean();
      return documents.map((document) => toRecord<GroupMove>(document));
    },
  };
}
