import { randomBytes } from "node:crypto";
import type { AwardStore } from "../awards/award-store.js";
import type { Award } from "../awards/award.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { SealedBox } from "../sealed-box.js";
import { newId } from "../stored-record.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import type { Credential } from "./credential.js";
import type { CredentialStore } from "./credential-store.js";
import { findRecipient, type NamedRecipient, type RecipientNeeds } from "./find-recipient.js";
import { followStanding } from "./follow-standing.js";
import { requireFrozenAddress } from "./frozen-address.js";
import type { FrozenAddressStore } from "./frozen-address-store.js";
import { getSigningKeys } from "../issuers/get-signing-keys.js";
import type { IssuerKeyStore } from "../issuers/issuer-key-store.js";
import { composeOpenBadge } from "./open-badge.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { signForms } from "./sign-forms.js";

export type IssueNeeds = RecipientNeeds & {
  addresses: PublicAddresses;
  credentials: Pick<CredentialStore, "addOnce" | "findByAward" | "setStatus">;
  issuerKeys: Pick<IssuerKeyStore, "addOnce" | "list">;
  frozenAddress: Pick<FrozenAddressStore, "freeze">;
  sealedBox: SealedBox;
  awards: Pick<AwardStore, "findById" | "setCredentialState">;
  trackVersions: Pick<TrackVersionStore, "find">;
  organisations: Pick<OrganisationStore, "findById">;
  now: () => Date;
};

export type IssueOutcome =
  | { kind: "issued"; credentialId: string }
  | { kind: "already-issued"; credentialId: string }
  /** Nothing was written; it is tried again when the name is there. */
  | { kind: "waiting-for-name" };

async function getAwardedRecords(needs: IssueNeeds, award: Award) {
  const { organisationId, trackId, trackVersion: version } = award;
  const [track, organisation] = await Promise.all([
    needs.trackVersions.find(organisationId, { trackId, version }),
    needs.organisations.findById(organisationId),
  ]);
  if (track === undefined || organisation === undefined) {
    throw new Error("An award's track version or organisation is not there");
  }
  return { track, organisation };
}

/**
 * The recipient with a name, or nothing, and then the award waits for one. Looked up once more
 * after the award was set to wait: a name that came in between has woken nobody.
 */
async function findRecipientOrWait(
  needs: IssueNeeds,
  award: Award,
): Promise<NamedRecipient | undefined> {
  const { organisationId, learnerId, id } = award;
  const recipient = await findRecipient(needs, organisationId, learnerId);
  if (recipient !== undefined) return recipient;
  await needs.awards.setCredentialState({ organisationId, id, state: "needs-name" });
  return await findRecipient(needs, organisationId, learnerId);
}

/** Composes, signs and stores; of several at once, the unique index on the award keeps one. */
async function issueOnce(
  needs: IssueNeeds,
  award: Award,
  recipient: NamedRecipient,
): Promise<"added" | "already-there"> {
  const id = newId();
  const badge = composeOpenBadge(needs.addresses, {
    credentialId: id,
    award,
    ...(await getAwardedRecords(needs, award)),
    recipient: { ...recipient, salt: randomBytes(16).toString("hex") },
  });
  const { organisationId, learnerId, trackId, trackVersion } = award;
  const issuerId = organisationId;
  const keys = await getSigningKeys(needs, issuerId);
  const signed = await signForms(badge, {
    keys,
    issuerDid: needs.addresses.issuerDid(issuerId),
    now: needs.now(),
  });
  return await needs.credentials.addOnce({
    id,
    organisationId,
    issuerId,
    awardId: award.id,
    learnerId,
    trackId,
    trackVersion,
    ...signed,
    visibility: "private",
    status: "active",
    issuedAt: needs.now(),
  });
}

/**
 * Issues the credential for an award, once, however often and from however many processes it is
 * called. A call that finds it issued only sets the award straight, should a crash have kept an
 * earlier one from it.
 * @throws FrozenAddressError when this process runs under another address than earlier issues
 */
export async function issueCredential(
  needs: IssueNeeds,
  about: { organisationId: string; awardId: string },
): Promise<IssueOutcome> {
  const { organisationId, awardId } = about;
  const findIssued = async () => await needs.credentials.findByAward(organisationId, awardId);
  const settle = async (kind: "issued" | "already-issued", credential: Credential | undefined) => {
    if (credential === undefined) throw new Error("A credential was stored but is not there");
    // Read after the credential is there: a change from before it found none to tell.
    const award = await needs.awards.findById(organisationId, awardId);
    if (award !== undefined) await followStanding(needs, award);
    await needs.awards.setCredentialState({ organisationId, id: awardId, state: "issued" });
    return { kind, credentialId: credential.id };
  };

  const before = await findIssued();
  if (before !== undefined) return await settle("already-issued", before);
  const award = await needs.awards.findById(organisationId, awardId);
  if (award === undefined) throw new Error("There is no such award to issue a credential for");
  const recipient = await findRecipientOrWait(needs, award);
  if (recipient === undefined) return { kind: "waiting-for-name" };

  const { publicUrl } = needs.addresses;
  const frozen = await needs.frozenAddress.freeze({ publicUrl, frozenAt: needs.now() });
  requireFrozenAddress(frozen, publicUrl);
  const added = await issueOnce(needs, award, recipient);
  return await settle(added === "added" ? "issued" : "already-issued", await findIssued());
}
