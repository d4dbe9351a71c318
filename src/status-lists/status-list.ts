import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { PublicAddresses } from "../issuers/public-addresses.js";

/** Where a credential stands. Only a revocation is for good. */
export type CredentialStatus = "active" | "suspended" | "revoked";

/** What a list says of its entries (W3C Bitstring Status List 1.0 §2.2). */
export type StatusPurpose = "revocation" | "suspension";

export const statusPurposes = ["revocation", "suspension"] as const satisfies StatusPurpose[];

/** The fewest entries a list may have (§2.1), so that nobody can guess whose entry is whose. */
export const LIST_LENGTH = 131_072;

/** A list is given out no further than to here: a free place is then found at the second try. */
export const LIST_CAPACITY = LIST_LENGTH / 2;

/** One in sixteen entries is a decoy. */
const DECOY_BELOW = 16;

/**
 * Places for the statuses of one issuer's credentials. Both its lists, for revocation and for
 * suspension, have the same places. Unique by (issuer, number).
 */
export type StatusList = {
  id: string;
  issuerId: string;
  number: number;
  /** How many places were asked for; never less than are taken. */
  assigned: number;
  /** Hexadecimal; tells decoys from credentials, for us alone. */
  decoySeed: string;
};

/** A credential's place in its issuer's list. Unique. */
export type StatusPlace = { listId: string; index: number };

/** BitstringStatusListEntry (§2.1). */
export type StatusEntry = {
  id: string;
  type: "BitstringStatusListEntry";
  statusPurpose: StatusPurpose;
  statusListIndex: string;
  statusListCredential: string;
};

export const newDecoySeed = (): string => randomBytes(32).toString("hex");

/**
 * Entries that are set without standing for any credential, so that neither a set entry nor their
 * number says anything. Different for each purpose; a place that is a decoy in one is free in none.
 */
function decoysOf(seed: string, purpose: StatusPurpose): (index: number) => boolean {
  const octets = createHash("shake256", { outputLength: LIST_LENGTH })
    .update(`${seed}:${purpose}`)
    .digest();
  return (index) => (octets[index] ?? 0) < DECOY_BELOW;
}

/** Picks a place at random that is no decoy; whether it is free, the store's index says. */
export function createPlacePicker(list: Pick<StatusList, "decoySeed">): () => number {
  const decoys = statusPurposes.map((purpose) => decoysOf(list.decoySeed, purpose));
  return () => {
    for (;;) {
      // 131 072 is a power of two: 17 random bits are one place.
      const index = randomBytes(4).readUInt32BE() & (LIST_LENGTH - 1);
      if (!decoys.some((isDecoy) => isDecoy(index))) return index;
    }
  };
}

/** The list's bits (§3.1): the first entry is the highest bit of the first octet. */
export function encodeStatusList(
  list: Pick<StatusList, "decoySeed">,
  purpose: StatusPurpose,
  setIndexes: readonly number[],
): string {
  const octets = Buffer.alloc(LIST_LENGTH / 8);
  const set = (index: number) => {
    const at = index >> 3;
    octets[at] = (octets[at] ?? 0) | (0x80 >> (index & 7));
  };
  const isDecoy = decoysOf(list.decoySeed, purpose);
  for (let index = 0; index < LIST_LENGTH; index += 1) if (isDecoy(index)) set(index);
  for (const index of setIndexes) set(index);
  return `u${gzipSync(octets).toString("base64url")}`;
}

/** What stands in a credential about where its status is found. */
export const statusEntriesOf = (
  addresses: Pick<PublicAddresses, "statusListUrl">,
  { listId, index }: StatusPlace,
): StatusEntry[] =>
  statusPurposes.map((statusPurpose) => {
    const url = addresses.statusListUrl(listId, statusPurpose);
    return {
      id: `${url}#${index}`,
      type: "BitstringStatusListEntry",
      statusPurpose,
      statusListIndex: String(index),
      statusListCredential: url,
    };
  });

/** BitstringStatusListCredential (§2.2), not yet signed. */
export const statusListCredential = (
  addresses: Pick<PublicAddresses, "statusListUrl" | "issuerDid">,
  about: { list: StatusList; purpose: StatusPurpose; encodedList: string; validFrom: string },
) => {
  const { list, purpose, encodedList, validFrom } = about;
  const id = addresses.statusListUrl(list.id, purpose);
  return {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    id,
    type: ["VerifiableCredential", "BitstringStatusListCredential"],
    issuer: addresses.issuerDid(list.issuerId),
    validFrom,
    credentialSubject: {
      id: `${id}#list`,
      type: "BitstringStatusList",
      statusPurpose: purpose,
      encodedList,
    },
  };
};
