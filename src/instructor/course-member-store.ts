import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { newId, upsertOnce } from "../stored-record.js";

type StoredMember = {
  _id: string;
  organisationId: string;
  offeringId: string;
  accountId: string;
  firstSeenAt: Date;
  lastSeenAt: Date;
  leftAt?: Date;
};

const schema = new Schema<StoredMember>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    offeringId: { type: String, required: true },
    accountId: { type: String, required: true },
    firstSeenAt: { type: Date, required: true },
    lastSeenAt: { type: Date, required: true },
    leftAt: Date,
  },
  { versionKey: false, strict: "throw", collection: "courseMembers" },
);
schema.index({ organisationId: 1, offeringId: 1, accountId: 1 }, { unique: true });
schema.index({ accountId: 1 });

/** A learner of an LMS course, or one who has left it. */
export type CourseMember = { accountId: string; hasLeft: boolean };

/** A learner's place in an LMS course. */
export type Membership = { offeringId: string; hasLeft: boolean };

export type CourseMemberStore = ReturnType<typeof createCourseMemberStore>;

/** The learners of LMS courses: who opened Rosette there, and who stands on the LMS' roster. */
export function createCourseMemberStore(connection: Connection) {
  const model = connection.model<StoredMember>("CourseMember", schema);
  const read = gatheredReads(connection);
  return {
    /** Where somebody is a learner, by who they are at their LMS. Gathered. */
    async listOfPerson(person: {
      organisationId: string;
      issuer: string;
      sub: string;
    }): Promise<Membership[]> {
      const { organisationId, issuer, sub } = person;
      const [found] = await read<{ places: StoredMember[] }>({
        from: "accounts",
        match: { organisationId, issuer, sub },
        limit: 1,
        join: [
          {
            $lookup: {
              ...{ from: "courseMembers", localField: "_id", foreignField: "accountId" },
              as: "places",
            },
          },
        ],
      });
      return (found?.places ?? [])
        .filter((place) => place.organisationId === organisationId)
        .map(({ offeringId, leftAt }) => ({ offeringId, hasLeft: leftAt !== undefined }));
    },

    /** Notes learners seen in an LMS course; who had left is back. May be repeated. */
    async noteMembers(seen: {
      organisationId: string;
      offeringId: string;
      accountIds: readonly string[];
      at: Date;
    }): Promise<void> {
      const { organisationId, offeringId, accountIds, at } = seen;
      if (accountIds.length === 0) return;
      const write = async () =>
        await model.bulkWrite(
          accountIds.map((accountId) => ({
            updateOne: {
              filter: { organisationId, offeringId, accountId },
              update: {
                $setOnInsert: { _id: newId(), firstSeenAt: at },
                $max: { lastSeenAt: at },
                $unset: { leftAt: 1 },
              },
              upsert: true,
            },
          })),
          { ordered: false },
        );
      await upsertOnce(write);
    },

    /** After a roster was read whole: whoever was last seen before it began has left. */
    async markLeft(about: {
      organisationId: string;
      offeringId: string;
      notSeenSince: Date;
    }): Promise<void> {
      const { organisationId, offeringId, notSeenSince } = about;
      await model.updateMany(
        {
          organisationId,
          offeringId,
          lastSeenAt: { $lt: notSeenSince },
          leftAt: { $exists: false },
        },
        { $set: { leftAt: notSeenSince } },
      );
    },

    async list(organisationId: string, offeringId: string): Promise<CourseMember[]> {
      const documents = await model.find({ organisationId, offeringId }).lean();
      return documents.map(({ accountId, leftAt }) => ({
        accountId,
        hasLeft: leftAt !== undefined,
      }));
    },
  };
}
