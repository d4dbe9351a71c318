import { getSigningKeys, type SigningKeyNeeds } from "../issuers/get-signing-keys.js";
import { dateTimeOf } from "../signing/date-time.js";
import type { Signer } from "../signing/signer.js";
import {
  type Credential,
  credentialDocument,
  type EditionEntry,
  type EditionReason,
} from "./credential.js";
import type { CredentialStore } from "./credential-store.js";
import { identitiesOf, type OpenBadgeCredential } from "./open-badge.js";

export type ReissueNeeds = SigningKeyNeeds & {
  credentials: Pick<CredentialStore, "replaceForms">;
  signer: Pick<Signer, "sign">;
  /** Has the edition signed anew that a learner shows with other parts than usual. */
  wakeSigning: (credential: { id: string; organisationId: string }) => Promise<void>;
};

const SECOND_MS = 1000;

/**
 * Later than before, by which hosts know the newer edition (OB 3.0 §7); never in the future but
 * for the second after an edition of this very second.
 */
function nextValidFrom(document: OpenBadgeCredential, now: Date): string {
  const next = Date.parse(document.validFrom) + SECOND_MS;
  return dateTimeOf(new Date(Math.max(now.getTime(), next)));
}

type Edition = {
  reason: EditionReason;
  parts?: EditionEntry["parts"];
  change?: (document: OpenBadgeCredential) => OpenBadgeCredential;
};

async function reissueInNameOf(
  needs: ReissueNeeds,
  { issuerId, credentials }: { issuerId: string; credentials: readonly Credential[] },
  edition: Edition,
): Promise<number> {
  const { keys, signedWith } = await getSigningKeys(needs, issuerId);
  const now = needs.now();
  const documents = credentials.map((credential) => {
    const document = credentialDocument(credential);
    const changed = edition.change?.(document) ?? document;
    return { ...changed, validFrom: nextValidFrom(document, now) };
  });
  const { reason, parts } = edition;
  const entry: EditionEntry = { at: now, reason, ...(parts === undefined ? {} : { parts }) };
  const created = dateTimeOf(now);
  const signed = await needs.signer.sign({ credentials: documents, keys, created });
  let replaced = 0;
  for (const [at, credential] of credentials.entries()) {
    const forms = signed[at];
    if (forms === undefined) continue;
    const done = await needs.credentials.replaceForms({
      ...{ id: credential.id, before: credential.forms },
      ...{ forms, signedWith, edition: entry },
    });
    if (done) replaced += 1;
    if (done && credential.shows !== undefined) await needs.wakeSigning(credential);
  }
  return replaced;
}

/**
 * Issues credentials anew, each in the name of its own issuer and with that one's keys: same id, same address, same `awardedDate`, a later
 * `validFrom`, and a line in their history. The award they rest on never changes.
 * @param edition.change what is to be said differently; nothing when only the keys are new
 * @returns how many were replaced; one that somebody else replaced meanwhile is left to them
 */
export async function reissueCredentials(
  needs: ReissueNeeds,
  credentials: readonly Credential[],
  edition: Edition,
): Promise<number> {
  let replaced = 0;
  for (const issuerId of new Set(credentials.map((credential) => credential.issuerId))) {
    const own = credentials.filter((credential) => credential.issuerId === issuerId);
    replaced += await reissueInNameOf(needs, { issuerId, credentials: own }, edition);
  }
  return replaced;
}

/** The same credential for the same person under the name that was approved since. */
export const withName =
  (name: string) =>
  (document: OpenBadgeCredential): OpenBadgeCredential => ({
    ...document,
    credentialSubject: {
      ...document.credentialSubject,
      identifier: identitiesOf(document).map((identity) =>
        identity.identityType === "name" ? { ...identity, identityHash: name } : identity,
      ),
    },
  });
