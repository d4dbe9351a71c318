import { type Connection, Schema } from "mongoose";
import { addOnce, newId } from "../stored-record.js";

type StoredMember = {
  _id: string;
  organisationId: string;
  offeringId: string;
  accountId: string;
  firstSeenAt: Date;
};

const schema = new Schema<StoredMember>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    offeringId: { type: String, required: true },
    accountId: { type: String, required: true },
    firstSeenAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "courseMembers" },
);
schema.index({ organisationId: 1, offeringId: 1, accountId: 1 }, { unique: true });

export type CourseMemberStore = ReturnType<typeof createCourseMemberStore>;

/** The learners of LMS courses as far as they are known: each has opened Rosette there. */
export function createCourseMemberStore(connection: Connection) {
  const model = connection.model<StoredMember>("CourseMember", schema);
  return {
    /** Notes a learner at a launch from an LMS course; 'already-there' from the second on. */
    async noteMember(member: {
      organisationId: string;
      offeringId: string;
      accountId: string;
      at: Date;
    }): Promise<"added" | "already-there"> {
      const { at, ...who } = member;
      return await addOnce(
        async () => await model.create({ _id: newId(), ...who, firstSeenAt: at }),
      );
    },

    async listAccountIds(organisationId: string, offeringId: string): Promise<string[]> {
      return await model.distinct("accountId", { organisationId, offeringId });
    },
  };
}
