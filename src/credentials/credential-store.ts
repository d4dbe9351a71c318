import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Credential, CredentialStatus, CredentialVisibility } from "./credential.js";

/** Kept beside the credential: which standing of the award its status follows. */
type StoredCredential = Stored<Credential> & { statusRevision: number };

const schema = new Schema<StoredCredential>(
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
    statusRevision: { type: Number, required: true },
    issuedAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "credentials" },
);
schema.index({ awardId: 1 }, { unique: true });
schema.index({ organisationId: 1, learnerId: 1, issuedAt: -1 });

const withoutOwnFields = { statusRevision: 0 } as const;

export type CredentialStore = ReturnType<typeof createCredentialStore>;

export function createCredentialStore(connection: Connection) {
  const model = connection.model<StoredCredential>("Credential", schema);
  const oneOf = (document: Stored<Credential> | null): Credential | undefined =>
    document === null ? undefined : toRecord<Credential>(document);

  return {
    /** Unique by award. */
    async addOnce(credential: Credential): Promise<"added" | "already-there"> {
      const document = { ...toDocument<Credential>(credential), statusRevision: 0 };
      return await addOnce(async () => await model.create(document));
    },

    /** By its public address, which is the same for everyone whatever their organisation. */
    async findById(id: string): Promise<Credential | undefined> {
      return oneOf(await model.findOne({ _id: id }).select(withoutOwnFields).lean());
    },

    async findByAward(organisationId: string, awardId: string): Promise<Credential | undefined> {
      return oneOf(
        await model.findOne({ organisationId, awardId }).select(withoutOwnFields).lean(),
      );
    },

    /** Newest first. `learnerIds`: the learner's accounts, as one may have been joined after an award. */
    async listOfLearner(
      organisationId: string,
      learnerIds: readonly string[],
    ): Promise<Credential[]> {
      const documents = await model
        .find({ organisationId, learnerId: { $in: learnerIds } })
        .select(withoutOwnFields)
        .sort({ issuedAt: -1, _id: 1 })
        .lean();
      return documents.map((document) => toRecord<Credential>(document));
    },

    /** Of several changes the one of the highest revision stays, in whatever order they come. */
    async setStatus(change: {
      organisationId: string;
      awardId: string;
      status: CredentialStatus;
      /** Of the award's standing. */
      revision: number;
    }): Promise<void> {
      const { organisationId, awardId, status, revision } = change;
      await model.updateOne(
        { organisationId, awardId, statusRevision: { $lt: revision } },
        { $set: { status, statusRevision: revision } },
      );
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
