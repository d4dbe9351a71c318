import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { CredentialStore } from "../credentials/credential-store.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { parseCompactJws } from "../signing/compact-jws.js";
import type { Canonicalise } from "../signing/data-integrity.js";
import type { CredentialStatus } from "../status-lists/status-list.js";
import { isId } from "../stored-record.js";
import { checkProof } from "./check-proof.js";
import type { FetchDocument } from "./fetch-document.js";
import type { IssuerDirectory } from "./issuer-directory.js";
import type { PresentedCredential, Secured } from "./presented-credential.js";
import { type Check, check } from "./verification-report.js";

export type StatusNeeds = {
  addresses: PublicAddresses;
  issuers: IssuerDirectory;
  credentials: Pick<CredentialStore, "findById">;
  fetchDocument: FetchDocument;
  canonicalise: Canonicalise;
  now: () => Date;
};

/** Sixteen million entries; a list that unpacks to more was made to fill the memory. */
const LIST_MAX_BYTES = 2 * 1024 * 1024;

/** A credential has two entries or so; each of them may cost a question to another machine. */
const MOST_ENTRIES = 4;

const own: Record<CredentialStatus, Check> = {
  active: check("status", "valid", "The issuer has not withdrawn it."),
  suspended: check("status", "invalid", "The issuer has put it on hold."),
  revoked: check("status", "invalid", "The issuer has withdrawn it."),
};

const unknown = (sentence: string): Check => check("status", "unknown", sentence);

const EntrySchema = z.looseObject({
  type: z.literal("BitstringStatusListEntry"),
  statusPurpose: z.string(),
  statusListIndex: z
    .union([z.string().regex(/^\d{1,9}$/), z.number().int().nonnegative()])
    .transform(Number),
  statusListCredential: z.url({ protocol: /^https?$/ }),
});

const ListSchema = z.looseObject({
  id: z.string().optional(),
  issuer: z
    .union([z.string(), z.looseObject({ id: z.string() })])
    .transform((issuer) => (typeof issuer === "string" ? issuer : issuer.id)),
  validUntil: z.string().optional(),
  credentialSubject: z.looseObject({
    statusPurpose: z.union([z.string(), z.array(z.string())]),
    encodedList: z.string(),
  }),
});

type Entry = z.output<typeof EntrySchema>;

/** A list as it was fetched, taken apart; nothing of it is proved yet. */
function readList(
  text: string,
): { list: z.output<typeof ListSchema>; secured: Secured } | undefined {
  const jws = parseCompactJws(text.trim());
  if (jws !== undefined) {
    const list = ListSchema.safeParse(jws.payload);
    return list.success ? { list: list.data, secured: { kind: "jwt", jws } } : undefined;
  }
  try {
    const { proof, ...document } = JSON.parse(text) as Record<string, unknown>;
    const list = ListSchema.safeParse(document);
    const first = [proof].flat()[0];
    if (!list.success || typeof first !== "object" || first === null) return undefined;
    return { list: list.data, secured: { kind: "data-integrity", document, proof: { ...first } } };
  } catch {
    return undefined;
  }
}

/** The bit of an entry; undefined when the list is unreadable or too short. */
function bitAt(encodedList: string, index: number): boolean | undefined {
  try {
    const packed = Buffer.from(encodedList.replace(/^u/, ""), "base64url");
    const octets = gunzipSync(packed, { maxOutputLength: LIST_MAX_BYTES });
    const octet = octets[index >> 3];
    return octet === undefined ? undefined : ((octet >> (7 - (index & 7))) & 1) === 1;
  } catch {
    return undefined;
  }
}

/** Whether an entry is set in a list that its own issuer signed; undefined when nobody can tell. */
async function isSet(
  needs: StatusNeeds,
  entry: Entry,
  issuerId: string,
): Promise<boolean | undefined> {
  const answer = await needs.fetchDocument(entry.statusListCredential);
  if (answer.kind !== "json" && answer.kind !== "text") return undefined;
  const read = readList(answer.text);
  if (read?.list.issuer !== issuerId) return undefined;
  const { list, secured } = read;
  const { statusPurpose, encodedList } = list.credentialSubject;
  const isForIt = [statusPurpose].flat().includes(entry.statusPurpose);
  const isOver =
    list.validUntil !== undefined && !(Date.parse(list.validUntil) > needs.now().getTime());
  if (!isForIt || isOver) return undefined;
  const keyId =
    secured.kind === "jwt" ? secured.jws.header["kid"] : secured.proof["verificationMethod"];
  const issuer = await needs.issuers.find(issuerId, keyId);
  const proved = await checkProof(needs, secured, issuer);
  if (!proved.every(({ outcome }) => outcome === "valid")) return undefined;
  return bitAt(encodedList, entry.statusListIndex);
}

async function checkLists(needs: StatusNeeds, credential: PresentedCredential): Promise<Check> {
  if (credential.credentialStatus === undefined) {
    return check("status", "valid", "Its issuer issues it without a way to withdraw it.");
  }
  const entries = [credential.credentialStatus].flat();
  if (entries.length > MOST_ENTRIES) return unknown("It names too many places for its status.");
  let isKnown = true;
  for (const given of entries) {
    const entry = EntrySchema.safeParse(given);
    const purpose = entry.data?.statusPurpose;
    if (!entry.success || (purpose !== "revocation" && purpose !== "suspension")) {
      isKnown = false;
      continue;
    }
    const set = await isSet(needs, entry.data, credential.issuer.id);
    if (set === true) return purpose === "revocation" ? own.revoked : own.suspended;
    if (set === undefined) isKnown = false;
  }
  return isKnown
    ? own.active
    : unknown("Its issuer's list of withdrawn credentials could not be read or is not its own.");
}

/** Whether its issuer has withdrawn it or put it on hold. */
export async function checkStatus(
  needs: StatusNeeds,
  credential: PresentedCredential,
): Promise<Check> {
  const issuerId = needs.addresses.issuerIdOf(credential.issuer.id);
  if (issuerId === undefined) return await checkLists(needs, credential);
  const id = needs.addresses.credentialIdOf(credential.id);
  const stored = id === undefined || !isId(id) ? undefined : await needs.credentials.findById(id);
  if (stored?.issuerId !== issuerId) return unknown("This installation has no record of it.");
  return own[stored.status];
}
