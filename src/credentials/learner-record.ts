import { createHash } from "node:crypto";
import { type IssuerProfile } from "../issuers/issuer.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { CLR_CONTEXT_URL } from "../signing/clr-context.js";
import type { SignedForms } from "../signing/sign-credential.js";
import type { StatusEntry } from "../status-lists/status-list.js";
import { credentialContexts } from "./achievement.js";
import { type Credential, credentialDocument } from "./credential.js";
import type { IdentityObject } from "./identity-object.js";

/** For whom a record is put together: its holder, or whoever they share it with. */
export type RecordReader = "holder" | "others";

/** A signed Comprehensive Learner Record of a certificate. Unique by (credential, reader). */
export type LearnerRecord = {
  credentialId: string;
  reader: RecordReader;
  /** Names the credentials in it as they were signed: of others it is another record. */
  source: string;
  forms: SignedForms;
  madeAt: Date;
};

/** CLR 2.0 Association (§B.1.3): the certificate is the parent of what it stands on. */
type Association = {
  type: ["Association"];
  associationType: "isParentOf";
  /** Ids of achievements. */
  sourceId: string;
  targetId: string;
};

/** CLR 2.0 ClrCredential (§B.1.1), the members we use, not yet signed. */
export type ClrCredential = {
  "@context": readonly string[];
  id: string;
  type: ["VerifiableCredential", "ClrCredential"];
  issuer: IssuerProfile;
  validFrom: string;
  name: string;
  credentialSubject: {
    id: string;
    type: ["ClrSubject"];
    identifier?: IdentityObject[];
    /** Whole credentials, each with its own proof. */
    verifiableCredential: Record<string, unknown>[];
    association?: Association[];
  };
  credentialStatus: StatusEntry[];
};

/** A certificate and the micro-credentials it stands on, each as it is to be shown. */
export type RecordParts = { certificate: Credential; standsOn: readonly Credential[] };

export const sourceOfRecord = ({ certificate, standsOn }: RecordParts): string =>
  [certificate, ...standsOn]
    .reduce((hash, { forms }) => hash.update(`${forms.dataIntegrity}\n`), createHash("sha256"))
    .digest("base64url");

/**
 * Puts a record together from what was signed and nothing else. It is about the subject of the
 * certificate and stands and falls with its status; each credential in it has its own as well.
 * `partial` is left out: not every copy of the published context knows the term, and a proof over
 * it would not verify everywhere.
 */
export function composeLearnerRecord(
  addresses: Pick<PublicAddresses, "learnerRecordUrl">,
  { certificate, standsOn }: RecordParts,
): ClrCredential {
  const document = credentialDocument(certificate);
  const { id, identifier, achievement } = document.credentialSubject;
  const association = standsOn.map((credential): Association => ({
    ...{ type: ["Association"], associationType: "isParentOf", sourceId: achievement.id },
    targetId: credentialDocument(credential).credentialSubject.achievement.id,
  }));
  const [first, ...more] = credentialContexts;
  return {
    "@context": [first, CLR_CONTEXT_URL, ...more],
    id: addresses.learnerRecordUrl(certificate.id),
    type: ["VerifiableCredential", "ClrCredential"],
    issuer: document.issuer,
    validFrom: [document, ...standsOn.map(credentialDocument)]
      .map(({ validFrom }) => validFrom)
      .reduce((latest, validFrom) => (validFrom > latest ? validFrom : latest)),
    name: `Learner record: ${document.name}`,
    credentialSubject: {
      id,
      type: ["ClrSubject"],
      ...(identifier === undefined ? {} : { identifier }),
      verifiableCredential: [certificate, ...standsOn].map(
        ({ forms }) => JSON.parse(forms.dataIntegrity) as Record<string, unknown>,
      ),
      ...(association.length === 0 ? {} : { association }),
    },
    credentialStatus: document.credentialStatus,
  };
}
