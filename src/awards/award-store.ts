import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import {
  addEachOnce,
  containing,
  type ListQuery,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
  withoutUndefined,
} from "../stored-record.js";
import type { Award } from "./award.js";
import { type AwardStanding, firstStanding, type StandingAward } from "./award-standing.js";

/**
 * Where the credential of an award stands: `due` is to be issued now, `needs-name` waits for the
 * learner's name.
 */
export type CredentialState = "due" | "needs-name" | "issued";

/** Kept beside the award: what is still to be done about it. */
type StoredAward = Stored<Award> & {
  /** Set until the learner's notice is written and the credential is asked for. */
  unannounced?: boolean | undefined;
  credential: CredentialState;
  /** Absent while nothing was decided about the award; see `firstStanding`. */
  standing?: AwardStanding | undefined;
  /** Set until what follows from its latest standing is done. */
  standingUntold?: boolean | undefined;
};

const schema = new Schema<StoredAward>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    learnerId: { type: String, required: true },
    trackId: { type: String, required: true },
    trackVersion: { type: Number, required: true },
    trackName: { type: String, required: true },
    round: { type: Number, required: true },
    subjectUrn: { type: String, required: true },
    awardedAt: { type: Date, required: true },
    explanation: { type: Schema.Types.Mixed, required: true },
    evidence: { type: Schema.Types.Mixed, required: true },
    standsOn: { type: [String], default: undefined },
    unannounced: Boolean,
    credential: { type: String, required: true },
    standing: Schema.Types.Mixed,
    standingUntold: Boolean,
  },
  { versionKey: false, strict: "throw", collection: "awards", minimize: false },
);
schema.index({ organisationId: 1, learnerId: 1, trackId: 1, round: 1 }, { unique: true });
schema.index({ organisationId: 1, awardedAt: -1 });
schema.index({ organisationId: 1, trackId: 1, trackVersion: 1 });
schema.index({ organisationId: 1, "standing.state": 1, awardedAt: -1 });
schema.index({ unannounced: 1 }, { partialFilterExpression: { unannounced: true } });
schema.index({ awardedAt: 1 }, { partialFilterExpression: { credential: "due" } });
schema.index({ standingUntold: 1 }, { partialFilterExpression: { standingUntold: true } });
schema.index(
  { "standing.graceEndsAt": 1 },
  { partialFilterExpression: { "standing.state": "on-hold" } },
);

const withoutWorkFields = { unannounced: 0, credential: 0, standingUntold: 0 } as const;

type ReadAward = Omit<StoredAward, "unannounced" | "credential" | "standingUntold">;

function toStandingAward(document: ReadAward): StandingAward {
  const { standing, ...rest } = document;
  const award = toRecord<Award>(rest);
  const first = firstStanding(award);
  return { ...award, standing: standing === undefined ? first : { ...first, ...standing } };
}

export type AwardStore = ReturnType<typeof createAwardStore>;

/** Awards. Who is first is decided by the unique index alone. */
export function createAwardStore(connection: Connection) {
  const model = connection.model<StoredAward>("Award", schema);
  const read = gatheredReads(connection);

  async function addAll(awards: readonly Award[]): Promise<("added" | "already-there")[]> {
    const documents: StoredAward[] = awards.map((award) => ({
      ...toDocument(award),
      ...{ unannounced: true, credential: "due" as const },
    }));
    return await addEachOnce(model, documents);
  }

  async function list(filter: object, limit: number): Promise<StandingAward[]> {
    const documents = await model
      .find(filter)
      .select(withoutWorkFields)
      .sort({ awardedAt: 1, _id: 1 })
      .limit(limit)
      .lean();
    return documents.map(toStandingAward);
  }

  return {
    /** 'already-there' when the learner has this round of the track's award. */
    async addOnce(award: Award): Promise<"added" | "already-there"> {
      return (await addAll([award]))[0] ?? "added";
    },

    /** The same for many awards in one go; answers in their order. */
    addAll,

    async findById(organisationId: string, id: string): Promise<StandingAward | undefined> {
      const document = await model
        .findOne({ organisationId, _id: id })
        .select(withoutWorkFields)
        .lean();
      return document === null ? undefined : toStandingAward(document);
    },

    /** How many awards were made under a version of a track. */
    async countUnder(
      organisationId: string,
      { trackId, version }: { trackId: string; version: number },
    ): Promise<number> {
      return await model.countDocuments({ organisationId, trackId, trackVersion: version });
    },

    /** In no order; ids that are not there are left out. */
    async listByIds(organisationId: string, ids: readonly string[]): Promise<StandingAward[]> {
      const documents = await read<ReadAward>({
        from: "awards",
        match: { organisationId, _id: { $in: [...ids] } },
        without: Object.keys(withoutWorkFields),
      });
      return documents.map(toStandingAward);
    },

    /** The awards of these learners (or of a learner's linked accounts), oldest first. */
    async listForLearners(organisationId: string, learnerIds: string[]): Promise<StandingAward[]> {
      const documents = await read<ReadAward>({
        from: "awards",
        match: { organisationId, learnerId: { $in: learnerIds } },
        sort: { awardedAt: 1, _id: 1 },
        without: Object.keys(withoutWorkFields),
      });
      return documents.map(toStandingAward);
    },

    /**
     * Newest first; `search` looks in the track's name. Names of people live elsewhere: who
     * searches by name finds the learners first and passes `learnerIds`.
     */
    async list(
      organisationId: string,
      query: ListQuery & { learnerIds?: string[]; state?: "on-hold" | "revoked" | undefined },
    ): Promise<PageOf<StandingAward & { credential: CredentialState }>> {
      const byName = query.search === "" ? [] : [{ trackName: containing(query.search) }];
      const byLearner =
        query.learnerIds === undefined || query.search === ""
          ? []
          : [{ learnerId: { $in: query.learnerIds } }];
      const either = [...byName, ...byLearner];
      const filter = {
        organisationId,
        ...(query.state === undefined ? {} : { "standing.state": query.state }),
        ...(either.length === 0 ? {} : { $or: either }),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await model
          .find(filter)
          .select({ unannounced: 0, standingUntold: 0 })
          .sort({ awardedAt: -1, _id: 1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map(({ credential, ...award }) => ({
          ...toStandingAward(award),
          credential,
        }));
      });
    },

    /** Of every organisation: awards from before `before` whose learner was not told yet. */
    async listUnannounced(before: Date, limit: number): Promise<StandingAward[]> {
      return await list({ unannounced: true, awardedAt: { $lte: before } }, limit);
    },

    async markAnnounced(organisationId: string, ids: readonly string[]): Promise<void> {
      await model.updateMany(
        { organisationId, _id: { $in: [...ids] } },
        { $unset: { unannounced: 1 } },
      );
    },

    /** Of every organisation: awards from before `before` whose credential is to be issued now. */
    async listCredentialDue(before: Date, limit: number): Promise<StandingAward[]> {
      return await list({ credential: "due", awardedAt: { $lte: before } }, limit);
    },

    /** For the credentials chapter. An issued credential stays issued. */
    async setCredentialStates(about: {
      organisationId: string;
      ids: readonly string[];
      state: CredentialState;
    }): Promise<void> {
      const { organisationId, ids, state } = about;
      if (ids.length === 0) return;
      await model.updateMany(
        { organisationId, _id: { $in: [...ids] }, credential: { $ne: "issued" } },
        { $set: { credential: state } },
      );
    },

    /** When a name has arrived: what waited for it is due. Returns those awards. */
    async setCredentialsDue(
      organisationId: string,
      learnerIds: string[],
    ): Promise<StandingAward[]> {
      const learnerId = { $in: learnerIds };
      await model.updateMany(
        { organisationId, learnerId, credential: "needs-name" },
        { $set: { credential: "due" } },
      );
      return await list({ organisationId, learnerId, credential: "due" }, 1000);
    },

    /**
     * Compare and swap: only on the revision before, and only when all that follows from that one
     * is done, so that none is passed over in the trail.
     */
    async changeStanding(change: {
      organisationId: string;
      id: string;
      standing: AwardStanding;
    }): Promise<"changed" | "overtaken"> {
      const { organisationId, id, standing } = change;
      const seen = standing.revision - 1;
      const { matchedCount } = await model.updateOne(
        {
          ...{ organisationId, _id: id, standingUntold: { $exists: false } },
          ...(seen === 0 ? { standing: { $exists: false } } : { "standing.revision": seen }),
        },
        { $set: { standing: withoutUndefined(standing), standingUntold: true } },
      );
      return matchedCount === 1 ? "changed" : "overtaken";
    },

    /** All that follows from this revision is done. */
    async markStandingTold(organisationId: string, id: string, revision: number): Promise<void> {
      await model.updateOne(
        { organisationId, _id: id, "standing.revision": revision },
        { $unset: { standingUntold: 1 } },
      );
    },

    /** Of every organisation: awards whose latest change, from before `before`, is not followed up. */
    async listStandingUntold(before: Date, limit: number): Promise<StandingAward[]> {
      return await list({ standingUntold: true, "standing.since": { $lte: before } }, limit);
    },

    /** Of every organisation: awards on hold whose grace period is over. */
    async listGraceEnded(now: Date, limit: number): Promise<StandingAward[]> {
      const onHold = { "standing.state": "on-hold" };
      return await list({ ...onHold, "standing.graceEndsAt": { $lte: now } }, limit);
    },
  };
}
