import { type Connection, Schema } from "mongoose";
import {
  isDuplicate,
  type Stored,
  toDocument,
  toRecord,
  withoutUndefined,
} from "../stored-record.js";
import type { Issuer } from "./issuer.js";

const schema = new Schema<Stored<Issuer>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    name: { type: String, required: true },
    url: String,
    email: String,
    colour: String,
    groundColour: String,
    logoId: String,
    signatureId: String,
    signatory: String,
    updatedAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "issuers" },
);
schema.index({ organisationId: 1, name: 1 }, { unique: true });

const OPTIONAL = [
  ...(["url", "email", "colour", "groundColour"] as const),
  ...(["logoId", "signatureId", "signatory"] as const),
];

export type IssuerStore = ReturnType<typeof createIssuerStore>;

/** The brands of organisations as they stand now. Names are unique in an organisation. */
export function createIssuerStore(connection: Connection) {
  const model = connection.model<Stored<Issuer>>("Issuer", schema);
  return {
    /** Writes a brand whole, new or known. 'taken' when another one has that name. */
    async put(issuer: Issuer): Promise<"kept" | "taken"> {
      const { _id, organisationId, ...given } = withoutUndefined(toDocument<Issuer>(issuer));
      const gone = OPTIONAL.filter((name) => given[name] === undefined);
      try {
        await model.updateOne(
          { _id, organisationId },
          {
            $set: given,
            ...(gone.length === 0
              ? {}
              : { $unset: Object.fromEntries(gone.map((name) => [name, 1 as const])) }),
          },
          { upsert: true },
        );
        return "kept";
      } catch (error) {
        if (isDuplicate(error)) return "taken";
        throw error;
      }
    },

    async find(organisationId: string, id: string): Promise<Issuer | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : toRecord<Issuer>(document);
    },

    /** By its public address, which names no organisation. */
    async findPublic(id: string): Promise<Issuer | undefined> {
      const document = await model.findOne({ _id: id }).lean();
      return document === null ? undefined : toRecord<Issuer>(document);
    },

    /** By name. */
    async list(organisationId: string): Promise<Issuer[]> {
      const documents = await model.find({ organisationId }).sort({ name: 1 }).lean();
      return documents.map((document) => toRecord<Issuer>(document));
    },
  };
}
