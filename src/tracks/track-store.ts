import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import {
  containing,
  type ListQuery,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
  withoutUndefined,
} from "../stored-record.js";
import { examIdsOf } from "./requirement.js";
import type { Track, TrackContent } from "./track.js";

/** Kept beside the track: what the engine asks by. */
type StoredTrack = Stored<Track> & {
  /** The exams that the version in force mentions, or one that learners may finish under. */
  examIds: string[];
  /** The tracks whose award they ask for. Records from before tracks could stack have none. */
  trackIds?: string[] | undefined;
  /** The exams that the draft mentions. */
  draftExamIds: string[];
  /** Set with each publication until the results from before it were set to be counted. */
  awaitsRecount?: boolean | undefined;
};

const schema = new Schema<StoredTrack>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    name: { type: String, required: true },
    draft: Schema.Types.Mixed,
    publishedVersion: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    examIds: { type: [String], required: true },
    trackIds: { type: [String], default: undefined },
    draftExamIds: { type: [String], required: true },
    awaitsRecount: Boolean,
  },
  { versionKey: false, strict: "throw", collection: "tracks", minimize: false },
);
schema.index({ organisationId: 1, name: 1 });
schema.index({ organisationId: 1, examIds: 1 });
schema.index({ organisationId: 1, trackIds: 1 });
schema.index({ organisationId: 1, draftExamIds: 1 });
schema.index({ awaitsRecount: 1 }, { partialFilterExpression: { awaitsRecount: true } });

const withoutEngineFields = { examIds: 0, trackIds: 0, draftExamIds: 0, awaitsRecount: 0 } as const;

const examIdsOfDraft = (draft: TrackContent | undefined): string[] =>
  draft === undefined ? [] : examIdsOf(draft.requirement);

/** Which of the tracks in force. */
export type AmongTracks = {
  trackIds?: string[] | undefined;
  mentioned?: { examIds: string[]; trackIds: string[] } | undefined;
};

/** One index each: whoever asks for both pays for two. */
function filterOf({ trackIds, mentioned }: AmongTracks): object {
  if (trackIds !== undefined) return { _id: { $in: trackIds } };
  if (mentioned === undefined) return {};
  const byExam = { examIds: { $in: mentioned.examIds } };
  const byTrack = { trackIds: { $in: mentioned.trackIds } };
  if (mentioned.trackIds.length === 0) return byExam;
  return mentioned.examIds.length === 0 ? byTrack : { $or: [byExam, byTrack] };
}

/** How many publications an organisation's learners were set to be counted under. */
const editionSchema = new Schema<{ _id: string; edition: number }>(
  { _id: { type: String, required: true }, edition: { type: Number, required: true } },
  { versionKey: false, strict: "throw", collection: "catalogueEditions" },
);

export type TrackStore = ReturnType<typeof createTrackStore>;

/** Tracks: their drafts, and which version is in force. That one field decides; see publish. */
export function createTrackStore(connection: Connection) {
  const model = connection.model<StoredTrack>("Track", schema);
  const editions = connection.model("CatalogueEdition", editionSchema);
  const read = gatheredReads(connection);
  return {
    /**
     * Rises whenever a track comes into force, before what was passed earlier is set to be counted
     * under it: who reads a fact that was set so, and then this, sees that it has risen.
     */
    async readCatalogueEdition(organisationId: string): Promise<number> {
      const match = { _id: organisationId };
      const [found] = await read<{ edition: number }>({ from: "catalogueEditions", match });
      return found?.edition ?? 0;
    },

    async raiseCatalogueEdition(organisationId: string): Promise<void> {
      await editions.updateOne({ _id: organisationId }, { $inc: { edition: 1 } }, { upsert: true });
    },

    async add(track: Track): Promise<void> {
      const draftExamIds = examIdsOfDraft(track.draft);
      await model.create({ ...toDocument(track), examIds: [], draftExamIds });
    },

    /**
     * Writes the draft; undefined when there is no such track, or when it was written after `seen`,
     * the moment of the text that the change was made to.
     */
    async saveDraft(change: {
      organisationId: string;
      id: string;
      draft: TrackContent;
      at: Date;
      seen?: Date | undefined;
    }): Promise<Track | undefined> {
      const { organisationId, id, at, seen } = change;
      const draft = withoutUndefined(change.draft);
      const set = { draft, draftExamIds: examIdsOfDraft(draft), updatedAt: at };
      const filter = {
        ...{ organisationId, _id: id },
        ...(seen === undefined ? {} : { updatedAt: { $lte: seen } }),
      };
      const document = await model
        .findOneAndUpdate(filter, { $set: set }, { returnDocument: "after" })
        .select(withoutEngineFields)
        .lean();
      // Until something is in force, lists show the draft's name.
      if (document?.publishedVersion === 0) {
        const name = { $set: { name: draft.name } };
        await model.updateOne({ organisationId, _id: id, publishedVersion: 0 }, name);
        document.name = draft.name;
      }
      return document === null ? undefined : toRecord<Track>(document);
    },

    /** Takes the draft away; a track of which nothing was ever published goes with it. */
    async discardDraft(organisationId: string, id: string): Promise<void> {
      await model.deleteOne({ organisationId, _id: id, publishedVersion: 0 });
      await model.updateOne(
        { organisationId, _id: id },
        { $unset: { draft: 1 }, $set: { draftExamIds: [] } },
      );
    },

    /**
     * Puts a version in force: one atomic step, never back to an older one. The draft goes unless
     * it was written again after `draftWrittenAt`.
     */
    async putInForce(publication: {
      organisationId: string;
      id: string;
      version: number;
      name: string;
      examIds: string[];
      trackIds: string[];
      draftWrittenAt: Date;
      at: Date;
    }): Promise<"in-force" | "overtaken"> {
      const { organisationId, id, version, name, draftWrittenAt, at } = publication;
      const { examIds, trackIds } = publication;
      const { matchedCount } = await model.updateOne(
        { organisationId, _id: id, publishedVersion: { $lt: version } },
        {
          $set: { publishedVersion: version, name, awaitsRecount: true },
          $addToSet: { examIds: { $each: examIds }, trackIds: { $each: trackIds } },
        },
      );
      await model.updateOne(
        { organisationId, _id: id, publishedVersion: version, updatedAt: draftWrittenAt },
        { $unset: { draft: 1 }, $set: { draftExamIds: [], updatedAt: at } },
      );
      return matchedCount === 1 ? "in-force" : "overtaken";
    },

    async findById(organisationId: string, id: string): Promise<Track | undefined> {
      const document = await model
        .findOne({ organisationId, _id: id })
        .select(withoutEngineFields)
        .lean();
      return document === null ? undefined : toRecord<Track>(document);
    },

    /** By name; `search` looks in the name. */
    async list(organisationId: string, query: ListQuery): Promise<PageOf<Track>> {
      const filter = {
        organisationId,
        ...(query.search === "" ? {} : { name: containing(query.search) }),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await model
          .find(filter)
          .select(withoutEngineFields)
          .sort({ name: 1, _id: 1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map((document) => toRecord<Track>(document));
      });
    },

    /**
     * The tracks in force, by name; `among` these, or only those that mention one of these exams
     * or ask for the award of one of these tracks.
     */
    async listInForce(organisationId: string, among: AmongTracks = {}): Promise<Track[]> {
      const documents = await model
        .find({ organisationId, ...filterOf(among), publishedVersion: { $gt: 0 } })
        .select(withoutEngineFields)
        .sort({ name: 1, _id: 1 })
        .lean();
      return documents.map((document) => toRecord<Track>(document));
    },

    /** Tracks whose draft or version in force mentions one of these exams. */
    async listMentioning(organisationId: string, examIds: string[]): Promise<Track[]> {
      const documents = await model
        .find({
          organisationId,
          $or: [{ examIds: { $in: examIds } }, { draftExamIds: { $in: examIds } }],
        })
        .select(withoutEngineFields)
        .lean();
      return documents.map((document) => toRecord<Track>(document));
    },

    /** Of every organisation: publications whose earlier results are not yet set to be counted. */
    async listAwaitingRecount(
      limit: number,
    ): Promise<{ organisationId: string; id: string; version: number }[]> {
      const documents = await model.find({ awaitsRecount: true }).limit(limit).lean();
      return documents.map(({ _id, organisationId, publishedVersion }) => {
        return { id: _id, organisationId, version: publishedVersion };
      });
    },

    /** Only for the version that was looked at: a newer publication still waits. */
    async markRecounted(organisationId: string, id: string, version: number): Promise<void> {
      await model.updateOne(
        { organisationId, _id: id, publishedVersion: version },
        { $unset: { awaitsRecount: 1 } },
      );
    },
  };
}
