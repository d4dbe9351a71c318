import { eachInTurn } from "../each-in-turn.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { TrackVersion } from "../tracks/track.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { type Achievement, achievementOf } from "./achievement.js";
import { credentialDocument } from "./credential.js";
import type { CredentialStore } from "./credential-store.js";
import type { OpenBadgeCredential } from "./open-badge.js";
import { reissueCredentials, type ReissueNeeds } from "./reissue-credentials.js";

/** So many are read, signed and written together. */
const BATCH = 200;

export type CorrectWordingNeeds = ReissueNeeds & {
  addresses: PublicAddresses;
  credentials: Pick<CredentialStore, "listOfEdition">;
  organisations: Pick<OrganisationStore, "findById">;
  trackVersions: Pick<TrackVersionStore, "listAwaitingReissue" | "markReissued">;
};

const says = ({ name, credentialSubject }: OpenBadgeCredential, wanted: Achievement): boolean =>
  name === wanted.name &&
  credentialSubject.achievement.name === wanted.name &&
  credentialSubject.achievement.description === wanted.description &&
  credentialSubject.achievement.criteria.narrative === wanted.criteria.narrative;

/** The same credential in the words of the corrected edition; nothing else in it changes. */
const inWordsOf =
  ({ name, description, criteria, image }: Achievement) =>
  (document: OpenBadgeCredential): OpenBadgeCredential => {
    const { credentialSubject } = document;
    const achievement = {
      ...credentialSubject.achievement,
      ...{ name, description, criteria },
      image: { ...credentialSubject.achievement.image, caption: image.caption },
    };
    return { ...document, name, credentialSubject: { ...credentialSubject, achievement } };
  };

async function correctEditionsCredentials(
  needs: CorrectWordingNeeds,
  edition: TrackVersion,
): Promise<void> {
  const { organisationId, trackId, version: trackVersion } = edition;
  const organisation = await needs.organisations.findById(organisationId);
  if (organisation === undefined) throw new Error("An edition's organisation is not there");
  const wanted = achievementOf(needs.addresses, edition, organisation);
  const parts = edition.corrections?.at(-1)?.parts;
  let after = "";
  for (;;) {
    const about = { organisationId, trackId, trackVersion, after, limit: BATCH };
    const batch = await needs.credentials.listOfEdition(about);
    const last = batch.at(-1);
    if (last === undefined) break;
    const others = batch.filter((credential) => !says(credentialDocument(credential), wanted));
    const change = inWordsOf(wanted);
    const done = await reissueCredentials(needs, others, {
      ...{ reason: "wording-corrected", parts, change },
    });
    // Somebody else issued one anew meanwhile, perhaps in the old words: the next run looks again.
    if (done < others.length) throw new Error("Some credentials were issued anew meanwhile");
    after = last.id;
  }
  await needs.trackVersions.markReissued(edition);
}

/**
 * Has every credential say what corrected editions say. The editions themselves are the queue, and
 * what a credential says tells whether it is done: whatever ends this process, the next run goes on.
 */
export async function correctWording(needs: CorrectWordingNeeds): Promise<void> {
  await eachInTurn(await needs.trackVersions.listAwaitingReissue(20), async (edition) => {
    await correctEditionsCredentials(needs, edition);
  });
}
