import { type Connection, Schema } from "mongoose";
import {
  addOnce,
  containing,
  type ListQuery,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { Award } from "./award.js";

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
    unannounced: Boolean,
    credential: { type: String, required: true },
  },
  { versionKey: false, strict: "throw", collection: "awards", minimize: false },
);
schema.index({ organisationId: 1, learnerId: 1, trackId: 1, round: 1 }, { unique: true });
schema.index({ organisationId: 1, awardedAt: -1 });
schema.index({ unannounced: 1 }, { partialFilterExpression: { unannounced: true } });
schema.index({ awardedAt: 1 }, { partialFilterExpression: { credential: "due" } });

const withoutWorkFields = { unannounced: 0, credential: 0 } as const;

export type AwardStore = ReturnType<typeof createAwardStore>;

/** Awards. Who is first is decided by the unique index alone. */
export function createAwardStore(connection: Connection) {
  const model = connection.model<StoredAward>("Award", schema);

  async function list(filter: object, limit: number): Promise<Award[]> {
    const documents = await model
      .find(filter)
      .select(withoutWorkFields)
      .sort({ awardedAt: 1, _id: 1 })
      .limit(limit)
      .lean();
    return documents.map((document) => toRecord<Award>(document));
  }

  return {
    /** 'already-there' when the learner has this round of the track's award. */
    async addOnce(award: Award): Promise<"added" | "already-there"> {
      const document = { ...toDocument(award), unannounced: true, credential: "due" as const };
      return await addOnce(async () => await model.create(document));
    },

    async findById(organisationId: string, id: string): Promise<Award | undefined> {
      const document = await model
        .findOne({ organisationId, _id: id })
        .select(withoutWorkFields)
        .lean();
      return document === null ? undefined : toRecord<Award>(document);
    },

    /** The awards of these learners (or of a learner's linked accounts), oldest first. */
    async listForLearners(organisationId: string, learnerIds: string[]): Promise<Award[]> {
      const documents = await model
        .find({ organisationId, learnerId: { $in: learnerIds } })
        .select(withoutWorkFields)
        .sort({ awardedAt: 1, _id: 1 })
        .lean();
      return documents.map((document) => toRecord<Award>(document));
    },

    /**
     * Newest first; `search` looks in the track's name. Names of people live elsewhere: who
     * searches by name finds the learners first and passes `learnerIds`.
     */
    async list(
      organisationId: string,
      query: ListQuery & { learnerIds?: string[] },
    ): Promise<PageOf<Award & { credential: CredentialState }>> {
      const byName = query.search === "" ? [] : [{ trackName: containing(query.search) }];
      const byLearner =
        query.learnerIds === undefined || query.search === ""
          ? []
          : [{ learnerId: { $in: query.learnerIds } }];
      const either = [...byName, ...byLearner];
      const filter = { organisationId, ...(either.length === 0 ? {} : { $or: either }) };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await model
          .find(filter)
          .select({ unannounced: 0 })
          .sort({ awardedAt: -1, _id: 1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map(({ credential, ...award }) => ({
          ...toRecord<Award>(award),
          credential,
        }));
      });
    },

    /** Of every organisation: awards from before `before` whose learner was not told yet. */
    async listUnannounced(before: Date, limit: number): Promise<Award[]> {
      return await list({ unannounced: true, awardedAt: { $lte: before } }, limit);
    },

    async markAnnounced(organisationId: string, id: string): Promise<void> {
      await model.updateOne({ organisationId, _id: id }, { $unset: { unannounced: 1 } });
    },

    /** Of every organisation: awards from before `before` whose credential is to be issued now. */
    async listCredentialDue(before: Date, limit: number): Promise<Award[]> {
      return await list({ credential: "due", awardedAt: { $lte: before } }, limit);
    },

    /** For the credentials chapter. An issued credential stays issued. */
    async setCredentialState(about: {
      organisationId: string;
      id: string;
      state: CredentialState;
    }): Promise<void> {
      const { organisationId, id, state } = about;
      await model.updateOne(
        { organisationId, _id: id, credential: { $ne: "issued" } },
        { $set: { credential: state } },
      );
    },

    /** When a name has arrived: what waited for it is due. Returns those awards. */
    async setCredentialsDue(organisationId: string, learnerIds: string[]): Promise<Award[]> {
      const learnerId = { $in: learnerIds };
      await model.updateMany(
        { organisationId, learnerId, credential: "needs-name" },
        { $set: { credential: "due" } },
      );
      return await list({ organisationId, learnerId, credential: "due" }, 1000);
    },
  };
}
