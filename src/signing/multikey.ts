import type { JsonWebKey } from "node:crypto";
import { base58 } from "@scure/base";

/** Multicodec prefix of an Ed25519 public key (W3C Controlled Identifiers 1.0 §2.2.2). */
const ED25519_PREFIX = Buffer.from([0xed, 0x01]);

/** Base58btc with its multibase letter, as Multikey and `proofValue` write octets. */
export const toMultibase = (octets: Uint8Array): string => `z${base58.encode(octets)}`;

/** Undefined when it is no base58btc multibase. */
export function fromMultibase(text: string): Uint8Array | undefined {
  if (!text.startsWith("z")) return undefined;
  try {
    return base58.decode(text.slice(1));
  } catch {
    return undefined;
  }
}

/** An Ed25519 public key as Multikey writes it (`publicKeyMultibase`). */
export const ed25519Multibase = (publicJwk: JsonWebKey): string =>
  toMultibase(Buffer.concat([ED25519_PREFIX, Buffer.from(publicJwk.x ?? "", "base64url")]));
