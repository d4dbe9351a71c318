import type { JsonWebKey } from "node:crypto";
import { base58 } from "@scure/base";

/** Multicodec prefix of an Ed25519 public key (W3C Controlled Identifiers 1.0 §2.2.2). */
const ED25519_PREFIX = Buffer.from([0xed, 0x01]);

/** Base58btc with its multibase letter, as Multikey and `proofValue` write octets. */
export const toMultibase = (octets: Uint8Array): string => `z${base58.encode(octets)}`;

/** An Ed25519 public key as Multikey writes it (`publicKeyMultibase`). */
export const ed25519Multibase = (publicJwk: JsonWebKey): string =>
  toMultibase(Buffer.concat([ED25519_PREFIX, Buffer.from(publicJwk.x ?? "", "base64url")]));
