import { randomBytes } from "node:crypto";
import type { AwardStore } from "../awards/award-store.js";
import type { Award } from "../awards/award.js";
import type { SealedBox } from "../sealed-box.js";
import { newId } from "../stored-record.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { isSignedBy, parseCompactJws } from "./compact-jws.js";
import type { CredentialStore } from "./credential-store.js";
import { requireFrozenAddress } from "./frozen-address.js";
import type { FrozenAddressStore } from "./frozen-address-store.js";
import { getSigningKey } from "./get-signing-key.js";
import { type IssuerIdentity, keyUrl } from "./issuer.js";
import type { IssuerKeyStore } from "./issuer-key-store.js";
import { composeOpenBadge, type OpenBadgeCredential } from "./open-badge.js";
import type { PublicAddresses } from "./public-addresses.js";
import { signVcJwt } from "./sign-vc-jwt.js";

export type IssueNeeds = {
  addresses: PublicAddresses;
  credentials: Pick<CredentialStore, "addOnce" | "findByAward">;
  issuerKeys: Pick<IssuerKeyStore, "addOnce" | "findCurrent">;
  frozenAddress: Pick<FrozenAddressStore, "freeze">;
  sealedBox: SealedBox;
  awards: Pick<AwardStore, "findById">;
  trackVersions: Pick<TrackVersionStore, "find">;
  findOrganisation: (organisationId: string) => Promise<IssuerIdentity | undefined>;
  /** The learner's name as the LMS sent it or as it was approved, and the e-mail if known. */
  findRecipient: (
    organisationId: string,
    learnerId: string,
  ) => Promise<{ name: string | undefined; email: string | undefined } | undefined>;
  now: () => Date;
};

export type IssueOutcome =
  | { kind: "issued"; credentialId: string }
  | { kind: "already-issued"; credentialId: string }
  /** Nothing was written; it is tried again when the name is there. */
  | { kind: "waiting-for-name" };

/** Signs, and looks at the result with another library before anyone may rely on it. */
async function sign(
  needs: IssueNeeds,
  organisationId: string,
  badge: OpenBadgeCredential,
): Promise<string> {
  const { key, privateJwk } = await getSigningKey(needs, organisationId);
  const url = keyUrl(needs.addresses.issuerDid(organisationId), key);
  const jwt = await signVcJwt(badge, { algorithm: key.algorithm, url, privateJwk });
  const jws = parseCompactJws(jwt);
  if (jws === undefined || !isSignedBy(jws, key.algorithm, key.publicJwk)) {
    throw new Error("A credential's fresh signature does not verify; nothing was stored");
  }
  return jwt;
}

async function getAwardedRecords(needs: IssueNeeds, award: Award) {
  const { organisationId, trackId, trackVersion: version } = award;
  const [track, organisation] = await Promise.all([
    needs.trackVersions.find(organisationId, { trackId, version }),
    needs.findOrganisation(organisationId),
  ]);
  if (track === undefined || organisation === undefined) {
    throw new Error("An award's track version or organisation is not there");
  }
  return { track, organisation };
}

/**
 * Issues the credential for an award, once: however often and from however many processes it is
 * called, the unique index on the award keeps the first.
 * @throws FrozenAddressError when this process runs under another address than earlier issues
 */
export async function issueCredential(
  needs: IssueNeeds,
  about: { organisationId: string; awardId: string },
): Promise<IssueOutcome> {
  const { organisationId, awardId } = about;
  const findIssued = async () => await needs.credentials.findByAward(organisationId, awardId);
  const issued = await findIssued();
  if (issued !== undefined) return { kind: "already-issued", credentialId: issued.id };

  const award = await needs.awards.findById(organisationId, awardId);
  if (award === undefined) throw new Error("There is no such award to issue a credential for");
  const recipient = await needs.findRecipient(organisationId, award.learnerId);
  const name = recipient?.name?.trim() ?? "";
  if (name === "") return { kind: "waiting-for-name" };

  const { publicUrl } = needs.addresses;
  requireFrozenAddress(
    await needs.frozenAddress.freeze({ publicUrl, frozenAt: needs.now() }),
    publicUrl,
  );

  const credentialId = newId();
  const badge = composeOpenBadge(needs.addresses, {
    credentialId,
    award,
    ...(await getAwardedRecords(needs, award)),
    recipient: { name, email: recipient?.email, salt: randomBytes(16).toString("hex") },
  });
  const added = await needs.credentials.addOnce({
    id: credentialId,
    organisationId,
    awardId,
    learnerId: award.learnerId,
    trackId: award.trackId,
    trackVersion: award.trackVersion,
    jwt: await sign(needs, organisationId, badge),
    visibility: "private",
    status: "active",
    issuedAt: needs.now(),
  });
  if (added === "added") return { kind: "issued", credentialId };
  const first = await findIssued();
  if (first === undefined) throw new Error("A credential was stored but is not there");
  return { kind: "already-issued", credentialId: first.id };
}
