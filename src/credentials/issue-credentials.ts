import { randomBytes } from "node:crypto";
import type { AwardStore } from "../awards/award-store.js";
import type { Award } from "../awards/award.js";
import { getSigningKeys, type SigningKeyNeeds } from "../issuers/get-signing-keys.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { Organisation } from "../organisations/organisation.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import { dateTimeOf } from "../signing/date-time.js";
import type { Signer } from "../signing/signer.js";
import { type PlaceNeeds, reservePlaces } from "../status-lists/reserve-places.js";
import { newId } from "../stored-record.js";
import { issuerOf } from "../tracks/track.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import type { Credential } from "./credential.js";
import type { CredentialStore } from "./credential-store.js";
import { findRecipients, type NamedRecipient, type RecipientNeeds } from "./find-recipients.js";
import { followStanding } from "./follow-standing.js";
import { requireFrozenAddress } from "./frozen-address.js";
import type { FrozenAddressStore } from "./frozen-address-store.js";
import { type BadgeContent, composeOpenBadge } from "./open-badge.js";

export type IssueNeeds = RecipientNeeds &
  SigningKeyNeeds &
  PlaceNeeds & {
    addresses: PublicAddresses;
    credentials: Pick<CredentialStore, "addAll" | "listByAwards" | "setStatus">;
    frozenAddress: Pick<FrozenAddressStore, "freeze">;
    signer: Pick<Signer, "sign">;
    awards: Pick<AwardStore, "listByIds" | "setCredentialStates">;
    trackVersions: Pick<TrackVersionStore, "find">;
    organisations: Pick<OrganisationStore, "findById">;
    now: () => Date;
  };

/** What came of one award. */
export type IssueOutcome =
  | { awardId: string; kind: "issued" | "already-issued"; credentialId: string }
  /** Nothing was written; it is tried again when the name is there. */
  | { awardId: string; kind: "waiting-for-name" };

/** A status place is taken one time in two at worst; so often in a row it never is. */
const ROUNDS = 40;

type Ready = { award: Award; recipient: NamedRecipient };

async function findAwards(
  needs: IssueNeeds,
  organisationId: string,
  ids: readonly string[],
): Promise<Award[]> {
  const awards = await needs.awards.listByIds(organisationId, ids);
  if (awards.length < ids.length) {
    throw new Error("There is no such award to issue a credential for");
  }
  return awards;
}

/**
 * The awards whose learner has a name; the others wait for one. Looked up once more after an
 * award was set to wait: a name that came in between has woken nobody.
 */
async function findReady(
  needs: IssueNeeds,
  organisationId: string,
  awards: readonly Award[],
): Promise<Ready[]> {
  const find = async (among: readonly Award[]): Promise<Ready[]> => {
    const learnerIds = among.map(({ learnerId }) => learnerId);
    const recipients = await findRecipients(needs, organisationId, learnerIds);
    return among.flatMap((award) => {
      const recipient = recipients.get(award.learnerId);
      return recipient === undefined ? [] : [{ award, recipient }];
    });
  };
  const ready = await find(awards);
  const isReady = new Set(ready.map(({ award }) => award.id));
  const nameless = awards.filter(({ id }) => !isReady.has(id));
  if (nameless.length === 0) return ready;
  const ids = nameless.map(({ id }) => id);
  await needs.awards.setCredentialStates({ organisationId, ids, state: "needs-name" });
  return [...ready, ...(await find(nameless))];
}

/** Finds each edition of a track once, however many were awarded it. */
function createEditionFinder(needs: IssueNeeds, organisationId: string) {
  const found = new Map<string, BadgeContent["track"]>();
  return async ({ trackId, trackVersion: version }: Award): Promise<BadgeContent["track"]> => {
    const key = `${trackId}:${version}`;
    const track =
      found.get(key) ?? (await needs.trackVersions.find(organisationId, { trackId, version }));
    if (track === undefined) throw new Error("An award's track version is not there");
    found.set(key, track);
    return track;
  };
}

type Due = Ready & { track: BadgeContent["track"] };

/** Signs and stores what is due in the name of one issuer, with its own keys and status list. */
async function addInNameOf(
  needs: IssueNeeds,
  { issuerId, organisation }: { issuerId: string; organisation: Organisation },
  due: readonly Due[],
): Promise<string[]> {
  const { keys, signedWith } = await getSigningKeys(needs, issuerId);
  const places = await reservePlaces(needs, issuerId, due.length);
  const contents = due.map(({ award, recipient, track }, at): BadgeContent => ({
    credentialId: newId(),
    statusPlace: places[at] ?? { listId: "", index: 0 },
    ...{ award, organisation, track },
    recipient: { ...recipient, salt: randomBytes(16).toString("hex") },
  }));
  const signed = await needs.signer.sign({
    credentials: contents.map((content) => composeOpenBadge(needs.addresses, content)),
    keys,
    created: dateTimeOf(needs.now()),
  });
  const credentials = contents.flatMap(({ credentialId, statusPlace, award }, at) => {
    const forms = signed[at];
    const { learnerId, trackId, trackVersion } = award;
    if (forms === undefined) return [];
    const credential: Credential = {
      ...{ id: credentialId, organisationId: organisation.id, issuerId, awardId: award.id },
      ...{ learnerId, trackId, trackVersion, forms, signedWith, statusPlace },
      ...{ visibility: "private", status: "active", issuedAt: needs.now() },
    };
    return [credential];
  });
  await needs.credentials.addAll(credentials);
  return credentials.map(({ id }) => id);
}

/**
 * Composes, signs and stores, in the name of the issuer that each edition was published under. The
 * unique index on the award keeps one of several at once; who lost a status place to another comes
 * again.
 * @returns the ids of the credentials it tried to add
 */
async function addCredentials(
  needs: IssueNeeds,
  organisationId: string,
  ready: readonly Ready[],
): Promise<string[]> {
  const organisation = await needs.organisations.findById(organisationId);
  if (organisation === undefined) throw new Error("An award's organisation is not there");
  const findEdition = createEditionFinder(needs, organisationId);
  const byIssuer = new Map<string, Due[]>();
  for (const { award, recipient } of ready) {
    const track = await findEdition(award);
    const { id: issuerId } = issuerOf(track, organisation);
    const due = byIssuer.get(issuerId) ?? [];
    due.push({ award, recipient, track });
    byIssuer.set(issuerId, due);
  }
  const added: string[] = [];
  for (const [issuerId, due] of byIssuer)
    added.push(...(await addInNameOf(needs, { issuerId, organisation }, due)));
  return added;
}

/**
 * Issues the credentials for awards of one organisation, each once, however often and from however
 * many processes it is called. What it finds issued it only sets straight, should a crash have kept
 * an earlier call from it.
 * @throws FrozenAddressError when this process runs under another address than earlier issues
 */
export async function issueCredentials(
  needs: IssueNeeds,
  about: { organisationId: string; awardIds: readonly string[] },
): Promise<IssueOutcome[]> {
  const { organisationId, awardIds } = about;
  /** Credential ids by award. */
  const issued = new Map<string, string>();
  const noteIssued = async (ids: readonly string[]): Promise<void> => {
    for (const { awardId, id } of await needs.credentials.listByAwards(organisationId, ids)) {
      issued.set(awardId, id);
    }
  };

  const [awards] = await Promise.all([
    findAwards(needs, organisationId, awardIds),
    noteIssued(awardIds),
  ]);
  const due = awards.filter(({ id }) => !issued.has(id));
  let left = await findReady(needs, organisationId, due);
  if (left.length > 0) {
    const { publicUrl } = needs.addresses;
    const frozen = await needs.frozenAddress.freeze({ publicUrl, frozenAt: needs.now() });
    requireFrozenAddress(frozen, publicUrl);
  }
  const ours = new Set<string>();
  for (let round = 0; left.length > 0; round += 1) {
    if (round === ROUNDS) throw new Error("No free places were found in the status list");
    for (const id of await addCredentials(needs, organisationId, left)) ours.add(id);
    await noteIssued(left.map(({ award }) => award.id));
    left = left.filter(({ award }) => !issued.has(award.id));
  }
  const ids = [...issued.keys()];
  if (ids.length === 0) return awardIds.map((awardId) => ({ awardId, kind: "waiting-for-name" }));
  // Read after the credentials are there: a change from before them found none to tell.
  for (const award of await needs.awards.listByIds(organisationId, ids)) {
    if (award.standing.revision > 0) await followStanding(needs, award);
  }
  await needs.awards.setCredentialStates({ organisationId, ids, state: "issued" });
  return awardIds.map((awardId) => {
    const credentialId = issued.get(awardId);
    if (credentialId === undefined) return { awardId, kind: "waiting-for-name" };
    return { awardId, kind: ours.has(credentialId) ? "issued" : "already-issued", credentialId };
  });
}
