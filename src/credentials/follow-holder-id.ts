import type { AwardStore } from "../awards/award-store.js";
import type { Award } from "../awards/award.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { type Credential, credentialDocument } from "./credential.js";
import type { CredentialStore } from "./credential-store.js";
import type { OpenBadgeCredential } from "./open-badge.js";
import { reissueCredentials, type ReissueNeeds } from "./reissue-credentials.js";

type HolderNeeds = {
  accounts: Pick<AccountStore, "listIdsOfLearner">;
  profiles: Pick<ProfileStore, "listByIds">;
};

/** The DID or address that a learner says is theirs, on whichever of their accounts it stands. */
export async function findHolderId(
  needs: HolderNeeds,
  { organisationId, learnerId }: { organisationId: string; learnerId: string },
): Promise<string | undefined> {
  const accountIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
  const profiles = await needs.profiles.listByIds(organisationId, accountIds);
  return profiles.find(({ holderId }) => holderId !== undefined)?.holderId;
}

const aboutSubject =
  (id: string) =>
  (document: OpenBadgeCredential): OpenBadgeCredential => ({
    ...document,
    credentialSubject: { ...document.credentialSubject, id },
  });

/**
 * A learner wishes the credentials that they have already to carry the address they gave, or none
 * any more: those that do not are issued anew. Idempotent.
 */
export async function followHolderId(
  needs: ReissueNeeds &
    HolderNeeds & {
      awards: Pick<AwardStore, "listByIds">;
      credentials: Pick<CredentialStore, "listOfLearner">;
    },
  about: { organisationId: string; learnerId: string },
): Promise<number> {
  const { organisationId, learnerId } = about;
  const holderId = await findHolderId(needs, about);
  const learnerIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
  const held = await needs.credentials.listOfLearner(organisationId, learnerIds);
  const awards = await needs.awards.listByIds(
    organisationId,
    held.map(({ awardId }) => awardId),
  );
  const urns = new Map(awards.map(({ id, subjectUrn }: Award) => [id, subjectUrn]));
  let replaced = 0;
  for (const credential of held) {
    const wanted = holderId ?? urns.get(credential.awardId);
    if (wanted === undefined || subjectIdOf(credential) === wanted) continue;
    const edition = { reason: "holder-id-changed" as const, change: aboutSubject(wanted) };
    const done = await reissueCredentials(needs, [credential], edition);
    // Issued anew by somebody else meanwhile: the next try looks again.
    if (done === 0) throw new Error("A credential was issued anew by somebody else");
    replaced += done;
  }
  return replaced;
}

const subjectIdOf = (credential: Pick<Credential, "forms">): string =>
  credentialDocument(credential).credentialSubject.id;
