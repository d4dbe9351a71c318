import { type Connection, Schema } from "mongoose";
import {
  addOnce,
  containing,
  type ListQuery,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
  withoutUndefined,
} from "../stored-record.js";
import { gatheredReads } from "../gathered-reads.js";
import { createShortMemory } from "../short-memory.js";
import type { Platform, PlatformFamily } from "./platform.js";

const schema = new Schema<Stored<Platform>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    name: { type: String, required: true },
    issuer: { type: String, required: true },
    clientId: { type: String, required: true },
    authorizationUrl: { type: String, required: true },
    tokenUrl: { type: String, required: true },
    tokenAudience: String,
    jwksUrl: { type: String, required: true },
    family: { type: String, required: true },
    acceptsAnyDeployment: { type: Boolean, required: true },
    awaitsFirstDeployment: Boolean,
    hostsToApprove: { type: [String], default: undefined },
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "platforms" },
);
schema.index({ issuer: 1, clientId: 1 }, { unique: true });
schema.index({ organisationId: 1, name: 1 });
schema.index({ clientId: 1 });

type Registration = Pick<Platform, "organisationId" | "issuer" | "clientId">;

export type PlatformStore = ReturnType<typeof createPlatformStore>;

const turnSchema = new Schema<{ _id: string; taken: number }>(
  { _id: { type: String, required: true }, taken: { type: Number, required: true } },
  { versionKey: false, strict: "throw", collection: "registrationTurns" },
);

/** Registrations at LMSes. (issuer, client id) names one (unique index). */
export function createPlatformStore(connection: Connection) {
  const model = connection.model<Stored<Platform>>("Platform", schema);
  const turns = connection.model("RegistrationTurn", turnSchema);
  const read = gatheredReads(connection);
  const memory = createShortMemory<Platform>({ lifetimeMs: 30_000, atMost: 5000 });

  async function findByRegistration(
    issuer: string,
    clientId: string,
  ): Promise<Platform | undefined> {
    const document = await model.findOne({ issuer, clientId }).lean();
    return document === null ? undefined : toRecord<Platform>(document);
  }

  /**
   * Of two registrations that `listRivals` tells of one another, each writes what the other writes,
   * too: transactions that have looked for rivals before they write exclude one another.
   */
  async function takeTurn({ organisationId, issuer, clientId }: Registration): Promise<void> {
    for (const key of [
      ["client", clientId],
      ["issuer", organisationId, issuer],
    ]) {
      const taken = { $inc: { taken: 1 } };
      await turns.updateOne({ _id: JSON.stringify(key) }, taken, { upsert: true });
    }
  }

  return {
    async addOnce(platform: Platform): Promise<"added" | "already-there"> {
      await takeTurn(platform);
      return await addOnce(async () => await model.create(toDocument(platform)));
    },

    /**
     * Gives a registration new addresses, name and family, and says which hosts wait for approval;
     * its id and organisation stay. undefined when the organisation has no such registration.
     */
    async update(platform: Platform): Promise<Platform | undefined> {
      const { organisationId, issuer, clientId, name, family, tokenAudience } = platform;
      const { authorizationUrl, tokenUrl, jwksUrl, hostsToApprove } = platform;
      memory.clear();
      await takeTurn(platform);
      const document = await model
        .findOneAndUpdate(
          { organisationId, issuer, clientId },
          {
            $set: withoutUndefined({
              ...{ name, family, authorizationUrl, tokenUrl, jwksUrl, tokenAudience },
              hostsToApprove,
            }),
            $unset: {
              ...(tokenAudience === undefined ? { tokenAudience: 1 } : {}),
              ...(hostsToApprove === undefined ? { hostsToApprove: 1 } : {}),
            },
          },
          { returnDocument: "after" },
        )
        .lean();
      memory.clear();
      return document === null ? undefined : toRecord<Platform>(document);
    },

    /**
     * Says from which deployments people may launch. The registration as it is now; undefined when
     * the organisation has none such, or it was set like this already.
     */
    async setAcceptsAnyDeployment(
      organisationId: string,
      id: string,
      acceptsAnyDeployment: boolean,
    ): Promise<Platform | undefined> {
      const document = await model
        .findOneAndUpdate(
          { organisationId, _id: id, acceptsAnyDeployment: !acceptsAnyDeployment },
          { $set: { acceptsAnyDeployment } },
          { returnDocument: "after" },
        )
        .lean();
      memory.clear();
      return document === null ? undefined : toRecord<Platform>(document);
    },

    /**
     * Lets people launch from an LMS whose hosts somebody has looked at. undefined when the
     * organisation has no such registration, or other hosts than those wait by now.
     */
    async approveHosts(
      organisationId: string,
      id: string,
      seenHosts: string[],
    ): Promise<Platform | undefined> {
      const document = await model
        .findOneAndUpdate(
          { organisationId, _id: id, hostsToApprove: seenHosts },
          { $unset: { hostsToApprove: 1 } },
          { returnDocument: "after" },
        )
        .lean();
      memory.clear();
      return document === null ? undefined : toRecord<Platform>(document);
    },

    /** Not scoped: at login nobody knows yet whose LMS it is. */
    findByRegistration,

    /** Recalls nothing that was read before. */
    forget: memory.clear,

    /**
     * The same, as this process may remember it from up to 30 seconds ago: for where a sign-in goes
     * on, and for what is then read afresh.
     */
    async recallByRegistration(issuer: string, clientId: string): Promise<Platform | undefined> {
      const key = JSON.stringify([issuer, clientId]);
      return await memory.get(key, async () => await findByRegistration(issuer, clientId));
    },

    /**
     * Registrations of the same issuer in the same organisation, and of the same client ID wherever.
     * Not scoped: a client ID is to be ours at one LMS.
     */
    async listRivals(wanted: Registration): Promise<Platform[]> {
      const { organisationId, issuer, clientId } = wanted;
      const documents = await model
        .find({ $or: [{ organisationId, issuer }, { clientId }] })
        .lean();
      return documents.map((document) => toRecord<Platform>(document));
    },

    /** At most two: enough to know whether the issuer alone says which registration is meant. */
    async listSomeByIssuer(issuer: string): Promise<Platform[]> {
      const documents = await model.find({ issuer }).limit(2).lean();
      return documents.map((document) => toRecord<Platform>(document));
    },

    /** Not scoped: launches and jobs hold the id of a platform they were let in by. Gathered. */
    async findById(id: string): Promise<Platform | undefined> {
      const [document] = await read<Stored<Platform>>({ from: "platforms", match: { _id: id } });
      return document === undefined ? undefined : toRecord<Platform>(document);
    },

    /** One that the organisation itself looks after. */
    async findOwn(organisationId: string, id: string): Promise<Platform | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : toRecord<Platform>(document);
    },

    /** Whether this is the first launch of a registration that awaits one; only one is. */
    async takeFirstDeployment(id: string): Promise<boolean> {
      const { modifiedCount } = await model.updateOne(
        { _id: id, awaitsFirstDeployment: true },
        { $unset: { awaitsFirstDeployment: 1 } },
      );
      return modifiedCount === 1;
    },

    /** Those that wait for an administrator to look at their hosts, oldest first. */
    async listAwaitingApproval(organisationId: string): Promise<Platform[]> {
      const documents = await model
        .find({ organisationId, hostsToApprove: { $exists: true } })
        .sort({ createdAt: 1, _id: 1 })
        .limit(100)
        .lean();
      return documents.map((document) => toRecord<Platform>(document));
    },

    async hasAny(): Promise<boolean> {
      return (await model.exists({})) !== null;
    },

    async noteFamily(id: string, family: PlatformFamily): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { family } });
    },

    /** By name; `search` looks in name, issuer and client id. */
    async list(organisationId: string, query: ListQuery): Promise<PageOf<Platform>> {
      const pattern = containing(query.search);
      const filter = {
        organisationId,
        ...(query.search === ""
          ? {}
          : { $or: [{ name: pattern }, { issuer: pattern }, { clientId: pattern }] }),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const sorted = model.find(filter).sort({ name: 1, _id: 1 });
        const documents = await sorted.skip(skip).limit(limit).lean();
        return documents.map((document) => toRecord<Platform>(document));
      });
    },

    /** The issuers of an organisation's registrations, and of these of whomever else. */
    async listIssuers(organisationId: string, platformIds: string[]): Promise<string[]> {
      const filter = { $or: [{ organisationId }, { _id: { $in: platformIds } }] };
      return await model.distinct("issuer", filter);
    },

    /** Every registration of every organisation, for the command line. */
    async listAll(): Promise<Platform[]> {
      const documents = await model.find({}).sort({ name: 1, _id: 1 }).lean();
      return documents.map((document) => toRecord<Platform>(document));
    },

    async remove(organisationId: string, id: string): Promise<"removed" | "not-there"> {
      const { deletedCount } = await model.deleteOne({ organisationId, _id: id });
      memory.clear();
      return deletedCount === 1 ? "removed" : "not-there";
    },
  };
}
