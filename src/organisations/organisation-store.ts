import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { isDuplicate, newId, type Stored, toRecord } from "../stored-record.js";
import type { Organisation } from "./organisation.js";

type StoredOrganisation = Stored<Organisation> & { place?: "first" };

const schema = new Schema<StoredOrganisation>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    /** Set on the organisation that `ensureFirst` made; the unique index keeps it one. */
    place: String,
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "organisations" },
);
schema.index({ name: 1 }, { unique: true });
schema.index({ place: 1 }, { unique: true, partialFilterExpression: { place: { $exists: true } } });

const asOrganisation = ({ _id, name, createdAt }: StoredOrganisation): Organisation =>
  toRecord<Organisation>({ _id, name, createdAt });

export type OrganisationStore = ReturnType<typeof createOrganisationStore>;

/** The organisations. Names are unique. */
export function createOrganisationStore(connection: Connection) {
  const model = connection.model<StoredOrganisation>("Organisation", schema);
  const read = gatheredReads(connection);

  async function ensure(
    key: { name: string } | { place: "first" },
    fresh: Pick<Organisation, "name" | "createdAt">,
  ): Promise<Organisation> {
    try {
      const document = await model
        .findOneAndUpdate(
          key,
          { $setOnInsert: { _id: newId(), ...fresh } },
          { upsert: true, returnDocument: "after" },
        )
        .lean();
      return asOrganisation(document);
    } catch (error) {
      // Two at once, or the name is taken: a unique index let one insert; that one is meant.
      const document = isDuplicate(error)
        ? await model.findOne({ $or: [key, { name: fresh.name }] }).lean()
        : null;
      if (document === null) throw error;
      return asOrganisation(document);
    }
  }

  return {
    /** The first organisation; made under this name when there is none. */
    async ensureFirst(name: string, now: Date): Promise<Organisation> {
      return await ensure({ place: "first" }, { name, createdAt: now });
    },

    /** The organisation of that name, made when it is not there. */
    async ensureNamed(name: string, now: Date): Promise<Organisation> {
      return await ensure({ name }, { name, createdAt: now });
    },

    /** 'taken' when another one has that name. What was issued keeps the name it was issued in. */
    async rename(id: string, name: string): Promise<"renamed" | "taken"> {
      try {
        await model.updateOne({ _id: id }, { $set: { name } });
        return "renamed";
      } catch (error) {
        if (isDuplicate(error)) return "taken";
        throw error;
      }
    },

    async findById(id: string): Promise<Organisation | undefined> {
      const [document] = await read<StoredOrganisation>({
        from: "organisations",
        match: { _id: id },
      });
      return document === undefined ? undefined : asOrganisation(document);
    },

    /** Every organisation by name: the command line chooses from it, and jobs sweep it. */
    async listAll(): Promise<Organisation[]> {
      const documents = await model.find({}).sort({ name: 1 }).lean();
      return documents.map(asOrganisation);
    },
  };
}
