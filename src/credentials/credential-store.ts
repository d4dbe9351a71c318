import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Credential, CredentialVisibility } from "./credential.js";

const schema = new Schema<Stored<Credential>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    issuerId: { type: String, required: true },
    awardId: { type: String, required: true },
    learnerId: { type: String, required: true },
    trackId: { type: String, required: true },
    trackVersion: { type: Number, required: true },
    forms: {
      _id: false,
      type: {
        dataIntegrity: { type: String, required: true },
        jwtRs256: { type: String, required: true },
        jwtEs256: { type: String, required: true },
      },
      required: true,
    },
    signedWith: { type: [String], required: true },
    visibility: { type: String, required: true },
    status: { type: String, required: true },
    issuedAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "credentials" },
);
schema.index({ awardId: 1 }, { unique: true });
schema.index({ organisationId: 1, learnerId: 1, issuedAt: -1 });

export type CredentialStore = ReturnType<typeof createCredentialStore>;

export function createCredentialStore(connection: Connection) {
  const model = connection.model<Stored<Credential>>("Credential", schema);
  const oneOf = (document: Stored<Credential> | null): Credential | undefined =>
    document === null ? undefined : toRecord<Credential>(document);

  return {
    /** Unique by award. */
    async addOnce(credential: Credential): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument<Credential>(credential)));
    },

    /** By its public address, which is the same for everyone whatever their organisation. */
    async findById(id: string): Promise<Credential | undefined> {
      return oneOf(await model.findOne({ _id: id }).lean());
    },

    async findByAward(organisationId: string, awardId: string): Promise<Credential | undefined> {
      return oneOf(await model.findOne({ organisationId, awardId }).lean());
    },

    /** Newest first. `learnerIds`: the learner's accounts, as one may have been joined after an award. */
    async listOfLearner(
      organisationId: string,
      learnerIds: readonly string[],
    ): Promise<Credential[]> {
      const documents = await model
        .find({ organisationId, learnerId: { $in: learnerIds } })
        .sort({ issuedAt: -1, _id: 1 })
        .lean();
      return documents.map((document) => toRecord<Credential>(document));
    },

    /** 'absent' when it is none of this learner's. */
    async setVisibility(change: {
      organisationId: string;
      learnerIds: readonly string[];
      credentialId: string;
      visibility: CredentialVisibility;
    }): Promise<"changed" | "absent"> {
      const { organisationId, learnerIds, credentialId, visibility } = change;
      const done = await model.updateOne(
        { _id: credentialId, organisationId, learnerId: { $in: learnerIds } },
        { $set: { visibility } },
      );
      return done.matchedCount === 0 ? "absent" : "changed";
    },
  };
}
