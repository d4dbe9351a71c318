import { type Connection, Schema } from "mongoose";
import { newId, type Stored, toRecord, upsertOnce } from "../stored-record.js";
import { gatheredReads } from "../gathered-reads.js";
import { createShortMemory } from "../short-memory.js";
import type { Deployment } from "./platform.js";

const schema = new Schema<Stored<Deployment>>(
  {
    _id: { type: String, required: true },
    platformId: { type: String, required: true },
    deploymentId: { type: String, required: true },
    organisationId: { type: String, required: true },
    status: { type: String, required: true },
    firstSeenAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "deployments" },
);
schema.index({ platformId: 1, deploymentId: 1 }, { unique: true });
schema.index({ organisationId: 1, status: 1, firstSeenAt: -1 });

/** A deployment as it is first heard of. */
export type SeenDeployment = Omit<Deployment, "id" | "firstSeenAt"> & { at: Date };

export type DeploymentStore = ReturnType<typeof createDeploymentStore>;

/** Where registrations are deployed. (platform, deployment id) names one (unique index). */
export function createDeploymentStore(connection: Connection) {
  const model = connection.model<Stored<Deployment>>("Deployment", schema);
  const read = gatheredReads(connection);
  const memory = createShortMemory<string>({ lifetimeMs: 30_000, atMost: 10_000 });

  async function find(platformId: string, deploymentId: string): Promise<Deployment | undefined> {
    const match = { platformId, deploymentId };
    const [document] = await read<Stored<Deployment>>({ from: "deployments", match });
    return document === undefined ? undefined : toRecord<Deployment>(document);
  }

  async function upsert(seen: SeenDeployment): Promise<Deployment> {
    const { platformId, deploymentId, organisationId, status, at } = seen;
    const document = await model
      .findOneAndUpdate(
        { platformId, deploymentId },
        { $setOnInsert: { _id: newId(), organisationId, status, firstSeenAt: at } },
        { upsert: true, returnDocument: "after" },
      )
      .lean();
    return toRecord<Deployment>(document);
  }

  type Which = { _id: string; organisationId?: string; status: Deployment["status"] | object };

  async function change(
    which: Which,
    changes: Partial<Pick<Deployment, "status" | "organisationId">>,
  ): Promise<Deployment | undefined> {
    const document = await model
      .findOneAndUpdate(which, { $set: changes }, { returnDocument: "after" })
      .lean();
    memory.clear();
    return document === null ? undefined : toRecord<Deployment>(document);
  }

  return {
    /** Not scoped: it is the deployment that says whose a launch is. Gathered. */
    find,

    /** Recalls nothing that was read before. */
    forget: memory.clear,

    /**
     * Whose a deployment was when this process last looked, at most 30 seconds ago: with it, more
     * can be asked for together with the deployment itself, which then decides.
     */
    async recallOrganisation(
      platformId: string,
      deploymentId: string,
    ): Promise<string | undefined> {
      const key = JSON.stringify([platformId, deploymentId]);
      return await memory.get(
        key,
        async () => (await find(platformId, deploymentId))?.organisationId,
      );
    },

    /** The deployment, made as given when nobody has heard of it; a known one is left as it is. */
    async ensure(seen: SeenDeployment): Promise<Deployment> {
      return await upsertOnce(async () => await upsert(seen));
    },

    /** undefined when the organisation has no such deployment to approve; a closed one is none. */
    async approve(organisationId: string, id: string): Promise<Deployment | undefined> {
      const which = { organisationId, _id: id, status: { $ne: "closed" } };
      return await change(which, { status: "approved" });
    },

    /** One that the organisation decides about. */
    async findOwn(organisationId: string, id: string): Promise<Deployment | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : toRecord<Deployment>(document);
    },

    /** Lets nobody in from there any more. undefined when it is closed, or not the organisation's. */
    async close(organisationId: string, id: string): Promise<Deployment | undefined> {
      const which = { organisationId, _id: id, status: { $ne: "closed" } };
      return await change(which, { status: "closed" });
    },

    /** undefined when the organisation has no such deployment that is closed. */
    async reopen(organisationId: string, id: string): Promise<Deployment | undefined> {
      return await change({ organisationId, _id: id, status: "closed" }, { status: "approved" });
    },

    /**
     * Approves a waiting deployment for another organisation than the one that registered the LMS:
     * schools of one hosted Canvas may share a client id. For whoever runs Rosette. undefined when
     * none such waits; an approved one never changes hands.
     */
    async approveFor(id: string, organisationId: string): Promise<Deployment | undefined> {
      return await change({ _id: id, status: "pending" }, { status: "approved", organisationId });
    },

    /** The registrations through which people reach an organisation. */
    async listPlatformIds(organisationId: string): Promise<string[]> {
      return await model.distinct("platformId", { organisationId, status: "approved" });
    },

    /** Those waiting for an administrator, newest first. */
    async listPending(organisationId: string): Promise<Deployment[]> {
      const documents = await model
        .find({ organisationId, status: "pending" })
        .sort({ firstSeenAt: -1, _id: 1 })
        .limit(100)
        .lean();
      return documents.map((document) => toRecord<Deployment>(document));
    },

    /** All deployments of a registration, whosever they are: for whoever runs Rosette. */
    async listOfPlatform(platformId: string): Promise<Deployment[]> {
      const documents = await model.find({ platformId }).sort({ firstSeenAt: 1, _id: 1 }).lean();
      return documents.map((document) => toRecord<Deployment>(document));
    },

    async listByPlatform(organisationId: string, platformId: string): Promise<Deployment[]> {
      const documents = await model
        .find({ organisationId, platformId })
        .sort({ firstSeenAt: 1, _id: 1 })
        .lean();
      return documents.map((document) => toRecord<Deployment>(document));
    },

    async removeOfPlatform(platformId: string): Promise<void> {
      await model.deleteMany({ platformId });
      memory.clear();
    },
  };
}
