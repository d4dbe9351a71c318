import { type Connection, Schema } from "mongoose";
import {
  containing,
  type ListQuery,
  newId,
  type PageOf,
  readPage,
  type Stored,
  toRecord,
  upsertOnce,
} from "../stored-record.js";
import { gatheredReads } from "../gathered-reads.js";
import type { Offering } from "./offering.js";

const schema = new Schema<Stored<Offering>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    issuer: { type: String, required: true },
    contextId: { type: String, required: true },
    contextTitle: { type: String },
    status: { type: String, required: true },
    courseId: String,
    decidedBy: String,
    decidedAt: Date,
    firstSeenAt: { type: Date, required: true },
    lastLaunchAt: { type: Date, required: true },
    origins: { type: [String], default: undefined },
    copiedFrom: String,
    proposal: Schema.Types.Mixed,
  },
  { versionKey: false, strict: "throw", collection: "offerings" },
);
schema.index({ organisationId: 1, issuer: 1, contextId: 1 }, { unique: true });
schema.index({ organisationId: 1, status: 1, firstSeenAt: -1 });
schema.index({ organisationId: 1, courseId: 1 });

/** A launch as far as an offering is concerned. */
export type SeenLaunch = {
  organisationId: string;
  issuer: string;
  contextId: string;
  contextTitle: string;
  at: Date;
};

/** What an administrator decided about an LMS course. */
export type OfferingDecision = {
  organisationId: string;
  id: string;
  decidedBy: string;
  decidedAt: Date;
} & ({ status: "approved"; courseId: string } | { status: "declined" });

export type OfferingStore = ReturnType<typeof createOfferingStore>;

/** LMS courses and which of our courses they are offerings of. */
export function createOfferingStore(connection: Connection) {
  const model = connection.model<Stored<Offering>>("Offering", schema);

  const read = gatheredReads(connection);

  /** The offering behind a launch: a new, pending one, or the known one with its new launch. */
  async function noteLaunch(launch: SeenLaunch): Promise<Offering> {
    const { organisationId, issuer, contextId, contextTitle, at } = launch;
    const document = await upsertOnce(
      async () =>
        await model
          .findOneAndUpdate(
            { organisationId, issuer, contextId },
            {
              $setOnInsert: { _id: newId(), status: "pending", firstSeenAt: at },
              $set: { contextTitle },
              $max: { lastLaunchAt: at },
            },
            { upsert: true, returnDocument: "after" },
          )
          .lean(),
    );
    return toRecord<Offering>(document);
  }

  async function changePending(
    which: { organisationId: string; id: string },
    changes: Partial<Offering>,
  ): Promise<Offering | undefined> {
    const { organisationId, id } = which;
    const document = await model
      .findOneAndUpdate(
        { organisationId, _id: id, status: "pending" },
        { $set: changes },
        { returnDocument: "after" },
      )
      .lean();
    return document === null ? undefined : toRecord<Offering>(document);
  }

  return {
    noteLaunch,

    /** Gathered. */
    async findByContext(about: {
      organisationId: string;
      issuer: string;
      contextId: string;
    }): Promise<Offering | undefined> {
      const { organisationId, issuer, contextId } = about;
      const match = { organisationId, issuer, contextId };
      const [document] = await read<Stored<Offering>>({ from: "offerings", match, limit: 1 });
      return document === undefined ? undefined : toRecord<Offering>(document);
    },

    async findById(organisationId: string, id: string): Promise<Offering | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : toRecord<Offering>(document);
    },

    /** Writes a decision; undefined when there is no such offering. It may be decided again. */
    async decide(decision: OfferingDecision): Promise<Offering | undefined> {
      const { organisationId, id, status, decidedBy, decidedAt } = decision;
      const made = { status, decidedBy, decidedAt };
      const document = await model
        .findOneAndUpdate(
          { organisationId, _id: id },
          decision.status === "approved"
            ? { $set: { ...made, courseId: decision.courseId }, $unset: { proposal: 1 } }
            : { $set: made, $unset: { courseId: 1, proposal: 1 } },
          { returnDocument: "after" },
        )
        .lean();
      return document === null ? undefined : toRecord<Offering>(document);
    },

    /** Remembers which LMS courses one was copied from, before or after its first launch. */
    async noteOrigins(copy: SeenLaunch & { originContextIds: readonly string[] }): Promise<void> {
      const { originContextIds, ...seen } = copy;
      const { organisationId, id, origins: known = [] } = await noteLaunch(seen);
      const origins = [...new Set([...originContextIds, ...known])];
      await model.updateOne({ organisationId, _id: id }, { $set: { origins } });
    },

    /** Those of these LMS courses that are known, in no particular order. */
    async listByContexts(
      organisationId: string,
      issuer: string,
      contextIds: readonly string[],
    ): Promise<Offering[]> {
      if (contextIds.length === 0) return [];
      const filter = { organisationId, issuer, contextId: { $in: [...contextIds] } };
      return (await model.find(filter).lean()).map((document) => toRecord<Offering>(document));
    },

    /** What its instructor says it is; undefined when somebody has decided about it already. */
    async propose(given: {
      organisationId: string;
      id: string;
      proposal: NonNullable<Offering["proposal"]>;
    }): Promise<Offering | undefined> {
      const { organisationId, id, proposal } = given;
      return await changePending({ organisationId, id }, { proposal });
    },

    /**
     * Approves a copy as what its ancestor is; undefined when somebody has decided about it
     * already.
     */
    async bindCopy(given: {
      organisationId: string;
      id: string;
      courseId: string;
      copiedFrom: string;
      at: Date;
    }): Promise<Offering | undefined> {
      const { organisationId, id, courseId, copiedFrom, at } = given;
      const bound = { status: "approved" as const, courseId, copiedFrom, decidedAt: at };
      return await changePending({ organisationId, id }, bound);
    },

    /** Newest first; `search` looks in the LMS course's title and id. */
    async list(
      organisationId: string,
      query: ListQuery & { status?: Offering["status"] },
    ): Promise<PageOf<Offering>> {
      const pattern = containing(query.search);
      const filter = {
        organisationId,
        ...(query.status === undefined ? {} : { status: query.status }),
        ...(query.search === ""
          ? {}
          : { $or: [{ contextTitle: pattern }, { contextId: pattern }] }),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await model
          .find(filter)
          .sort({ firstSeenAt: -1, _id: 1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map((document) => toRecord<Offering>(document));
      });
    },

    /** The approved offerings of one course, newest first. */
    async listByCourse(organisationId: string, courseId: string): Promise<Offering[]> {
      const documents = await model
        .find({ organisationId, courseId, status: "approved" })
        .sort({ firstSeenAt: -1, _id: 1 })
        .lean();
      return documents.map((document) => toRecord<Offering>(document));
    },
  };
}
