import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import {
  addOnce,
  type ListQuery,
  newId,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { ProfessionalStanding, ProfessionalStatus } from "./eligibility.js";
import type { Licence, Profession } from "./licence.js";

/** Set with each change until what follows from it was set to be counted; new with each change. */
type Recount = { recount?: string | undefined };

type StoredStanding = ProfessionalStanding & { _id: string; organisationId: string } & Recount;
type StoredLicence = Stored<Licence> & Recount;

const options = { versionKey: false, strict: "throw" } as const;

const professionSchema = new Schema<Stored<Profession>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    name: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { ...options, collection: "professions" },
);
professionSchema.index({ organisationId: 1, name: 1 }, { unique: true });

const standingSchema = new Schema<StoredStanding>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    professionId: { type: String, required: true },
    status: String,
    saidAt: Date,
    dateWaiver: Schema.Types.Mixed,
    recount: String,
  },
  { ...options, collection: "professionalStandings" },
);
standingSchema.index({ organisationId: 1, accountId: 1, professionId: 1 }, { unique: true });
const awaitsRecount = { partialFilterExpression: { recount: { $exists: true } } };
standingSchema.index({ recount: 1 }, awaitsRecount);

const licenceSchema = new Schema<StoredLicence>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    accountId: { type: String, required: true },
    professionId: { type: String, required: true },
    sealedNumber: { type: String, required: true },
    jurisdiction: { type: String, required: true },
    validFrom: { type: Date, required: true },
    validTo: Date,
    evidenceUrl: String,
    evidenceFile: Schema.Types.Mixed,
    state: { type: String, required: true },
    submittedAt: { type: Date, required: true },
    decidedBy: String,
    decidedAt: Date,
    reason: String,
    recount: String,
  },
  { ...options, collection: "licences" },
);
licenceSchema.index({ organisationId: 1, accountId: 1 });
licenceSchema.index({ organisationId: 1, state: 1, submittedAt: 1 });
licenceSchema.index({ recount: 1 }, awaitsRecount);

const withoutRecount = { recount: 0 } as const;

/** A change whose consequences are still to be counted. */
export type AwaitedRecount = { organisationId: string; accountId: string; recount: string };

export type EligibilityStore = ReturnType<typeof createEligibilityStore>;

/** Professions, what people are in them, and their licences. */
export function createEligibilityStore(connection: Connection) {
  const professions = connection.model<Stored<Profession>>("Profession", professionSchema);
  const standings = connection.model<StoredStanding>("ProfessionalStanding", standingSchema);
  const licences = connection.model<StoredLicence>("Licence", licenceSchema);

  const read = gatheredReads(connection);
  const toLicence = (document: Stored<Licence>): Licence => toRecord<Licence>(document);

  const changeStanding = async (
    about: { organisationId: string; accountId: string; professionId: string },
    set: Pick<Partial<StoredStanding>, "status" | "saidAt" | "dateWaiver">,
  ): Promise<void> => {
    await standings.updateOne(
      about,
      { $set: { ...set, recount: newId() }, $setOnInsert: { _id: newId() } },
      { upsert: true },
    );
  };

  return {
    /** 'already-there' when the organisation has a profession of that name. */
    async addProfession(profession: Profession): Promise<"added" | "already-there"> {
      return await addOnce(async () => await professions.create(toDocument(profession)));
    },

    /** By name. */
    async listProfessions(organisationId: string): Promise<Profession[]> {
      const documents = await professions.find({ organisationId }).sort({ name: 1 }).lean();
      return documents.map((document) => toRecord<Profession>(document));
    },

    async setStatus(change: {
      organisationId: string;
      accountId: string;
      professionId: string;
      status: ProfessionalStatus;
      saidAt: Date;
    }): Promise<void> {
      const { status, saidAt, ...about } = change;
      await changeStanding(about, { status, saidAt });
    },

    async waiveDate(change: {
      organisationId: string;
      accountId: string;
      professionId: string;
      dateWaiver: NonNullable<ProfessionalStanding["dateWaiver"]>;
    }): Promise<void> {
      const { dateWaiver, ...about } = change;
      await changeStanding(about, { dateWaiver });
    },

    async addLicence(licence: Licence): Promise<void> {
      await licences.create(toDocument(licence));
    },

    async findLicence(organisationId: string, id: string): Promise<Licence | undefined> {
      const document = await licences
        .findOne({ organisationId, _id: id })
        .select(withoutRecount)
        .lean();
      return document === null ? undefined : toLicence(document);
    },

    /** undefined when it was decided meanwhile. Who decides first has decided. */
    async decideLicence(decision: {
      organisationId: string;
      id: string;
      state: "verified" | "rejected";
      decidedBy: string;
      decidedAt: Date;
      reason: string | undefined;
    }): Promise<Licence | undefined> {
      const { organisationId, id, state, decidedBy, decidedAt, reason } = decision;
      const document = await licences
        .findOneAndUpdate(
          { organisationId, _id: id, state: "submitted" },
          {
            $set: {
              ...{ state, decidedBy, decidedAt, recount: newId() },
              ...(reason === undefined ? {} : { reason }),
            },
          },
          { returnDocument: "after" },
        )
        .select(withoutRecount)
        .lean();
      return document === null ? undefined : toLicence(document);
    },

    /** Those that wait for a decision, the oldest first. */
    async listSubmitted(organisationId: string, query: ListQuery): Promise<PageOf<Licence>> {
      const filter = { organisationId, state: "submitted" as const };
      const total = await licences.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await licences
          .find(filter)
          .select(withoutRecount)
          .sort({ submittedAt: 1, _id: 1 })
          .skip(skip)
          .limit(limit)
          .lean();
        return documents.map(toLicence);
      });
    },

    /** Everything that stands on these accounts. */
    async listForAccounts(
      organisationId: string,
      accountIds: string[],
    ): Promise<{ standings: ProfessionalStanding[]; licences: Licence[] }> {
      const match = { organisationId, accountId: { $in: accountIds } };
      const without = ["recount"];
      const [found, handedIn] = await Promise.all([
        read<StoredStanding>({ from: "professionalStandings", match, without }),
        read<Stored<Licence>>({
          ...{ from: "licences", match, without },
          sort: { submittedAt: 1, _id: 1 },
        }),
      ]);
      return {
        standings: found.map(({ accountId, professionId, status, saidAt, dateWaiver }) => ({
          ...{ accountId, professionId, status, saidAt, dateWaiver },
        })),
        licences: handedIn.map(toLicence),
      };
    },

    /** Of every organisation: changes whose consequences are not yet set to be counted. */
    async listAwaitingRecount(limit: number): Promise<AwaitedRecount[]> {
      const filter = { recount: { $exists: true } };
      const found = [
        ...(await standings.find(filter).limit(limit).lean()),
        ...(await licences.find(filter).limit(limit).lean()),
      ];
      return found.map(({ organisationId, accountId, recount = "" }) => {
        return { organisationId, accountId, recount };
      });
    },

    /** Only the change that was looked at: a newer one still waits. */
    async markRecounted({ organisationId, accountId, recount }: AwaitedRecount): Promise<void> {
      const filter = { organisationId, accountId, recount };
      await standings.updateOne(filter, { $unset: { recount: 1 } });
      await licences.updateOne(filter, { $unset: { recount: 1 } });
    },
  };
}
