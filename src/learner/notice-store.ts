import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { addEachOnce, addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { LearnerNotice } from "./notice.js";

type StoredNotice = Stored<LearnerNotice> & {
  /** The launch in which it was shown; absent until then. */
  shownInLaunch?: string;
};

const schema = new Schema<StoredNotice>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    learnerId: { type: String, required: true },
    key: { type: String, required: true },
    subject: { type: Schema.Types.Mixed, required: true },
    createdAt: { type: Date, required: true },
    shownInLaunch: String,
  },
  { versionKey: false, strict: "throw", collection: "learnerNotices" },
);
schema.index({ organisationId: 1, learnerId: 1, key: 1 }, { unique: true });

function withoutLaunch(stored: StoredNotice): Stored<LearnerNotice> {
  const { shownInLaunch, ...notice } = stored;
  return shownInLaunch === undefined ? stored : notice;
}

export type NoticeStore = ReturnType<typeof createNoticeStore>;

/** What learners are told at their next launch, each thing once (unique index). */
export function createNoticeStore(connection: Connection) {
  const model = connection.model<StoredNotice>("LearnerNotice", schema);
  const read = gatheredReads(connection);
  return {
    /** 'already-there' when this learner has a notice of that key, shown or not. */
    async addNotice(notice: LearnerNotice): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(notice)));
    },

    /** The same for many; those that are there already stay as they are. */
    async addNotices(notices: readonly LearnerNotice[]): Promise<void> {
      await addEachOnce<StoredNotice>(model, notices.map(toDocument));
    },

    /**
     * The notices of one launch, oldest first: those nobody showed yet become this launch's.
     * Within the launch they stay, so that a page that was lost on its way can be loaded again.
     */
    async takeForLaunch(about: {
      organisationId: string;
      learnerIds: string[];
      launchId: string;
    }): Promise<LearnerNotice[]> {
      const { organisationId, launchId } = about;
      const mine = { organisationId, learnerId: { $in: about.learnerIds } };
      const open = await read<StoredNotice>({
        from: "learnerNotices",
        // null: shown in none so far.
        match: { ...mine, shownInLaunch: { $in: [null, launchId] } },
        sort: { createdAt: 1, _id: 1 },
      });
      if (open.every(({ shownInLaunch }) => shownInLaunch === launchId)) {
        return open.map((notice) => toRecord<LearnerNotice>(withoutLaunch(notice)));
      }
      await model.updateMany(
        { ...mine, shownInLaunch: { $exists: false } },
        { $set: { shownInLaunch: launchId } },
      );
      const documents = await model
        .find({ ...mine, shownInLaunch: launchId })
        .select({ shownInLaunch: 0 })
        .sort({ createdAt: 1, _id: 1 })
        .lean();
      return documents.map((document) => toRecord<LearnerNotice>(document));
    },
  };
}
