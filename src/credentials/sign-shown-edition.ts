import type { AwardStore } from "../awards/award-store.js";
import { getSigningKeys } from "../issuers/get-signing-keys.js";
import type { IssuerKeyStore } from "../issuers/issuer-key-store.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { SealedBox } from "../sealed-box.js";
import type { CredentialStore } from "./credential-store.js";
import { credentialDocument } from "./credential.js";
import { composeShown, sourceOf } from "./shown-edition.js";
import { dateTimeOf } from "../signing/date-time.js";
import type { Signer } from "../signing/signer.js";

type Needs = {
  addresses: PublicAddresses;
  awards: Pick<AwardStore, "findById">;
  credentials: Pick<CredentialStore, "findById" | "keepShown">;
  issuerKeys: Pick<IssuerKeyStore, "addOnce" | "list">;
  sealedBox: SealedBox;
  signer: Pick<Signer, "sign">;
  now: () => Date;
};

/**
 * Signs the edition of a credential that its learner shows. Does nothing when there is none to be
 * made, and keeps nothing when the learner has meanwhile decided anew.
 */
export async function signShownEdition(needs: Needs, credentialId: string): Promise<void> {
  const credential = await needs.credentials.findById(credentialId);
  if (credential?.shows === undefined) return;
  if (credential.shown?.source === sourceOf(credential)) return;
  const { organisationId, awardId, issuerId, shows } = credential;
  const award = await needs.awards.findById(organisationId, awardId);
  if (award === undefined) throw new Error("The award of a credential is not there");
  const badge = composeShown(credentialDocument(credential), award, shows);
  const { keys } = await getSigningKeys(needs, issuerId);
  const signing = { credentials: [badge], keys, created: dateTimeOf(needs.now()) };
  const [forms] = await needs.signer.sign(signing);
  if (forms === undefined) throw new Error("The edition that is shown was not signed");
  const shown = { forms, source: sourceOf(credential) };
  await needs.credentials.keepShown({ credentialId, shows }, shown);
}
