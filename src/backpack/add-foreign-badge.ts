import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { ProfileStore } from "../people/profile-store.js";
import { type PictureNeeds, readPicture } from "../pictures/add-picture.js";
import { newId } from "../stored-record.js";
import {
  checkPresented,
  checkPresentedFile,
  type PresentedOutcome,
  type PresentNeeds,
} from "../verification/check-presented.js";
import type { PresentedFile } from "../verification/presented-file.js";
import {
  badgeIn,
  type Finding,
  findingOf,
  type ForeignBadge,
  MOST_FOREIGN_BADGES,
  pictureIn,
} from "./foreign-badge.js";
import type { ForeignBadgeStore } from "./foreign-badge-store.js";

export type ForeignBadgeNeeds = PresentNeeds &
  Pick<PictureNeeds, "documents"> & {
    addresses: PublicAddresses;
    foreignBadges: Pick<ForeignBadgeStore, "addOnce" | "count" | "noteFinding">;
    profiles: Pick<ProfileStore, "listByIds">;
    now: () => Date;
  };

type Owner = { organisationId: string; learnerId: string; learnerIds: string[] };

/** What a learner hands in: an address, or a file. */
type HandedIn = { address: string; file: PresentedFile | undefined };

type AddResult =
  | { kind: "added"; badge: ForeignBadge }
  | { kind: "refused"; field: "address" | "file"; sentence: string };

const refusals: Record<Exclude<PresentedOutcome["kind"], "checked" | "file-refused">, string> = {
  "nothing-given": "Enter the address of a badge, or choose its file.",
  "not-found": "This is an address of Rosette, and there is no credential there.",
  "not-shared": "This is a credential from here, and its holder has not shared it.",
};
const FROM_HERE =
  "This credential is from here. If it is yours, it lies in your backpack by itself.";
const SAME = "You keep this badge already. To look at it anew, use Check again.";
const FULL = `You keep ${MOST_FOREIGN_BADGES} badges from elsewhere, and there is room for no more. Remove one first.`;

const notKept = { full: FULL, "already-there": SAME };

/** The e-mail address that the LMS tells of a learner, on whichever of their accounts. */
async function emailOf(
  { profiles }: Pick<ForeignBadgeNeeds, "profiles">,
  { organisationId, learnerIds }: Owner,
): Promise<string | undefined> {
  const found = await profiles.listByIds(organisationId, learnerIds);
  return found.find(({ email }) => email !== undefined)?.email;
}

const isFromHere = (
  { issuerIdOf, publicUrl }: Pick<PublicAddresses, "issuerIdOf" | "publicUrl">,
  issuerId: string,
): boolean => issuerIdOf(issuerId) !== undefined || issuerId.startsWith(`${publicUrl}/`);

async function takePicture(
  needs: Pick<PictureNeeds, "documents">,
  bytes: Buffer | undefined,
): Promise<ForeignBadge["picture"]> {
  if (bytes === undefined) return undefined;
  const reading = await readPicture(needs, bytes, "badge");
  return reading.kind === "checked" ? reading.picture : undefined;
}

/**
 * Checks a badge that was earned elsewhere and keeps it with what came of that; or says why there
 * is nothing to keep. What nobody can read is not kept, what is not genuine is, and says so.
 */
export async function addForeignBadge(
  needs: ForeignBadgeNeeds,
  owner: Owner,
  { address, file }: HandedIn,
): Promise<AddResult> {
  const field = file === undefined ? "address" : "file";
  const refused = (sentence: string): AddResult => ({ kind: "refused", field, sentence });
  if ((await needs.foreignBadges.count(owner)) >= MOST_FOREIGN_BADGES) return refused(FULL);
  const email = await emailOf(needs, owner);
  const outcome =
    file === undefined
      ? await checkPresented(needs, { text: address, recipient: email })
      : await checkPresentedFile(needs, { file, recipient: email });
  if (outcome.kind === "file-refused") return refused(outcome.sentence);
  if (outcome.kind !== "checked") return refused(refusals[outcome.kind]);
  const read = badgeIn(outcome);
  const checkedAt = needs.now();
  const finding = findingOf(outcome.report, email !== undefined, checkedAt);
  if (read === undefined) return refused(finding.sentence);
  if (isFromHere(needs.addresses, read.issuer.id)) return refused(FROM_HERE);
  const isPicture = outcome.carrier === "png" || outcome.carrier === "svg";
  const bytes = isPicture ? file?.bytes : pictureIn(outcome.credential);
  const { organisationId, learnerId } = owner;
  const badge: ForeignBadge = {
    ...{ id: newId(), organisationId, learnerId, ...read, finding },
    picture: await takePicture(needs, bytes),
    ...{ isShown: false, addedAt: checkedAt },
  };
  const added = await needs.foreignBadges.addOnce(badge);
  return added === "added" ? { kind: "added", badge } : refused(notKept[added]);
}

/** Checks a badge once more, as it was handed in or as it stands at its address now. */
export async function recheckForeignBadge(
  needs: ForeignBadgeNeeds,
  owner: Owner,
  { id, presented }: ForeignBadge,
): Promise<Finding> {
  const email = await emailOf(needs, owner);
  const outcome = await checkPresented(needs, { text: presented, recipient: email });
  const checkedAt = needs.now();
  const finding =
    outcome.kind === "checked"
      ? findingOf(outcome.report, email !== undefined, checkedAt)
      : { isVerified: false, sentence: "It could not be checked any more.", checkedAt };
  await needs.foreignBadges.noteFinding(owner, id, finding);
  return finding;
}
