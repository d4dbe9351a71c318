import type { AwardStore } from "../awards/award-store.js";
import { ToolError } from "../errors.js";
import type { SignedForms } from "../signing/sign-credential.js";
import type { CredentialStore } from "./credential-store.js";
import { type Credential, credentialDocument } from "./credential.js";
import { type RecordParts, type RecordReader, sourceOfRecord } from "./learner-record.js";
import type { LearnerRecordStore } from "./learner-record-store.js";
import { isCertificate } from "./open-badge.js";
import { asShown } from "./shown-edition.js";

export type PartsNeeds = {
  awards: Pick<AwardStore, "findById">;
  credentials: Pick<CredentialStore, "listByAwards">;
  /** Has the edition signed of a credential that its learner shows with other parts than usual. */
  wakeSigning: (credential: Pick<Credential, "id" | "organisationId">) => Promise<void>;
};

type LearnerRecordNeeds = PartsNeeds & {
  learnerRecords: Pick<LearnerRecordStore, "find">;
  /** Has the record signed; never done while somebody waits for a page. */
  wakeRecordSigning: (
    credential: Pick<Credential, "id" | "organisationId">,
    reader: RecordReader,
  ) => Promise<void>;
};

/**
 * What goes into a certificate's record: for its holder everything, for others only what its
 * learner shares, with the parts they show.
 * @throws ToolError not-found when it is no certificate; credential-being-made while parts that
 *   are shown are being signed
 */
export async function partsFor(
  needs: PartsNeeds,
  credential: Credential,
  reader: RecordReader,
): Promise<RecordParts> {
  if (!isCertificate(credentialDocument(credential))) throw new ToolError("not-found");
  const { organisationId, awardId } = credential;
  const award = await needs.awards.findById(organisationId, awardId);
  const held = await needs.credentials.listByAwards(organisationId, award?.standsOn ?? []);
  const ordered = held.toSorted((a, b) => a.id.localeCompare(b.id));
  if (reader === "holder") return { certificate: credential, standsOn: ordered };
  const show = async (one: Credential): Promise<Credential> => {
    const shown = asShown(one);
    if (shown !== undefined) return shown;
    await needs.wakeSigning(one);
    throw new ToolError("credential-being-made");
  };
  const standsOn: Credential[] = [];
  for (const one of ordered) if (one.visibility !== "private") standsOn.push(await show(one));
  return { certificate: await show(credential), standsOn };
}

/**
 * The signed learner record (CLR 2.0) of a certificate. Who may have it is for the caller to see to.
 * @param credential as it was issued
 * @throws ToolError not-found when it is no certificate; credential-being-made while it is signed
 */
export async function getLearnerRecord(
  needs: LearnerRecordNeeds,
  credential: Credential,
  reader: RecordReader,
): Promise<SignedForms> {
  const parts = await partsFor(needs, credential, reader);
  const about = { credentialId: credential.id, reader, source: sourceOfRecord(parts) };
  const kept = await needs.learnerRecords.find(about);
  if (kept !== undefined) return kept.forms;
  await needs.wakeRecordSigning(credential, reader);
  throw new ToolError("credential-being-made");
}
