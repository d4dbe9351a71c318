import type { Credential, CredentialVisibility } from "./credential.js";
import { type CredentialModel, toCredential, withoutOwnFields } from "./credential-row-store.js";
import type { ShownParts } from "./shown-parts.js";

/** The part of the credential store about who sees what, as its learner decided. */
export const credentialSharing = (model: CredentialModel) => ({
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
    return documents.map(toCredential);
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
});
