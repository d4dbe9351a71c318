import { z } from "zod";
import { type DidDocument, issuerDidDocument } from "../issuers/issuer.js";
import type { IssuerKeyStore } from "../issuers/issuer-key-store.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { ed25519FromMultibase } from "../signing/multikey.js";
import { isId } from "../stored-record.js";
import type { FetchDocument } from "./fetch-document.js";
import { readUrl } from "../read-url.js";

/** What can be learned about who issued a credential. */
export type IssuerFinding =
  | { kind: "found"; document: DidDocument }
  /** It claims to be an issuer of a place that knows no such issuer. */
  | { kind: "no-such-issuer" }
  /** It may well exist, but cannot be asked. */
  | { kind: "out-of-reach"; sentence: string };

/** Where issuers' keys come from. */
export type IssuerDirectory = {
  /**
   * @param keyId what the signature says signed it
   * @param fetchDocument asks in place of the directory's own, for instance within a budget
   */
  find: (issuerId: string, keyId: unknown, fetchDocument?: FetchDocument) => Promise<IssuerFinding>;
};

const outOfReach = (sentence: string): IssuerFinding => ({ kind: "out-of-reach", sentence });

const MethodSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  controller: z.string(),
  publicKeyJwk: z.record(z.string(), z.unknown()).optional(),
  publicKeyMultibase: z.string().optional(),
  expires: z.string().optional(),
  revoked: z.string().optional(),
});

const DidDocumentSchema = z.looseObject({
  id: z.string(),
  verificationMethod: z.array(MethodSchema).default([]),
  assertionMethod: z.array(z.union([z.string(), MethodSchema])).default([]),
});

/** Reads another's DID document; ids that begin with `#` are relative to it (DID 1.0 §3.2.2). */
function readDidDocument(json: unknown, did: string): DidDocument | undefined {
  const parsed = DidDocumentSchema.safeParse(json);
  if (!parsed.success || parsed.data.id !== did) return undefined;
  const absolute = (id: string): string => (id.startsWith("#") ? `${did}${id}` : id);
  const { verificationMethod, assertionMethod } = parsed.data;
  const embedded = assertionMethod.flatMap((one) => (typeof one === "string" ? [] : [one]));
  return {
    "@context": [],
    id: did,
    verificationMethod: [...verificationMethod, ...embedded].map((method) => ({
      ...method,
      id: absolute(method.id),
    })),
    assertionMethod: assertionMethod.map((one) => absolute(typeof one === "string" ? one : one.id)),
  };
}

/** Where a did:web's document is (W3C CCG did:web §3.2); undefined when it is none. */
export function didWebUrl(did: string): string | undefined {
  const [host = "", ...path] = did.replace(/^did:web:/, "").split(":");
  if (!did.startsWith("did:web:") || !/^[A-Za-z0-9.-]+(%3A\d+)?$/i.test(host)) return undefined;
  if (!path.every((segment) => /^[A-Za-z0-9._~%-]+$/.test(segment))) return undefined;
  const authority = decodeURIComponent(host);
  const place = path.length === 0 ? "/.well-known" : `/${path.join("/")}`;
  // As resolvers for development do: on this very machine there are no certificates.
  const scheme = /^localhost(:\d+)?$/.test(authority) ? "http" : "https";
  return `${scheme}://${authority}${place}/did.json`;
}

/** An issuer that is its own key (did:key, Ed25519). */
function didKeyDocument(did: string): DidDocument | undefined {
  const multibase = did.slice("did:key:".length);
  if (ed25519FromMultibase(multibase) === undefined) return undefined;
  const id = `${did}#${multibase}`;
  const method = { id, type: "Multikey", controller: did, publicKeyMultibase: multibase };
  return { "@context": [], id: did, verificationMethod: [method], assertionMethod: [id] };
}

/**
 * An issuer that is a web address: its key is bound to it when the key's address is of the same
 * origin and answers with that key (OB 3.0 §8.2.6: a URI from which the JWK is read).
 */
async function findByAddress(
  fetchDocument: FetchDocument,
  issuerId: string,
  keyId: unknown,
): Promise<IssuerFinding> {
  const isSameOrigin =
    typeof keyId === "string" && readUrl(keyId)?.origin === new URL(issuerId).origin;
  if (!isSameOrigin) {
    return outOfReach("Its key is at another place than its issuer, so it proves nothing.");
  }
  const answer = await fetchDocument(keyId);
  if (answer.kind !== "json") return outOfReach("Its issuer's key could not be read.");
  const given = answer.json as { keys?: unknown[] };
  const keys = Array.isArray(given.keys) ? given.keys : [answer.json];
  const jwk = keys
    .map((key) => z.looseObject({ kty: z.string(), kid: z.string().optional() }).safeParse(key))
    .find(({ data }) => data !== undefined && (keys.length === 1 || data.kid === keyId))?.data;
  const multikey = z
    .looseObject({ id: z.literal(keyId), controller: z.literal(issuerId) })
    .safeParse(answer.json);
  const method = {
    ...{ id: keyId, type: "JsonWebKey", controller: issuerId },
    ...(jwk === undefined ? multikey.data : { publicKeyJwk: jwk }),
  };
  return {
    kind: "found",
    document: {
      "@context": [],
      ...{ id: issuerId, verificationMethod: [method], assertionMethod: [keyId] },
    },
  };
}

/** Issuers anywhere: ours from our own records, others asked over the network, within limits. */
export function createIssuers(needs: {
  addresses: PublicAddresses;
  issuerKeys: Pick<IssuerKeyStore, "list"> & Partial<Pick<IssuerKeyStore, "recall">>;
  fetchDocument: FetchDocument;
}): IssuerDirectory {
  const { addresses } = needs;
  const { list, recall = list } = needs.issuerKeys;

  /** What is remembered is enough to find a key in, but not to say that there is no such key. */
  async function findOwn(issuerId: string, keyId: unknown): Promise<IssuerFinding> {
    if (!isId(issuerId)) return { kind: "no-such-issuer" };
    const documentFrom = async (read: typeof list): Promise<DidDocument> =>
      issuerDidDocument(addresses, issuerId, await read(issuerId));
    const recalled = await documentFrom(recall);
    const isThere = recalled.verificationMethod.some(({ id }) => id === keyId);
    const document = isThere ? recalled : await documentFrom(list);
    return document.verificationMethod.length === 0
      ? { kind: "no-such-issuer" }
      : { kind: "found", document };
  }

  async function findOnTheWeb(
    fetchDocument: FetchDocument,
    did: string,
    url: string,
  ): Promise<IssuerFinding> {
    const answer = await fetchDocument(url);
    if (answer.kind === "absent" || answer.kind === "gone") return { kind: "no-such-issuer" };
    if (answer.kind !== "json") {
      return outOfReach("Its issuer's place on the web does not answer with its keys.");
    }
    const document = readDidDocument(answer.json, did);
    return document === undefined
      ? outOfReach("What its issuer's place on the web answers cannot be read.")
      : { kind: "found", document };
  }

  return {
    async find(issuerId, keyId, fetchDocument = needs.fetchDocument) {
      const ownId = addresses.issuerIdOf(issuerId);
      if (ownId !== undefined) return await findOwn(ownId, keyId);
      const url = didWebUrl(issuerId);
      if (url !== undefined) return await findOnTheWeb(fetchDocument, issuerId, url);
      if (issuerId.startsWith("did:key:")) {
        const document = didKeyDocument(issuerId);
        return document === undefined
          ? outOfReach("Its issuer's key is of a kind that Rosette does not know.")
          : { kind: "found", document };
      }
      if (/^https?:\/\//.test(issuerId) && readUrl(issuerId) !== undefined) {
        return await findByAddress(fetchDocument, issuerId, keyId);
      }
      return outOfReach("Its issuer is named in a way that Rosette cannot look up.");
    },
  };
}
