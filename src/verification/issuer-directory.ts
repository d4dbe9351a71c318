import type { IssuerKeyStore } from "../issuers/issuer-key-store.js";
import { type DidDocument, issuerDidDocument } from "../issuers/issuer.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { isId } from "../stored-record.js";

/** What can be learned about who issued a credential. */
export type IssuerFinding =
  | { kind: "found"; document: DidDocument }
  /** It claims to be an issuer of a place that knows no such issuer. */
  | { kind: "no-such-issuer" }
  /** It may well exist, but cannot be asked. */
  | { kind: "out-of-reach" };

/** Where issuers' DID documents come from. */
export type IssuerDirectory = { find: (did: string) => Promise<IssuerFinding> };

/** The issuers of this installation, read from its own records. All others are out of reach. */
export function createOwnIssuers(needs: {
  addresses: PublicAddresses;
  issuerKeys: Pick<IssuerKeyStore, "list">;
}): IssuerDirectory {
  return {
    async find(did) {
      const issuerId = needs.addresses.issuerIdOf(did);
      if (issuerId === undefined) return { kind: "out-of-reach" };
      const keys = isId(issuerId) ? await needs.issuerKeys.list(issuerId) : [];
      if (keys.length === 0) return { kind: "no-such-issuer" };
      return { kind: "found", document: issuerDidDocument(needs.addresses, issuerId, keys) };
    },
  };
}
