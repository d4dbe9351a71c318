import type { Model, QueryFilter } from "mongoose";
import {
  addOnce,
  insertWithoutDuplicates,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { LearnerWalk, WalkFinding } from "./learner-walk.js";

/** The fields of every walk, for a schema. */
export const walkFields = {
  _id: { type: String, required: true },
  organisationId: { type: String, required: true },
  trackId: { type: String, required: true },
  startedBy: { type: String, required: true },
  startedAt: { type: Date, required: true },
  total: { type: Number, required: true },
  looked: { type: Number, required: true },
  after: { type: String, default: "" },
  touchedAt: { type: Date, required: true },
  finishedAt: Date,
} as const;

/** The fields of everything found, for a schema. */
export const findingFields = {
  _id: { type: String, required: true },
  organisationId: { type: String, required: true },
  walkId: { type: String, required: true },
  learnerId: { type: String, required: true },
} as const;

/**
 * Walks of one kind, and what they found. Who brings the models gives them their unique indexes:
 * (organisation, track) and (walk, learner).
 */
export function createLearnerWalkStore<Walk extends LearnerWalk, Found extends WalkFinding>(
  connected: { walks: Model<Stored<Walk>>; findings: Model<Stored<Found>> },
  /** Walks that a new one must not replace. */
  kept?: QueryFilter<Stored<LearnerWalk>>,
) {
  const walks = connected.walks as unknown as Model<Stored<LearnerWalk>>;
  const findings = connected.findings as unknown as Model<Stored<WalkFinding>>;
  const toWalk = (document: object): Walk => toRecord(document as Stored<LearnerWalk>) as Walk;
  const toFound = (document: object): Found => toRecord(document as Stored<WalkFinding>) as Found;

  return {
    /** In the place of the track's last one. Of two at once the one that came first stays. */
    async begin(walk: Walk): Promise<void> {
      const { organisationId, trackId } = walk;
      const last = await walks.findOne({ organisationId, trackId }).lean();
      if (last !== null) {
        const replaced = { organisationId, _id: last._id };
        const { deletedCount } = await walks.deleteOne(
          kept === undefined ? replaced : { ...replaced, $nor: [kept] },
        );
        if (deletedCount > 0) await findings.deleteMany({ walkId: last._id });
      }
      await addOnce(async () => await walks.create(toDocument<LearnerWalk>(walk)));
    },

    async find(organisationId: string, trackId: string): Promise<Walk | undefined> {
      const document = await walks.findOne({ organisationId, trackId }).lean();
      return document === null ? undefined : toWalk(document);
    },

    /** Keeps what a batch found, then where to go on; again is as good as once. */
    async advance(
      walk: LearnerWalk,
      batch: { found: readonly Found[]; looked: number; next: string | undefined; at: Date },
    ): Promise<void> {
      const { id, organisationId, after } = walk;
      if (batch.found.length > 0) {
        const documents = batch.found.map((one) => toDocument<WalkFinding>(one));
        await insertWithoutDuplicates(
          async () => await findings.insertMany(documents, { ordered: false }),
        );
      }
      const place = batch.next === undefined ? { finishedAt: batch.at } : { after: batch.next };
      await walks.updateOne(
        { organisationId, _id: id, after, finishedAt: { $exists: false } },
        { $set: { ...place, touchedAt: batch.at }, $inc: { looked: batch.looked } },
      );
    },

    /** Of every organisation: what was left before `before` and is not at its end. */
    async listUnfinished(before: Date, limit: number): Promise<Walk[]> {
      const documents = await walks
        .find({ touchedAt: { $lte: before }, finishedAt: { $exists: false } })
        .limit(limit)
        .lean();
      return documents.map(toWalk);
    },

    /** What was found, by learner. */
    async listFound(
      { id: walkId, organisationId }: Pick<Walk, "id" | "organisationId">,
      query: { page: number; pageSize: number },
    ): Promise<PageOf<Found>> {
      const filter = { organisationId, walkId };
      const total = await findings.countDocuments(filter);
      return await readPage({ ...query, search: "" }, total, async (skip, limit) => {
        const sorted = findings.find(filter).sort({ learnerId: 1 });
        return (await sorted.skip(skip).limit(limit).lean()).map(toFound);
      });
    },
  };
}
