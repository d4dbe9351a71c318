import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { type Lease, newId, type Stored, toRecord, upsertOnce } from "../stored-record.js";
import type { LineItem } from "./line-item.js";

const schema = new Schema<Stored<LineItem>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    platformId: { type: String, required: true },
    issuer: { type: String, required: true },
    contextId: { type: String, required: true },
    offeringId: { type: String, required: true },
    examId: { type: String, required: true },
    title: { type: String, required: true },
    scoreMaximum: { type: Number, required: true },
    lineItemsUrl: String,
    membershipsUrl: String,
    url: String,
    gradedInLms: { type: Boolean, required: true },
    inUse: { type: Boolean, required: true },
    lastLaunchAt: { type: Date, required: true },
    nextReadAt: { type: Date, required: true },
    lastReadAt: Date,
    quietReads: Number,
    failures: { type: Number, required: true },
    lastError: String,
    rowsMadeAt: Date,
    makingUntil: Date,
    sendingUntil: Date,
  },
  { versionKey: false, strict: "throw", collection: "lineItems" },
);
schema.index({ platformId: 1, contextId: 1, examId: 1 }, { unique: true });
schema.index({ organisationId: 1, issuer: 1, contextId: 1 });
schema.index({ nextReadAt: 1 });

/** What a launch tells of a line item. */
export type LineItemSeed = Pick<
  LineItem,
  "organisationId" | "platformId" | "issuer" | "contextId" | "offeringId" | "examId"
> &
  Pick<LineItem, "title" | "scoreMaximum" | "gradedInLms"> &
  LaunchOfCourse;

/** What any launch in an LMS course tells of its parts. Addresses may change. */
export type LaunchOfCourse = {
  lineItemsUrl: string | undefined;
  membershipsUrl: string | undefined;
  at: Date;
};

/** How a reading ended, and when the next one is due. */
type ReadOutcome = { nextReadAt: Date } & (
  { readAt: Date; quietReads: number } | { failedWith: string }
);

const refresh = (launch: LaunchOfCourse) => ({
  $set: {
    quietReads: 0,
    ...(launch.lineItemsUrl === undefined ? {} : { lineItemsUrl: launch.lineItemsUrl }),
    ...(launch.membershipsUrl === undefined ? {} : { membershipsUrl: launch.membershipsUrl }),
  },
  $max: { lastLaunchAt: launch.at },
  $min: { nextReadAt: launch.at },
});

export type LineItemStore = ReturnType<typeof createLineItemStore>;

/** Our columns in LMS gradebooks. */
export function createLineItemStore(connection: Connection) {
  const model = connection.model<Stored<LineItem>>("LineItem", schema);

  const read = gatheredReads(connection);

  const upsert = async (seed: LineItemSeed) => {
    const { platformId, contextId, examId, organisationId } = seed;
    const { $set, ...rest } = refresh(seed);
    const { title, scoreMaximum, gradedInLms, offeringId, issuer } = seed;
    return await model
      .findOneAndUpdate(
        { organisationId, platformId, contextId, examId },
        {
          ...rest,
          $set: { ...$set, title, scoreMaximum, gradedInLms, offeringId },
          $setOnInsert: { _id: newId(), issuer, failures: 0, inUse: false },
        },
        { upsert: true, returnDocument: "after" },
      )
      .lean();
  };

  return {
    /** Makes or refreshes our record of an exam's column; its results are due to be read. */
    async bind(seed: LineItemSeed): Promise<LineItem> {
      return toRecord<LineItem>(await upsertOnce(async () => await upsert(seed)));
    },

    /** Whether an LMS course has columns of ours, by whatever client id. Gathered. */
    async hasAny(course: Pick<LineItem, "organisationId" | "issuer" | "contextId">) {
      const { organisationId, issuer, contextId } = course;
      const match = { organisationId, issuer, contextId };
      return (await read({ from: model.collection.name, match, limit: 1 })).length > 0;
    },

    /** A launch anywhere in an LMS course makes the results of its columns due. */
    async touch(
      course: Pick<LineItem, "organisationId" | "issuer" | "platformId" | "contextId">,
      launch: LaunchOfCourse,
    ): Promise<LineItem[]> {
      const { organisationId, issuer, platformId, contextId } = course;
      // One LMS course may know us by several client ids. Addresses are each one's own.
      const everywhere = { organisationId, issuer, contextId };
      const elsewhere = { ...launch, lineItemsUrl: undefined, membershipsUrl: undefined };
      await model.updateMany({ ...everywhere, platformId }, refresh(launch));
      await model.updateMany(
        { ...everywhere, platformId: { $ne: platformId } },
        refresh(elsewhere),
      );
      return (await model.find(everywhere).lean()).map((document) => toRecord<LineItem>(document));
    },

    /** By id, for jobs, which know no organisation. */
    async find(id: string): Promise<LineItem | undefined> {
      const document = await model.findOne({ _id: id }).lean();
      return document === null ? undefined : toRecord<LineItem>(document);
    },

    async findFor(
      key: Pick<LineItem, "organisationId" | "platformId" | "contextId" | "examId">,
    ): Promise<LineItem | undefined> {
      const { organisationId, platformId, contextId, examId } = key;
      const document = await model
        .findOne({ organisationId, platformId, contextId, examId })
        .lean();
      return document === null ? undefined : toRecord<LineItem>(document);
    },

    /** Takes the reading of a due line item; of several readers one gets it. */
    async claimRead(id: string, lease: Lease): Promise<LineItem | undefined> {
      const document = await model
        .findOneAndUpdate(
          { _id: id, nextReadAt: { $lte: lease.now } },
          { $set: { nextReadAt: lease.until } },
          { returnDocument: "after" },
        )
        .lean();
      return document === null ? undefined : toRecord<LineItem>(document);
    },

    /** Ends a reading. A launch meanwhile has made it due again: then that stays. */
    async finishRead(claimed: LineItem, outcome: ReadOutcome): Promise<void> {
      await model.updateOne(
        { _id: claimed.id },
        "readAt" in outcome
          ? { $set: { lastReadAt: outcome.readAt, failures: 0 }, $unset: { lastError: 1 } }
          : { $set: { lastError: outcome.failedWith }, $inc: { failures: 1 } },
      );
      const { nextReadAt } = outcome;
      await model.updateOne(
        { _id: claimed.id, nextReadAt: claimed.nextReadAt },
        {
          $set: {
            nextReadAt,
            ...("readAt" in outcome ? { quietReads: outcome.quietReads } : {}),
          },
        },
      );
    },

    /** Takes the making of the column in the LMS. */
    async claimMaking(id: string, lease: Lease): Promise<boolean> {
      const { modifiedCount } = await model.updateOne(
        {
          _id: id,
          url: { $exists: false },
          $or: [{ makingUntil: { $exists: false } }, { makingUntil: { $lte: lease.now } }],
        },
        { $set: { makingUntil: lease.until } },
      );
      return modifiedCount === 1;
    },

    async releaseMaking(id: string): Promise<void> {
      await model.updateOne({ _id: id }, { $unset: { makingUntil: 1 } });
    },

    /** Takes the sending of scores to the column; undefined while somebody else has it. */
    async claimSending(id: string, lease: Lease): Promise<LineItem | undefined> {
      const isFree = [{ sendingUntil: { $exists: false } }, { sendingUntil: { $lte: lease.now } }];
      const document = await model
        .findOneAndUpdate(
          { _id: id, $or: isFree },
          { $set: { sendingUntil: lease.until } },
          { returnDocument: "after" },
        )
        .lean();
      return document === null ? undefined : toRecord<LineItem>(document);
    },

    /** Gives the sending back, unless it ran out and is somebody else's by now. */
    async releaseSending(id: string, until: Date): Promise<void> {
      await model.updateOne({ _id: id, sendingUntil: until }, { $unset: { sendingUntil: 1 } });
    },

    async setUrl(id: string, url: string): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { url }, $unset: { makingUntil: 1 } });
    },

    /**
     * Follows the address that a launch of the exam's link names, unless grades are already kept
     * in the column that we know. The column that is in force.
     */
    async adoptUrl(id: string, url: string): Promise<string | undefined> {
      await model.updateOne(
        { _id: id, $or: [{ inUse: false }, { url: { $exists: false } }] },
        { $set: { url }, $unset: { makingUntil: 1 } },
      );
      return (await model.findOne({ _id: id }, { url: 1 }).lean())?.url;
    },

    /** The LMS says that the column is gone: it is looked for again. */
    async forgetUrl(id: string, url: string): Promise<void> {
      await model.updateOne({ _id: id, url }, { $unset: { url: 1 } });
    },

    /** Grades are kept in this column from now on. */
    async markInUse(id: string): Promise<void> {
      await model.updateOne({ _id: id, inUse: false }, { $set: { inUse: true } });
    },

    async noteRowsMade(id: string, at: Date): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { rowsMadeAt: at } });
    },

    /** Columns whose results are due, in all organisations; the longest waiting first. */
    async listDue(now: Date, limit: number): Promise<LineItem[]> {
      const documents = await model
        .find({ nextReadAt: { $lte: now } })
        .sort({ nextReadAt: 1 })
        .limit(limit)
        .lean();
      return documents.map((document) => toRecord<LineItem>(document));
    },
  };
}
