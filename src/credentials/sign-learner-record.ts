import { getSigningKeys, type SigningKeyNeeds } from "../issuers/get-signing-keys.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { dateTimeOf } from "../signing/date-time.js";
import type { Signer } from "../signing/signer.js";
import type { CredentialStore } from "./credential-store.js";
import { partsFor, type PartsNeeds } from "./get-learner-record.js";
import { composeLearnerRecord, type RecordReader, sourceOfRecord } from "./learner-record.js";
import type { LearnerRecordStore } from "./learner-record-store.js";

/** Signs the learner record of a certificate, unless the one that is there is made of the same. */
export async function signLearnerRecord(
  needs: PartsNeeds &
    SigningKeyNeeds & {
      addresses: Pick<PublicAddresses, "learnerRecordUrl">;
      credentials: Pick<CredentialStore, "findById">;
      learnerRecords: Pick<LearnerRecordStore, "find" | "put">;
      signer: Pick<Signer, "sign">;
    },
  about: { credentialId: string; reader: RecordReader },
): Promise<void> {
  const credential = await needs.credentials.findById(about.credentialId);
  if (credential === undefined) return;
  const parts = await partsFor(needs, credential, about.reader);
  const source = sourceOfRecord(parts);
  if ((await needs.learnerRecords.find({ ...about, source })) !== undefined) return;
  const { keys } = await getSigningKeys(needs, credential.issuerId);
  const now = needs.now();
  const record = composeLearnerRecord(needs.addresses, parts);
  const batch = { credentials: [record], keys, created: dateTimeOf(now) };
  const [forms] = await needs.signer.sign(batch, { inThread: true });
  if (forms === undefined) throw new Error("The learner record was not signed");
  await needs.learnerRecords.put({ ...about, source, forms, madeAt: now });
}
