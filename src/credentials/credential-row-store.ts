import { type Connection, type Model, Schema } from "mongoose";
import { type Stored, toRecord } from "../stored-record.js";
import type { Credential } from "./credential.js";

/** Kept beside the credential: which standing of the award its status follows. */
export type StoredCredential = Stored<Credential> & {
  statusRevision: number;
  /** Set until a signed status list says what was changed. */
  unlisted?: boolean;
};

/** Each signed form as its text. */
export const signedFormsField = {
  _id: false,
  type: {
    dataIntegrity: { type: String, required: true },
    jwtRs256: { type: String, required: true },
    jwtEs256: { type: String, required: true },
  },
  required: true,
} as const;

const schema = new Schema<StoredCredential>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    issuerId: { type: String, required: true },
    awardId: { type: String, required: true },
    learnerId: { type: String, required: true },
    trackId: { type: String, required: true },
    trackVersion: { type: Number, required: true },
    forms: signedFormsField,
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

export type CredentialModel = Model<StoredCredential>;

/** The rows that everything about stored credentials works on. */
export const createCredentialModel = (connection: Connection): CredentialModel =>
  connection.model<StoredCredential>("Credential", schema);

export const withoutOwnFields = { statusRevision: 0, unlisted: 0 } as const;

export const toCredential = (row: Stored<Credential>): Credential => toRecord<Credential>(row);
