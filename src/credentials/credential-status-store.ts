import type { CredentialStatus } from "../status-lists/status-list.js";
import type { CredentialModel } from "./credential-row-store.js";

/** A change of status that stands in no signed list yet. */
type UnlistedChange = { id: string; listId: string; revision: number };

/** The part of the credential store about what is on hold or revoked. */
export const credentialStatuses = (model: CredentialModel) => ({
  /** Which places of a list have this status. */
  async listPlaces(listId: string, status: CredentialStatus): Promise<number[]> {
    const documents = await model
      .find({ "statusPlace.listId": listId, status })
      .select({ "statusPlace.index": 1 })
      .lean();
    return documents.map(({ statusPlace }) => statusPlace.index);
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
});
