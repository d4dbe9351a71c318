import type { Connection } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { isDuplicate, type Stored, toDocument } from "../stored-record.js";
import type { SignedForms } from "../signing/sign-credential.js";
import type { Credential, EditionEntry } from "./credential.js";
import { createCredentialModel, toCredential, withoutOwnFields } from "./credential-row-store.js";
import { credentialSharing } from "./credential-sharing-store.js";
import { credentialStatuses } from "./credential-status-store.js";

export type CredentialStore = ReturnType<typeof createCredentialStore>;

export function createCredentialStore(connection: Connection) {
  const model = createCredentialModel(connection);
  const read = gatheredReads(connection);
  const oneOf = (document: Stored<Credential> | null): Credential | undefined =>
    document === null ? undefined : toCredential(document);

  return {
    ...credentialStatuses(model),
    ...credentialSharing(model),

    /**
     * Keeps those whose award has no credential yet and whose status place is free; the others
     * are left out without a word, for the caller to look at.
     */
    async addAll(credentials: readonly Credential[]): Promise<void> {
      try {
        const documents = credentials.map((one) => ({
          ...toDocument<Credential>(one),
          statusRevision: 0,
        }));
        await model.insertMany(documents, { ordered: false });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    },

    /** By its public address, which is the same for everyone whatever their organisation. */
    async findById(id: string): Promise<Credential | undefined> {
      const options = { projection: withoutOwnFields };
      return oneOf(
        await model.collection.findOne<Stored<Credential>>({ _id: id as never }, options),
      );
    },

    async findByAward(organisationId: string, awardId: string): Promise<Credential | undefined> {
      return oneOf(
        await model.findOne({ organisationId, awardId }).select(withoutOwnFields).lean(),
      );
    },

    /** Of one organisation, in no order. */
    async listByAwards(organisationId: string, awardIds: readonly string[]): Promise<Credential[]> {
      const documents = await read<Stored<Credential>>({
        from: "credentials",
        match: { organisationId, awardId: { $in: [...awardIds] } },
        without: Object.keys(withoutOwnFields),
      });
      return documents.map(toCredential);
    },

    /** Those of an issuer that one of these keys signed. */
    async listSignedWith(about: {
      issuerId: string;
      thumbprints: readonly string[];
      limit: number;
    }): Promise<Credential[]> {
      const { issuerId, thumbprints, limit } = about;
      const documents = await model
        .find({ issuerId, signedWith: { $in: [...thumbprints] } })
        .select(withoutOwnFields)
        .limit(limit)
        .lean();
      return documents.map(toCredential);
    },

    /** Those of one edition of a track, by id, from after one on. */
    async listOfEdition(about: {
      organisationId: string;
      trackId: string;
      trackVersion: number;
      after: string;
      limit: number;
    }): Promise<Credential[]> {
      const { organisationId, trackId, trackVersion, after, limit } = about;
      const documents = await model
        .find({ organisationId, trackId, trackVersion, _id: { $gt: after } })
        .select(withoutOwnFields)
        .sort({ _id: 1 })
        .limit(limit)
        .lean();
      return documents.map(toCredential);
    },

    /** Puts a new edition in place of the one before; false when that is there no longer. */
    async replaceForms(change: {
      id: string;
      before: SignedForms;
      forms: SignedForms;
      signedWith: string[];
      edition: EditionEntry;
    }): Promise<boolean> {
      const { id, before, forms, signedWith, edition } = change;
      const done = await model.updateOne(
        { _id: id, "forms.jwtEs256": before.jwtEs256 },
        { $set: { forms, signedWith }, $push: { history: edition }, $unset: { shown: 1 } },
      );
      return done.modifiedCount === 1;
    },

    /** Newest first. `learnerIds`: the learner's accounts, as one may have been joined after an award. */
    async listOfLearner(
      organisationId: string,
      learnerIds: readonly string[],
    ): Promise<Credential[]> {
      const documents = await read<Stored<Credential>>({
        from: "credentials",
        match: { organisationId, learnerId: { $in: [...learnerIds] } },
        sort: { issuedAt: -1, _id: 1 },
        without: Object.keys(withoutOwnFields),
      });
      return documents.map(toCredential);
    },
  };
}
