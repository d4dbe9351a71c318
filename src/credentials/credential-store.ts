import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { isDuplicate, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { CredentialStatus } from "../status-lists/status-list.js";
import type { SignedForms } from "../signing/sign-credential.js";
import type { Credential, CredentialVisibility, EditionEntry } from "./credential.js";
import type { ShownParts } from "./shown-parts.js";

/** Kept beside the credential: which standing of the award its status follows. */
type StoredCredential = Stored<Credential> & {
  statusRevision: number;
  /** Set until a signed status list says what was changed. */
  unlisted?: boolean;
};

/** A change of status that stands in no signed list yet. */
export type UnlistedChange = { id: string; listId: string; revision: number };

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
    shows: { type: Schema.Types.Mixed },
    shown: { type: Schema.Types.Mixed },
    status: { type: String, required: true },
    statusRevision: { type: Number, required: true },
    statusPlace: {
      _id: false,
      type: {
        listId: { type: String, required: true },
        index: { type: Number, required: true },
      },
      required: true,
    },
    unlisted: Boolean,
    issuedAt: { type: Date, required: true },
    history: {
      type: [
        { _id: false, at: Date, reason: String, parts: { type: [String], default: undefined } },
      ],
      default: undefined,
    },
  },
  { versionKey: false, strict: "throw", collection: "credentials" },
);
schema.index({ awardId: 1 }, { unique: true });
schema.index({ "statusPlace.listId": 1, "statusPlace.index": 1 }, { unique: true });
schema.index(
  { "statusPlace.listId": 1, status: 1 },
  { partialFilterExpression: { status: { $in: ["suspended", "revoked"] } } },
);
schema.index({ issuerId: 1, signedWith: 1 });
schema.index({ trackId: 1, trackVersion: 1, _id: 1 });
schema.index({ unlisted: 1 }, { partialFilterExpression: { unlisted: true } });
schema.index({ organisationId: 1, learnerId: 1, issuedAt: -1 });

const withoutOwnFields = { statusRevision: 0, unlisted: 0 } as const;

export type CredentialStore = ReturnType<typeof createCredentialStore>;

export function createCredentialStore(connection: Connection) {
  const model = connection.model<StoredCredential>("Credential", schema);
  const read = gatheredReads(connection);
  const oneOf = (document: Stored<Credential> | null): Credential | undefined =>
    document === null ? undefined : toRecord<Credential>(document);

  return {
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
      return documents.map((document) => toRecord<Credential>(document));
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
      return documents.map((document) => toRecord<Credential>(document));
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
      return documents.map((document) => toRecord<Credential>(document));
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

    /** Which places of a list have this status. */
    async listPlaces(listId: string, status: CredentialStatus): Promise<number[]> {
      const documents = await model
        .find({ "statusPlace.listId": listId, status })
        .select({ "statusPlace.index": 1 })
        .lean();
      return documents.map(({ statusPlace }) => statusPlace.index);
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
      return documents.map((document) => toRecord<Credential>(document));
    },

    /**
     * Of several changes the one of the highest revision stays, in whatever order they come. The
     * same write notes that the status list does not say so yet.
     */
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
        { $set: { status, statusRevision: revision, unlisted: true } },
      );
    },

    /** Of every organisation: changes of status that no signed list says yet. */
    async listUnlisted(limit: number): Promise<UnlistedChange[]> {
      const documents = await model
        .find({ unlisted: true })
        .select({ statusPlace: 1, statusRevision: 1 })
        .limit(limit)
        .lean();
      return documents.map(({ _id: id, statusPlace, statusRevision: revision }) => ({
        ...{ id, listId: statusPlace.listId, revision },
      }));
    },

    /** A signed list says these changes; what has changed once more since is still to be said. */
    async markListed(changes: readonly UnlistedChange[]): Promise<void> {
      for (const { id, revision } of changes) {
        await model.updateOne({ _id: id, statusRevision: revision }, { $unset: { unlisted: 1 } });
      }
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

    /** Every credential of a learner that stands in their portfolio, newest first. */
    async listPublic(organisationId: string, learnerIds: readonly string[]): Promise<Credential[]> {
      const documents = await model
        .find({ organisationId, learnerId: { $in: learnerIds }, visibility: "public" })
        .select(withoutOwnFields)
        .sort({ issuedAt: -1, _id: 1 })
        .lean();
      return documents.map((document) => toRecord<Credential>(document));
    },

    /**
     * Which parts others see, from now on: what was signed with other parts is gone at once.
     * 'absent' when it is none of this learner's.
     */
    async setShows(change: {
      organisationId: string;
      learnerIds: readonly string[];
      credentialId: string;
      /** Nothing for what is usual. */
      shows: ShownParts | undefined;
    }): Promise<"changed" | "absent"> {
      const { organisationId, learnerIds, credentialId, shows } = change;
      const done = await model.updateOne(
        { _id: credentialId, organisationId, learnerId: { $in: learnerIds } },
        shows === undefined
          ? { $unset: { shows: 1, shown: 1 } }
          : { $set: { shows }, $unset: { shown: 1 } },
      );
      return done.matchedCount === 0 ? "absent" : "changed";
    },

    /** Keeps the edition that shows just these parts, unless its learner decided anew. */
    async keepShown(
      about: { credentialId: string; shows: ShownParts },
      shown: NonNullable<Credential["shown"]>,
    ): Promise<void> {
      const { evidence, hours, scores } = about.shows;
      const decided = { "shows.evidence": evidence, "shows.hours": hours, "shows.scores": scores };
      await model.updateOne({ _id: about.credentialId, ...decided }, { $set: { shown } });
    },
  };
}
