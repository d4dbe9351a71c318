import type { AwardStore } from "../awards/award-store.js";
import { credentialDocument } from "./credential.js";
import type { CredentialFileStore } from "./credential-file-store.js";
import type { CredentialStore } from "./credential-store.js";
import type { LearnerRecordStore } from "./learner-record-store.js";
import { identitiesOf, type OpenBadgeCredential } from "./open-badge.js";
import { reissueCredentials, type ReissueNeeds } from "./reissue-credentials.js";

/** The same credential about a subject that stands for a person and says nothing of them. */
const withoutHolder =
  (subjectUrn: string | undefined) =>
  (document: OpenBadgeCredential): OpenBadgeCredential => {
    const subject = { ...document.credentialSubject };
    delete subject.identifier;
    return { ...document, credentialSubject: { ...subject, id: subjectUrn ?? subject.id } };
  };

/**
 * A learner has deleted their account: their credentials are issued anew without name and e-mail
 * address, under the same ids; every earlier form that is kept here goes. Idempotent.
 * @param isHidden whether nobody is to see them any more
 */
export async function unnameCredentials(
  needs: ReissueNeeds & {
    awards: Pick<AwardStore, "listByIds">;
    credentials: Pick<CredentialStore, "listOfLearner" | "setVisibility">;
    credentialFiles: Pick<CredentialFileStore, "removeOf">;
    learnerRecords: Pick<LearnerRecordStore, "removeOf">;
  },
  about: { organisationId: string; learnerIds: readonly string[]; isHidden: boolean },
): Promise<void> {
  const { organisationId, learnerIds, isHidden } = about;
  const held = await needs.credentials.listOfLearner(organisationId, learnerIds);
  if (isHidden)
    for (const { id: credentialId } of held)
      await needs.credentials.setVisibility({
        ...{ organisationId, learnerIds, credentialId, visibility: "private" },
      });
  const named = held.filter((one) => identitiesOf(credentialDocument(one)).length > 0);
  const awardIds = named.map(({ awardId }) => awardId);
  const awards = await needs.awards.listByIds(organisationId, awardIds);
  const urns = new Map(awards.map(({ id, subjectUrn }) => [id, subjectUrn]));
  const urnOf = new Map(named.map((one) => [credentialDocument(one).id, urns.get(one.awardId)]));
  const replaced = await reissueCredentials(needs, named, {
    reason: "holder-erased",
    change: (document) => withoutHolder(urnOf.get(document.id))(document),
  });
  for (const { id } of held) {
    await needs.credentialFiles.removeOf(id);
    await needs.learnerRecords.removeOf(id);
  }
  if (replaced < named.length) throw new Error("A credential was issued anew by somebody else");
}
