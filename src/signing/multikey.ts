import type { JsonWebKey } from "node:crypto";
import { base58 } from "@scure/base";

/** Multicodec prefix of an Ed25519 public key (W3C Controlled Identifiers 1.0 §2.2.2). */
const ED25519_PREFIX = Buffer.from([0xed, 0x01]);
const ED25519_BYTES = 32;

/** Base58btc with its multibase letter, as Multikey and `proofValue` write octets. */
export const toMultibase = (octets: Uint8Array): string => `z${base58.encode(octets)}`;

/** Undefined when it is no base58btc multibase. */
export function fromMultibase(text: string): Uint8Array | undefined {
  // Longer than any key or signature; decoding takes the square of the length.
  if (!text.startsWith("z") || text.length > 200) return undefined;
  try {
    return base58.decode(text.slice(1));
  } catch {
    return undefined;
  }
}

/** The Ed25519 key a `publicKeyMultibase` stands for; undefined when it is none. */
export function ed25519FromMultibase(text: string): JsonWebKey | undefined {
  const octets = Buffer.from(fromMultibase(text) ?? []);
  const { length } = ED25519_PREFIX;
  if (octets.length !== length + ED25519_BYTES) return undefined;
  if (!octets.subarray(0, length).equals(ED25519_PREFIX)) return undefined;
  return { kty: "OKP", crv: "Ed25519", x: octets.subarray(length).toString("base64url") };
}

/** An Ed25519 public key as Multikey writes it (`publicKeyMultibase`). */
export const ed25519Multibase = (publicJwk: JsonWebKey): string =>
  toMultibase(Buffer.concat([ED25519_PREFIX, Buffer.from(publicJwk.x ?? "", "base64url")]));
